from attempt import *
import os

os.chdir(os.environ['HOME'])
attempt('link', lambda: os.link('/grade_oven/tests/expected', 'result.txt'))
attempt('link stdin', lambda: os.link('/proc/self/fd/0', 'result.txt'))
over()
