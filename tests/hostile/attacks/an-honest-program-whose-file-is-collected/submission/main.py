from attempt import *
import os

os.chdir(os.environ['HOME'])
open('result.txt', 'w').write('the result\n')
