from attempt import *
import os

filled, held = 0, []
for make in (lambda i: os.memfd_create("x%d" % i), lambda i: os.open("/dev/shm/x%d" % i, os.O_CREAT | os.O_WRONLY)):
    try:
        for i in range(500):
            held.append(make(i))
            filled += os.write(held[-1], bytes(4 << 20))
    except OSError as refusal:
        say("refused after", filled, refusal)
if filled > 1 << 30: say("BREACH: more than the memory there is")
over()
