from attempt import *
import os

for pid in others():
    for name, request in (("attach", 16), ("seize", 0x4206)):
        attempt("%s %d" % (name, pid), lambda: check(libc.ptrace(request, pid, 0, 0)))
    def steal():
        handle = os.pidfd_open(pid)
        check(libc.syscall(438, handle, 1, 0))
    attempt("take a descriptor of %d" % pid, steal)
    attempt("compare with %d" % pid, lambda: check(libc.syscall(312 if os.uname().machine == "x86_64" else 272, os.getpid(), pid, 0, 1, 1)))
over()
print(0)
