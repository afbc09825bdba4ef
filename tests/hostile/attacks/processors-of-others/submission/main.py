from attempt import *
import os, threading

own = os.sched_getaffinity(0)
everything = set(range(os.cpu_count()))

def move(pid, to):
    """Where a run has no processors of its own, all are its own: that gains nothing."""
    before = os.sched_getaffinity(pid)
    os.sched_setaffinity(pid, to)
    if os.sched_getaffinity(pid) <= before:
        raise OSError(0, "nothing gained")

attempt("all processors", lambda: move(0, everything))
for processor in everything - own:
    attempt("processor %d" % processor, lambda: move(0, {processor}))
child = os.fork()
if child == 0:
    while True:
        pass
attempt("all processors for a child", lambda: move(child, everything))
os.kill(child, 9)
thread = threading.Thread(target=lambda: attempt("all processors for a thread", lambda: move(0, everything)))
thread.start()
thread.join()
attempt("a cpuset", lambda: open("/sys/fs/cgroup/cpuset/cpuset.cpus", "w").write("0-63"))
def scheduler_attributes():
    """SCHED_DEADLINE is admitted for processors as a whole; it is refused to whoever is nobody."""
    attributes = (ctypes.c_uint64 * 6)(48 | 6 << 32, 0, 0, 1000000, 10000000, 10000000)
    check(libc.syscall(314 if os.uname().machine == "x86_64" else 274, 0, attributes, 0))
attempt("a deadline", scheduler_attributes)
if os.sched_getaffinity(0) != own:
    say("BREACH: other processors than before")
over()
print(0)
