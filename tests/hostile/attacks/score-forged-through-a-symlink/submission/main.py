from attempt import *
import os

home = os.environ["HOME"]
for place in (home, "/tmp"):
    for name in ("out", "result", "report", "score", "1.out", "output"):
        os.symlink("/grade_oven/output/score", place + "/" + name)
        attempt("write through " + place + "/" + name, lambda: open(place + "/" + name, "w").write("2/2"))
attempt("a link in the submission", lambda: os.symlink("/grade_oven/output", "/grade_oven/submission/out"))
attempt("a link in the grader's home", lambda: os.symlink("/grade_oven/output/score", "/sandbox/0/out"))
attempt("a link instead of the grader's home", lambda: os.symlink("/grade_oven/output", "/sandbox/other"))
over()
print(0)
