from attempt import *
import os, signal

held = []
def inotify():
    for i in range(100000):
        held.append(check(libc.inotify_init()))
attempt("100000 inotify instances", inotify)
for d in held: os.close(d)
def queue():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGRTMIN})
    for i in range(2000000): check(libc.sigqueue(os.getpid(), signal.SIGRTMIN, None))
attempt("two million queued signals", queue)
over()
answer()
