from attempt import *
import os, time

end = time.monotonic() + 1
def race():
    while time.monotonic() < end:
        for flags in (os.O_WRONLY, os.O_RDWR | os.O_CREAT, os.O_WRONLY | os.O_TRUNC):
            try:
                descriptor = os.open("/grade_oven/output/score", flags)
            except OSError:
                continue
            os.write(descriptor, b"2/2\n")
            return
    raise OSError(13, "not in a second")
attempt("open the score", race)
attempt("watch the output", lambda: check(libc.inotify_add_watch(check(libc.inotify_init()), b"/grade_oven/output", 0xfff)))
attempt("find a handle of it", lambda: os.open("/grade_oven/output/score", os.O_PATH))
over()
print(0)
