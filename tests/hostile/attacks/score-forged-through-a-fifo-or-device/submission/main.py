from attempt import *
import os, stat

for path in ("/grade_oven/output/score", "/grade_oven/output/errors", "/sandbox/0/out", "/grade_oven/submission/main.sh"):
    attempt("a FIFO at " + path, lambda: os.mkfifo(path))
for kind, device in ((stat.S_IFCHR, (1, 1)), (stat.S_IFBLK, (8, 0)), (stat.S_IFBLK, (254, 0)), (stat.S_IFCHR, (1, 11))):
    attempt("a device %d:%d" % device, lambda: os.mknod(os.environ["HOME"] + "/device", kind | 0o666, os.makedev(*device)))
os.mkfifo(os.environ["HOME"] + "/fifo")  # its own: allowed, and removed with the rest
over()
print(0)
