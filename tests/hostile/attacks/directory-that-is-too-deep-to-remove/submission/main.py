from attempt import *
import os

home = os.environ["HOME"]
os.chdir(home)
for i in range(2000):
    os.mkdir("d" * 200 if i < 20 else "d")
    os.chdir("d" * 200 if i < 20 else "d")
os.chdir(home)
os.chmod("d" * 200, 0)
os.chmod(home, 0)
say("all tried")
answer()
