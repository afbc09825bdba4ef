"""For attacks in Python: tries what must not work, and says on stderr how it went.

Only an OSError counts as a refusal: a mistake in the attack itself ends it, and "all tried" is missing.
"""
import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def attempt(what, do):
    try:
        do()
    except OSError as refusal:
        say("held:", what, "-", refusal.strerror or refusal)
        return False
    say("BREACH:", what)
    return True


def check(result):
    """The result of a function of libc, whose failure becomes an OSError."""
    if result is None or result == -1 or result == 2 ** 64 - 1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def others():
    """The processes of others: PID 1, the grader, what belongs to it."""
    found = []
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.stat("/proc/" + name).st_uid != os.getuid():
                found.append(int(name))
        except FileNotFoundError:
            pass
    assert 1 in found and len(found) > 1, found
    return found


def over():
    say("all tried")


def answer():
    """What an honest program does."""
    print(sum(map(int, sys.stdin.readline().split())), flush=True)
