from attempt import *
import os

os.chdir(os.environ['HOME'])
for path in ('/sandbox/0/result.txt', '/sandbox/0/report', '/sandbox/0/out'):
    attempt('link at ' + path, lambda: os.symlink('/grade_oven/output/score', path))
    attempt('remove ' + path, lambda: os.unlink(path))
over()
