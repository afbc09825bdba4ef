from attempt import *
import os

os.chdir(os.environ['HOME'])
import time
open('result.txt', 'w').write('wrong')
os.write(1, b'x' * 20000)
time.sleep(60)
