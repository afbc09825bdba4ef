from attempt import *
import os, socket, struct, subprocess

answered = 0
for i in range(200):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        s.settimeout(1)
        s.connect("\0gradeoven-sandbox")
        s.send(struct.pack("6I4Q", 3, 0, 0, 1, 100, 0, 2**64 - 1, 2**64 - 1, 2**64 - 1, 2**64 - 1) + b"/\0\0sh\0-c\0id >&2\0")
        kind = struct.unpack("I", s.recv(4096)[:4])[0]
    except OSError:
        continue
    if kind != 2: say("BREACH: PID 1 has answered with", kind)
for arguments in (["--", "true"], ["--dir", "build", "--", "true"]):
    done = subprocess.run(["sandbox", *arguments], stderr=subprocess.PIPE, text=True)
    say("held:" if done.returncode == 125 else "BREACH:", "sandbox from inside", done.stderr)
attempt("take the name of the socket", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).bind("\0gradeoven-sandbox"))
over()
answer()
