from attempt import *
answer()
