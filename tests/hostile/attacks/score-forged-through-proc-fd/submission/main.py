from attempt import *
import os

for pid in others():
    attempt("list fd of %d" % pid, lambda: os.listdir("/proc/%d/fd" % pid))
    for number in range(12):
        for mode in (os.O_WRONLY, os.O_RDONLY):
            attempt("fd %d of %d" % (number, pid), lambda: os.open("/proc/%d/fd/%d" % (pid, number), mode | os.O_NONBLOCK))
    for part in ("cwd", "root", "exe", "ns/mnt"):
        attempt("%s of %d" % (part, pid), lambda: os.readlink("/proc/%d/%s" % (pid, part)))
    for part in ("oom_score_adj", "comm", "clear_refs", "coredump_filter", "attr/current", "timerslack_ns"):
        attempt("write %s of %d" % (part, pid), lambda: open("/proc/%d/%s" % (pid, part), "w").write("0"))
over()
print(0)
