from attempt import *
import glob, os, time

for path in ("/grade_oven/hidden", "/grade_oven/hidden/main", "/grade_oven/hidden/secret-answer", "/grade_oven/public/input"):
    attempt("read " + path, lambda: open(path).read())
attempt("list", lambda: os.listdir("/grade_oven"))
if os.fork() == 0:  # wait for the next stage
    os.setsid()
    while True:
        try: open("/tmp/stolen", "w").write(open("/grade_oven/hidden/secret-answer").read())
        except OSError: time.sleep(0.01)
over()
print(open("/tmp/stolen").read() if os.path.exists("/tmp/stolen") else 0)
