from attempt import *
import fcntl, os

harmless = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "stdin", "stdout", "stderr"}
for place, directories, files in os.walk("/dev"):
    if place.startswith(("/dev/fd", "/dev/shm", "/dev/mqueue")): continue
    for name in files:
        if name in harmless: continue
        for mode in (os.O_RDONLY, os.O_RDWR):
            attempt(place + "/" + name, lambda: os.open(place + "/" + name, mode | os.O_NONBLOCK | os.O_NOCTTY))
for name in ("mem", "kmem", "port", "kmsg", "sda", "vda", "nvme0n1", "loop0", "loop-control", "fuse", "kvm", "vsock", "vhost-net", "net/tun", "dri/card0",
             "input/event0", "snd/timer", "rtc0", "watchdog", "userfaultfd", "uinput", "tty0", "tty1", "console", "mapper/control"):
    attempt("/dev/" + name, lambda: os.open("/dev/" + name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY))
attempt("a controlling terminal", lambda: os.open("/dev/tty", os.O_RDWR))
attempt("a pseudo terminal", lambda: os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
attempt("typing on stdin", lambda: fcntl.ioctl(0, 0x5412, b"x"))
for place in ("/", "/etc", "/usr/bin", "/var/tmp", "/run", "/root", "/home", "/opt", "/dev", "/proc", "/sys", "/grade_oven", "/sandbox", "/var/lib"):
    attempt("a file in " + place, lambda: os.open(place + "/new", os.O_CREAT | os.O_WRONLY))
over()
print(0)
