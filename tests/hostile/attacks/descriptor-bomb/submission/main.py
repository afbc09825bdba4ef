from attempt import *
import os, time

children = []
for i in range(30):
    child = os.fork()
    if child == 0:
        opened = []
        try:
            while len(opened) < 100000:
                opened.append(os.open("/dev/null", os.O_RDONLY))
        except OSError:
            pass
        if len(opened) >= 100000: say("BREACH: 100000 open files")
        time.sleep(0.3)
        os._exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
over()
answer()
