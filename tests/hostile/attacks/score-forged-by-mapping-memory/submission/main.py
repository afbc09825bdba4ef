from attempt import *
import os

for pid in others():
    attempt("mem of %d" % pid, lambda: open("/proc/%d/mem" % pid, "r+b"))
    attempt("maps of %d" % pid, lambda: open("/proc/%d/maps" % pid).read())
    attempt("map_files of %d" % pid, lambda: os.listdir("/proc/%d/map_files" % pid))
    buffer = (ctypes.c_char * 64)()
    class Vector(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
    local, remote = Vector(ctypes.addressof(buffer), 64), Vector(0x400000, 64)
    for name in ("process_vm_readv", "process_vm_writev"):
        attempt("%s of %d" % (name, pid), lambda: check(getattr(libc, name)(pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)))
attempt("/dev/mem", lambda: open("/dev/mem", "rb"))
attempt("/proc/kcore", lambda: open("/proc/kcore", "rb").read(1))
over()
print(0)
