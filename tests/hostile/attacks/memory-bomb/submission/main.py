all = []
while True:
    all.append(bytearray(8 << 20))
