from attempt import *
import glob, os, sys

seen = sys.stdin.read()
for place in (os.environ["HOME"], "/tmp", "/dev/shm", "/var/tmp", "/var/lock", "/run", "/dev/mqueue"):
    if glob.glob(place + "/seen*"): say("BREACH: found what an earlier call left in", place)
    try: open(place + "/seen", "w").write(seen)
    except OSError: pass
over()
print(0)
