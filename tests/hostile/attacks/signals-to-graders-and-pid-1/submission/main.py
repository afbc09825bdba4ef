from attempt import *
import os, signal

for pid in [*others(), -1]:
    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGCHLD, signal.SIGUSR1, signal.SIGCONT, 0):
        if pid > 0:
            attempt("signal %d to %d" % (number, pid), lambda: os.kill(pid, number))
            if os.getpgid(pid) > 1: attempt("signal %d to the group of %d" % (number, pid), lambda: os.killpg(os.getpgid(pid), number))
            attempt("pidfd signal %d to %d" % (number, pid), lambda: signal.pidfd_send_signal(os.pidfd_open(pid), number))
            attempt("queue %d to %d" % (number, pid), lambda: check(libc.sigqueue(pid, number, None)))
for number in (signal.SIGSTOP, signal.SIGKILL):
    try: os.kill(-1, number)  # reaches nobody, or it would end here
    except OSError: pass
over()
print(0)
