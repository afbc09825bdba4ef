from attempt import *
import os

for place in (os.environ["HOME"], "/tmp", "/dev/shm"):
    def fill():
        for half in ("a", "b"):
            with open(place + "/" + half, "wb", buffering=0) as file:
                for i in range(1024 if half == "b" else 5):
                    if file.write(bytes(1 << 20)) < 1 << 20: raise OSError(28, "No space left")
    attempt("a GiB in " + place, fill)
    os.unlink(place + "/a")
over()
answer()
