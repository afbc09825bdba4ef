from attempt import *
import os

writable = []
for top in ("/proc/sys", "/sys"):
    for place, directories, files in os.walk(top):
        for name in files:
            path = place + "/" + name
            if os.path.islink(path): continue
            try:
                os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                continue
            writable.append(path)
if writable: say("BREACH: can be written:", writable)
for path in ("/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/drop_caches", "/proc/irq/default_smp_affinity",
             "/sys/kernel/uevent_helper", "/sys/fs/cgroup/release_agent", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max",
             "/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/cgroup.procs", "/proc/self/sched", "/proc/1/cgroup", "/proc/kmsg", "/proc/kallsyms_", "/proc/timer_list", "/proc/scsi/scsi"):
    if os.path.isfile(path) or not os.path.exists(path):  # not one that /dev/null covers
        attempt("write " + path, lambda: os.open(path, os.O_WRONLY))
over()
print(0)
