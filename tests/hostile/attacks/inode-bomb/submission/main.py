from attempt import *
import os

for place in (os.environ["HOME"], "/tmp", "/dev/shm"):
    def fill():
        os.mkdir(place + "/many")
        for i in range(300000):
            os.close(os.open(place + "/many/%d" % i, os.O_CREAT | os.O_WRONLY))
    if place != "/dev/shm": attempt("300000 files in " + place, fill)
over()
answer()
