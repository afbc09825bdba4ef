from attempt import *
import os, socket

def shared(name, size=65536):
    return check(libc.shm_open(name, os.O_CREAT | os.O_RDWR, 0o666))

attempt("find shared memory of an earlier call", lambda: check(libc.shm_open(b"/left", os.O_RDWR, 0)))
attempt("find its System V memory", lambda: check(libc.shmget(4711, 4096, 0)))
attempt("find its semaphores", lambda: check(libc.semget(4711, 1, 0)))
attempt("find its messages", lambda: check(libc.msgget(4711, 0)))
attempt("find its queue", lambda: check(libc.mq_open(b"/left", os.O_RDONLY)))
attempt("find its file", lambda: open("/tmp/left/inner").read())
attempt("find its socket", lambda: socket.socket(socket.AF_UNIX).connect("\0left"))
shared(b"/left")
check(libc.shmget(4711, 4096, 0o1666))
check(libc.semget(4711, 1, 0o1666))
check(libc.msgget(4711, 0o1666))
check(libc.mq_open(b"/left", os.O_CREAT | os.O_RDWR, 0o666, None))
os.umask(0)
os.mkdir("/tmp/left")
open("/tmp/left/inner", "w").write("2/2")
s = socket.socket(socket.AF_UNIX)
s.bind("\0left")
s.listen()
if os.fork() == 0:
    os.setsid()
    s.accept()
over()
answer()
