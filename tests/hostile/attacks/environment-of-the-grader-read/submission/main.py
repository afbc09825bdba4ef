from attempt import *
import os

for name in os.environ:
    if name.startswith("GRADE") or name not in ("PATH", "LANG", "HOME", "TMPDIR", "LC_CTYPE"): say("BREACH: variable", name, os.environ[name])
for pid in others():
    attempt("environment of %d" % pid, lambda: say(open("/proc/%d/environ" % pid).read()))
    attempt("auxiliary vector of %d" % pid, lambda: open("/proc/%d/auxv" % pid, "rb").read())
    attempt("stack of %d" % pid, lambda: open("/proc/%d/stack" % pid).read())
    attempt("system call of %d" % pid, lambda: open("/proc/%d/syscall" % pid).read())
    attempt("io of %d" % pid, lambda: open("/proc/%d/io" % pid).read())
over()
print(0)
