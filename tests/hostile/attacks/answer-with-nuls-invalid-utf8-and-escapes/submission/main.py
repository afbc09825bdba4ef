from attempt import *
import os

os.write(2, b"\x00\xff\xfe\xc0\xaf\xed\xa0\x80\x1b[2J\x1b]0;title\x07\x1b[31mred\x9b1m\r\x08<script>alert(1)</script>\xe2\x80\xaeabc\n")
over()
os.write(1, b"\x003\x00\n")
