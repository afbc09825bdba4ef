from attempt import *
import os

os.chdir(os.environ['HOME'])
os.mkfifo('result.txt')
over()
