from attempt import *
import os

for number in range(3, 1024):
    try:
        os.fstat(number)
        where = os.readlink("/proc/self/fd/%d" % number)
    except OSError:
        continue
    if not where.startswith("/grade_oven/submission/"): say("BREACH: inherited descriptor", number, where)
attempt("write to stdin", lambda: os.write(0, b"x"))
attempt("stdin again, for writing", lambda: os.open("/proc/self/fd/0", os.O_WRONLY))
attempt("cut stdin", lambda: os.ftruncate(0, 0))
attempt("chmod stdin", lambda: os.fchmod(0, 0o666))
attempt("chown stdin", lambda: os.fchown(0, os.getuid(), -1))
attempt("above stdin", lambda: os.open("..", os.O_RDONLY, dir_fd=0))
attempt("the file of stdin", lambda: open("/proc/self/fd/0").read() and None)
over()
print(0)
