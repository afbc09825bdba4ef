from attempt import *
import os

os.chdir(os.environ['HOME'])
import time

open("result.txt", "w").write("wrong\n")
for i in range(10):
    if os.fork() == 0:
        os.setsid()
        while True:
            os.symlink("/grade_oven/tests/expected", "x%d" % i)
            os.rename("x%d" % i, "result.txt")
            with open("y%d" % i, "w") as f: f.write("wrong\n")
            os.rename("y%d" % i, "result.txt")
time.sleep(0.2)
over()
