#!/usr/bin/env python3
"""Makes the attacks that are archives: archives.py DIRECTORY writes DIRECTORY/NAME/{expect.json, submission.*}.

They are made when Grade Oven is built, byte by byte where no library would write such a thing, and
always the same. Each function is one attack: its name, what it tries (the docstring), what must come of it
(the decorator), and the archive (the bytes it returns).
"""
import gzip
import io
import json
import pathlib
import struct
import sys
import tarfile
import zlib

ANSWER = b"read -r a b\necho $((a + b))\n"
ATTACKS = []


def attack(suffix, **expect):
    def register(function):
        ATTACKS.append((function, suffix, expect))
        return function
    return register


def refused(suffix, error):
    return attack(suffix, state="refused", error=error)


def harmless(suffix, **more):
    """Taken in, and graded as what it is: an honest program."""
    return attack(suffix, assignment="sum", score="2/2", **more)


# --- zip ------------------------------------------------------------------------------------------

class Zip:
    """A zip file whose headers may say anything."""

    def __init__(self):
        self.body, self.directory, self.count = b"", b"", 0

    def add(self, name, data=b"x", *, mode=0o100644, method=0, packed=None, size=None, local_name=None,
            flags=0x800, crc=None, offset=None):
        name = name if isinstance(name, bytes) else name.encode()
        if packed is None:
            deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
            packed = deflate.compress(data) + deflate.flush() if method == 8 else data
        size = len(data) if size is None else size
        crc = zlib.crc32(data) if crc is None else crc
        local = name if local_name is None else local_name
        head = struct.pack("<HHHHIIIH", flags, method, 0, 0x5821, crc, len(packed), size, len(local))
        place = len(self.body) if offset is None else offset
        if offset is None:
            self.body += b"PK\3\4" + struct.pack("<H", 20) + head + b"\0\0" + local + packed
        head = head[:-2] + struct.pack("<H", len(name))
        self.directory += (b"PK\1\2" + struct.pack("<HH", 0x0314, 20) + head
                           + struct.pack("<HHHHII", 0, 0, 0, 0, mode << 16, place) + name)
        self.count += 1
        return self

    def bytes(self):
        return (self.body + self.directory + b"PK\5\6"
                + struct.pack("<HHHHIIH", 0, 0, min(self.count, 65535), min(self.count, 65535), len(self.directory), len(self.body), 0))


def zip_of(name, **more):
    return Zip().add("main.sh", ANSWER).add(name, **more).bytes()


@refused(".zip", "..")
def zip_slip():
    """Names a file outside of the directory it is unpacked into."""
    return zip_of("../../../../../../tmp/slipped-zip")


@refused(".zip", "..")
def zip_slip_in_the_middle():
    """Goes up in the middle of a path that begins and ends well."""
    return zip_of("a/b/../../../x")


@refused(".zip", "absolute")
def zip_absolute_path():
    """Names a file by a path from the root."""
    return zip_of("/tmp/slipped-absolute")


@refused(".zip", "\"..\"")
def zip_slip_with_backslashes():
    """Goes up as Windows writes it."""
    return zip_of("..\\..\\tmp\\x")


@refused(".zip", "symbolic link")
def zip_symlink():
    """Holds a symbolic link to the root."""
    return zip_of("root", data=b"/", mode=0o120777)


@refused(".zip", "symbolic link")
def zip_symlink_then_write_through_it():
    """Holds a link to another directory and then a file below the link."""
    return Zip().add("main.sh", ANSWER).add("link", b"/tmp", mode=0o120777).add("link/x").bytes()


@refused(".zip", "device")
def zip_device():
    """Holds a block device by its mode."""
    return zip_of("disk", mode=0o060666)


@harmless(".zip")
def zip_fifo():
    """Holds a FIFO by its mode. Info-ZIP writes such for what it reads from a pipe: it is taken as a file."""
    return zip_of("pipe", mode=0o010666)


@refused(".zip", "unpacks to more than 200 times")
def zip_bomb_by_ratio():
    """A few hundred KiB that become 300 MiB."""
    return Zip().add("main.sh", ANSWER).add("zeros", bytes(300 << 20), method=8).bytes()


@refused(".zip", "unpacks to more than")
def zip_bomb_of_overlapping_files():
    """Files that lie inside one another: each holds the headers and the bytes of all that follow."""
    body, files = bytes(4096), []
    for i in range(5000):
        name = b"f%d" % i
        head = struct.pack("<HHHHHIIIH", 20, 0, 0, 0, 0x5821, zlib.crc32(body), len(body), len(body), len(name))
        files.append((head, name, len(body)))
        body = b"PK\3\4" + head + b"\0\0" + name + body
    directory = b"".join(b"PK\1\2" + struct.pack("<H", 0x0314) + head + struct.pack("<HHHHII", 0, 0, 0, 0, 0o100644 << 16,
                         len(body) - size - 30 - len(name)) + name for head, name, size in files)
    return body + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(directory), len(body), 0)


@refused(".zip", "more than 20000 files")
def zip_bomb_by_count():
    """Thirty thousand empty files."""
    archive = Zip()
    for i in range(30000):
        archive.add(f"f{i}", b"")
    return archive.bytes()


@refused(".zip", "parts")
def zip_bomb_by_depth():
    """A directory three hundred levels deep."""
    return zip_of("d/" * 300 + "x")


@harmless(".zip", max_seconds=10)
def zip_bomb_nested():
    """A bomb inside an archive inside an archive: what is inside is a file and stays one."""
    inner = zip_bomb_by_ratio()
    for level in range(3):
        inner = Zip().add(f"level{level}.zip", inner, method=8).bytes()
    return Zip().add("main.sh", ANSWER).add("inner.zip", inner).bytes()


@refused(".zip", "unpacked")
def zip_that_lies_about_sizes():
    """Says that it is small, and goes on."""
    data = bytes(1 << 20)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return zip_of("liar", data=data, method=8, packed=deflate.compress(data) + deflate.flush(), size=10)


@refused(".zip", "stands there twice")
def zip_with_a_name_twice():
    """Holds the same name twice, so that two readers see two programs."""
    return Zip().add("main.sh", b"echo 3\n").add("main.sh", ANSWER).bytes()


@refused(".zip", "letter case")
def zip_with_names_that_differ_in_case():
    """Holds two names that many computers take for one."""
    return Zip().add("main.sh", ANSWER).add("Main.sh").bytes()


@refused(".zip", "letter case")
def zip_with_directories_that_differ_in_case():
    """The same, by the directories."""
    return Zip().add("main.sh", ANSWER).add("Straße/x").add("STRASSE/x").add("éa/x").add("Éa/x").bytes()


@refused(".zip", "both a file and a directory")
def zip_with_a_file_that_is_a_directory():
    """Holds a file, and files below it."""
    return Zip().add("main.sh", ANSWER).add("a").add("a/b").bytes()


@harmless(".zip")
def zip_with_two_names_for_one_file():
    """Its directory and its local header disagree on the name. It is read once, so what is shown is what runs."""
    return Zip().add("harmless.txt", ANSWER, local_name=b"main.sh").bytes()


@refused(".zip", "control character")
def zip_name_with_a_newline():
    """A name with a newline, to forge lines in lists and logs."""
    return zip_of("a\nscore 2/2")


@refused(".zip", "control character")
def zip_name_with_an_escape():
    """A name that clears the terminal of whoever lists it."""
    return zip_of("\x1b[2J\x1b[H")


@refused(".zip", "\\x01")
def zip_name_with_control_characters():
    """A name of control characters, which the message must not repeat."""
    return zip_of("a\x01\x7f")


@refused(".zip", "reverses text")
def zip_name_from_right_to_left():
    """A name that is shown in the wrong order."""
    return zip_of("main\u202ehs.exe")


@refused(".zip", "more than 255 bytes")
def zip_name_of_256_bytes():
    """A name that no file system takes."""
    return zip_of("n" * 256)


@harmless(".zip")
def zip_name_of_255_bytes():
    """The longest name there can be, in letters of four bytes as well."""
    return Zip().add("main.sh", ANSWER).add("n" * 255).add("\U0001f600" * 63).bytes()


@refused(".zip", "UTF-8")
def zip_name_that_is_not_utf8():
    """A name that is no text."""
    return zip_of(b"a\xff\xfe", flags=0)


@refused(".zip", "is empty")
def zip_with_an_empty_name():
    """A file without a name."""
    return zip_of("")


@refused(".zip", "encrypted")
def zip_encrypted():
    """A file that only a password opens."""
    return zip_of("secret", data=b"x" * 30, flags=0x801)


@refused(".zip", "unpacked")
def zip_cut_in_the_middle():
    """An archive whose end is missing."""
    data = Zip().add("main.sh", ANSWER).add("noise", bytes(range(256)) * 100).bytes()
    return data[:len(data) // 2]


# --- tar ------------------------------------------------------------------------------------------

def tar(*members, format=tarfile.GNU_FORMAT):
    """Members are (name, bytes or TarInfo's attributes)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as archive:
        for name, what in (("main.sh", ANSWER), *members):
            info = tarfile.TarInfo(name)
            data = what if isinstance(what, bytes) else what.pop("data", b"")
            info.size = len(data)
            for key, value in ({} if isinstance(what, bytes) else what).items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def raw_header(name, size=b"00000000000\0", kind=b"0", prefix=b"", link=b""):
    """A ustar header of any bytes, with the right checksum."""
    head = bytearray(512)
    for place, value in ((0, name), (100, b"0000644\0"), (108, b"0000000\0"), (116, b"0000000\0"), (124, size),
                         (136, b"00000000000\0"), (148, b"        "), (156, kind), (157, link), (257, b"ustar\0" b"00"), (345, prefix)):
        head[place:place + len(value)] = value
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


@refused(".tar", "symbolic link")
def tar_symlink_then_write_through_it():
    """Holds a link to another directory and then a file below the link."""
    return tar(("link", {"type": tarfile.SYMTYPE, "linkname": "/tmp"}), ("link/slipped-through", b"x"))


@refused(".tar", "hard link")
def tar_hard_link_to_the_password_file():
    """Holds a hard link to a file of the host."""
    return tar(("passwd", {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"}))


@refused(".tar", "hard link")
def tar_hard_link_inside():
    """Holds a hard link to another file of the archive."""
    return tar(("again.sh", {"type": tarfile.LNKTYPE, "linkname": "main.sh"}))


@refused(".tar", "device")
def tar_character_device():
    """Holds the memory of the host as a device."""
    return tar(("mem", {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 1}))


@refused(".tar", "device")
def tar_block_device():
    """Holds a disk of the host as a device."""
    return tar(("sda", {"type": tarfile.BLKTYPE, "devmajor": 8, "devminor": 0}))


@refused(".tar", "FIFO")
def tar_fifo():
    """Holds a FIFO, on which a reader would wait."""
    return tar(("pipe", {"type": tarfile.FIFOTYPE}))


@refused(".tar", "..")
def tar_slip_by_prefix():
    """Goes up by the header's prefix field, which is put before the name."""
    return tar()[:1024] + raw_header(b"x", prefix=b"../../tmp") + bytes(1024)


@refused(".tar", "..")
def tar_slip_by_a_pax_header():
    """Goes up by an extended header, after a name that looks well."""
    return tar(("fine.txt", {"data": b"x", "pax_headers": {"path": "../../../tmp/slipped-pax"}}), format=tarfile.PAX_FORMAT)


@refused(".tar", "..")
def tar_slip_by_a_long_name():
    """Goes up by GNU's header for long names."""
    return tar(("../" * 60 + "tmp/slipped-long", b"x"))


@refused(".tar", "absolute")
def tar_absolute_path():
    """Names a file by a path from the root."""
    return tar(("/tmp/slipped-tar-absolute", b"x"))


@refused(".tar", "unpack")
def tar_with_a_sparse_file_of_a_terabyte():
    """A sparse file: 1 KiB in the archive, a terabyte on the disk."""
    map_ = "1\n0\n1\n".encode()
    head = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "sparse", "GNU.sparse.realsize": str(1 << 40)}
    return tar(("sparse", {"data": map_ + bytes(512 - len(map_)) + b"x", "pax_headers": head}), format=tarfile.PAX_FORMAT)


@refused(".tar", "unpacked")
def tar_with_a_negative_size():
    """A header whose size is below zero."""
    return tar()[:1024] + raw_header(b"x", size=b"\xff" * 12) + bytes(2048)


@refused(".tar", "unpacked")
def tar_with_a_size_of_exabytes():
    """A header whose size is larger than any disk."""
    return tar()[:1024] + raw_header(b"x", size=b"\x80" + b"\0" * 3 + b"\x3f" + b"\xff" * 7) + bytes(2048)


@refused(".tar.gz", "unpacks to more than 200 times")
def tar_bomb_by_ratio():
    """Half a MiB that becomes 500 MiB."""
    head = raw_header(b"zeros", size=b"%011o\0" % (500 << 20))
    return gzip.compress(head, mtime=0) + 50 * gzip.compress(bytes(10 << 20), mtime=0)


@refused(".tar.gz", "more than 20000 files")
def tar_bomb_by_count():
    """A hundred thousand empty files in a few hundred KiB."""
    body = b"".join(raw_header(b"f%d" % i) for i in range(100000))
    return gzip.compress(body, mtime=0)


@refused(".tar.gz", "far more than the files in it")
def tar_bomb_of_headers():
    """Gigabytes of attributes for files without content."""
    note = b"300000 SCHILY.xattr.user.big="
    note += b"a" * (300000 - len(note) - 1) + b"\n"
    head = raw_header(b"pax", size=b"%011o\0" % len(note), kind=b"x") + note + bytes(-len(note) % 512)
    return gzip.compress(100 * (head + raw_header(b"f")), mtime=0) * 30


@refused(".tar.gz", "compressed more than once")
def tar_compressed_many_times():
    """Compression inside compression inside compression."""
    data = tar()
    for _ in range(4):
        data = gzip.compress(data, mtime=0)
    return data


@harmless(".tar")
def tar_with_setuid_bits():
    """Programs that would run as root, and directories that are everybody's: only the executable bit is taken."""
    return tar(("suid", {"data": b"#!/bin/sh\n", "mode": 0o6755, "uid": 0}), ("open", {"type": tarfile.DIRTYPE, "mode": 0o7777}))


@refused(".zip", "unpacked")
def archive_that_is_no_archive():
    """A program that is called an archive."""
    return b"\x7fELF" + bytes(range(256)) * 20


@refused(".zip", "no files")
def archive_without_files():
    """An archive of nothing but a directory."""
    return Zip().add("empty/", b"", mode=0o040755).bytes()


def main():
    top = pathlib.Path(sys.argv[1])
    for make, suffix, expect in ATTACKS:
        directory = top / make.__name__.replace("_", "-")
        directory.mkdir(parents=True, exist_ok=True)
        data = make()
        (directory / ("submission" + suffix)).write_bytes(data)
        expect = {"attack": make.__doc__, "assignment": "sum", "submission": "submission" + suffix, **expect}
        (directory / "expect.json").write_text(json.dumps(expect, indent=4, ensure_ascii=False) + "\n")


main()
