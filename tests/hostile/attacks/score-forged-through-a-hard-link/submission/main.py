from attempt import *
import os

for path in ("/grade_oven/output/score", "/grade_oven/tests/cases/1.expected", "/grade_oven/tests/main", "/proc/self/fd/0"):
    attempt("link " + path, lambda: os.link(path, os.environ["HOME"] + "/linked", follow_symlinks=True))
    attempt("link " + path + " to /tmp", lambda: os.link(path, "/tmp/linked", follow_symlinks=False))
over()
print(0)
