from attempt import *
import array, fcntl, os, socket

held = []
try:
    while len(held) < 2000:
        r, w = os.pipe()
        held += [r, w]
        try: fcntl.fcntl(w, 1031, 1 << 20)  # F_SETPIPE_SZ
        except OSError: pass
        os.set_blocking(w, False)
        try: os.write(w, bytes(1 << 20))
        except OSError: pass
except OSError:
    pass
for d in held:
    os.close(d)
flight = 0
try:
    last = socket.socketpair()
    while flight < 100000:
        a, b = socket.socketpair()
        a.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [last[0].fileno(), last[1].fileno()]))])
        for s in last: s.close()
        last, flight = (a, b), flight + 1
except OSError:
    pass
over()
answer()
