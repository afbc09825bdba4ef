from attempt import *
import ctypes, os

mine = os.environ["HOME"] + "/mine"
os.mkdir(mine)
open(mine + "/score", "w").write("2/2")
for a, b in ((mine + "/score", "/grade_oven/output/score"), (mine, "/grade_oven/output"), ("/grade_oven/output", mine + "/o"),
             ("/grade_oven/tests", mine + "/t"), ("/sandbox/0", mine + "/h"), ("/grade_oven/submission/main.py", mine + "/m")):
    attempt("rename %s to %s" % (a, b), lambda: os.rename(a, b))
    attempt("exchange %s and %s" % (a, b), lambda: check(libc.renameat2(-100, a.encode(), -100, b.encode(), 2)))
over()
print(0)
