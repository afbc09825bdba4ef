"""Who used how much processor time, from /proc and the cgroups.

The kernel counts a process's time exactly (its scheduler's clock) and shows utime + stime in
hundredths of a second; what a process waited for is in cutime + cstime. So, in seconds:

  daemons   utime + stime of dockerd, the one behind the engine's socket, and of its containerd, and
            of the helpers they waited for
  shims     containerd's shims with runc, for which they wait. A shim detaches itself, so process 1
            waits for it, sooner or later: all that are there, dead ones too, and what process 1
            has waited for, less what ran inside containers. Other orphans of the machine that end
            meanwhile count in: measure on a quiet one.
  ovens     everything in containers: the cgroup that Docker makes them below (version 1's cpuacct,
            whose sum keeps those that are gone). Without it they stay part of "shims".
  executor  its threads' schedstat, in nanoseconds
  machine   everything that ran, by the kernel's clock ticks: what the parts are to be compared with

Begin and end with as many containers.
"""
import os
import pathlib
import socket
import struct

TICK = os.sysconf("SC_CLK_TCK")
CGROUPS = [pathlib.Path("/sys/fs/cgroup") / name / "docker/cpuacct.usage" for name in ("cpuacct", "cpu,cpuacct")]


def fields(pid):
    """(name, utime, stime, cutime, cstime); None when it is gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    name = text[text.index("(") + 1:text.rindex(")")]
    rest = text[text.rindex(")") + 2:].split()
    return name, *(int(one) / TICK for one in rest[11:15])


def parent(pid):
    try:
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return None


def pids():
    return [int(one) for one in os.listdir("/proc") if one.isdigit()]


def daemon_pids(engine="/var/run/docker.sock"):
    """The engine's own: who listens at its socket, and the containerd that it has started. Where
    others started them (systemd), all of that name."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(engine)
        pid, _, _ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    known = {one: fields(one) for one in pids()}
    names = {one: found[0] for one, found in known.items() if found}
    dockerd = [pid] if names.get(pid) == "dockerd" else [one for one in names if names[one] == "dockerd"]
    all_of_them = [one for one in names if names[one] == "containerd"]
    ours = [one for one in all_of_them if parent(one) in dockerd]
    return dockerd + (ours or all_of_them)


def threads(pid):
    """Seconds on a processor of all threads of a process that are alive."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        total += int(pathlib.Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
    return total / 1e9


def containers():
    for path in CGROUPS:
        if path.exists():
            return int(path.read_text()) / 1e9
    return 0.0


def memory(pid):
    """Resident now; of that its own, not files that others map too; the most it ever was. MiB."""
    found = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    return tuple(int(found[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon", "VmHWM"))


def machine():
    """Seconds of all processors that were neither idle nor waiting for a disk."""
    user, nice, system, _, _, irq, soft = (int(one) / TICK for one in
                                           pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:8])
    return user + nice + system + irq + soft


class Reading:
    """Two of them, subtracted, are the seconds between; `executor` is its pid or None."""

    def __init__(self, executor=None):
        known = [fields(pid) for pid in pids()]
        self.daemons = sum(sum(one[1:]) for one in map(fields, daemon_pids()) if one)
        self.ovens = containers()
        shims = sum(sum(one[1:]) for one in known if one and one[0] == "containerd-shim")
        self.shims = shims + sum(fields(1)[3:]) - self.ovens
        self.executor = threads(executor) if executor else 0.0
        self.machine = machine()

    def since(self, earlier):
        return {name: getattr(self, name) - getattr(earlier, name)
                for name in ("daemons", "shims", "ovens", "executor", "machine")}
