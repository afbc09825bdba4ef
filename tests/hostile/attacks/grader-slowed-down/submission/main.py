from attempt import *
import os, resource

for pid in others():
    attempt("priority of %d" % pid, lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))
    attempt("scheduler of %d" % pid, lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)))
    attempt("affinity of %d" % pid, lambda: os.sched_setaffinity(pid, {0}))
    attempt("limits of %d" % pid, lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1)))
    attempt("io priority of %d" % pid, lambda: check(libc.syscall(251 if os.uname().machine == "x86_64" else 30, 1, pid, 3 << 13)))
attempt("better priority", lambda: os.setpriority(os.PRIO_PROCESS, 0, -5))
attempt("real time", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10)))
def more_processes():
    try: resource.setrlimit(resource.RLIMIT_NPROC, (4096, 4096))
    except ValueError as refusal: raise OSError(1, str(refusal))
attempt("more processes", more_processes)
attempt("out of the OOM killer's sight", lambda: open("/proc/self/oom_score_adj", "w").write("-1000"))
attempt("memory that is never given back", lambda: check(libc.mlockall(3)))
over()
print(0)
