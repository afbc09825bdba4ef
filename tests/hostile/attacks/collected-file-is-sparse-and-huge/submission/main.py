from attempt import *
import os

os.chdir(os.environ['HOME'])
def huge():
    with open('result.txt', 'w') as f: f.truncate(1 << 40)
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
attempt('a file of a terabyte', huge)
with open('result.txt', 'w') as f: f.truncate(60 << 20)
over()
