from attempt import *
import os

os.chdir(os.environ['HOME'])
os.mkdir('result.txt')
for i in range(1000): open('result.txt/%d' % i, 'w')
over()
