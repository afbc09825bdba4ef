from attempt import *
import os

for place in (os.environ["HOME"], "/tmp", "/dev/shm"):
    def fill():
        with open(place + "/full", "wb", buffering=0) as file:
            for i in range(1024):
                if file.write(bytes(1 << 20)) < 1 << 20: raise OSError(28, "No space left")
    attempt("a GiB in " + place, fill)
over()
answer()
