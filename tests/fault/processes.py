"""Who runs on this host, from /proc. A zombie does not run."""
import os
import pathlib
import signal
from collections import namedtuple

Process = namedtuple("Process", "pid name parent group arguments program")


def read(pid):
    """A Process, or None when it has ended."""
    entry = pathlib.Path("/proc", str(pid))
    try:
        text = (entry / "stat").read_text()
        fields = text.rsplit(")", 1)[1].split()
        if fields[0] in "ZX":
            return None
        arguments = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        name = os.path.basename(arguments.split(" ")[0]) if arguments else text.split("(", 1)[1].rsplit(")", 1)[0]
        program = os.readlink(entry / "exe")
    except (OSError, IndexError):
        return None
    return Process(int(pid), name, int(fields[1]), int(fields[2]), arguments, program)


def processes():
    return [one for one in (read(name) for name in os.listdir("/proc") if name.isdigit()) if one]


def is_alive(pid):
    return read(pid) is not None


def open_files(pid):
    """Names of what it has open; none of a process that has ended."""
    names = []
    try:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            names.append(os.readlink(f"/proc/{pid}/fd/{fd}"))
    except OSError:
        pass
    return names


def zombies_of(parent):
    """Children that ended and that the parent has not asked for."""
    found = []
    for name in os.listdir("/proc"):
        try:
            fields = pathlib.Path("/proc", name, "stat").read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if name.isdigit() and fields[0] == "Z" and int(fields[1]) == parent:
            found.append(int(name))
    return found


def end(pid, number=signal.SIGKILL):
    """1 when there was somebody to get the signal."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return 0
    return 1
