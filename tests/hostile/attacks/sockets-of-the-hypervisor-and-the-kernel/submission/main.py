from attempt import *
import socket

for name, family, kind, protocol in (("vsock", 40, socket.SOCK_STREAM, 0), ("vsock packets", 40, socket.SOCK_SEQPACKET, 0), ("alg", 38, socket.SOCK_SEQPACKET, 0),
                                     ("bluetooth", 31, socket.SOCK_RAW, 1), ("can", 29, socket.SOCK_RAW, 1),
                                     ("xdp", 44, socket.SOCK_RAW, 0), ("tipc", 30, socket.SOCK_STREAM, 0), ("rds", 21, socket.SOCK_SEQPACKET, 0),
                                     ("key", 15, socket.SOCK_RAW, 2), ("smc", 43, socket.SOCK_STREAM, 0), ("x25", 9, socket.SOCK_SEQPACKET, 0),
                                     ("appletalk", 5, socket.SOCK_DGRAM, 0), ("phonet", 35, socket.SOCK_DGRAM, 0)):
    attempt(name, lambda: socket.socket(family, kind, protocol))
over()
print(0)
