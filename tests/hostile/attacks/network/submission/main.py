from attempt import *
import socket

for place in (("1.1.1.1", 53), ("93.184.216.34", 80), ("172.17.0.1", 22), ("172.17.0.1", 2375), ("169.254.169.254", 80), ("127.0.0.1", 22),
              ("127.0.0.1", 80), ("127.0.0.1", 2375), ("10.0.0.1", 80)):
    attempt("connect to %s:%d" % place, lambda: socket.create_connection(place, 0.5))
    def send():
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.sendto(b"x", place)
    if not place[0].startswith("127."): attempt("send to %s:%d" % place, send)
attempt("a name", lambda: socket.getaddrinfo("example.org", 80))
attempt("IPv6", lambda: socket.create_connection(("2606:4700:4700::1111", 53), 0.5))
for name, arguments in (("raw", (socket.AF_INET, socket.SOCK_RAW, 1)), ("packets", (socket.AF_PACKET, socket.SOCK_RAW, 0))):
    attempt(name, lambda: socket.socket(*arguments))
for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock"):
    attempt(path, lambda: socket.socket(socket.AF_UNIX).connect(path))
with open("/proc/net/dev") as devices:
    names = [line.split(":")[0].strip() for line in devices if ":" in line]
say("held: only" if names in (["lo"], []) or all(n in ("lo", "tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6gre0") for n in names) else "BREACH: devices", names)
over()
print(0)
