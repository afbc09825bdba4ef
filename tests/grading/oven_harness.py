"""What the oven's tests share: real containers, made as the executor makes them, and the protocol.

OVEN_BINARY      the oven to test
GRADEOVEN_IMAGE  the image to put it into (default gradeoven:latest)
"""
import collections
import io
import itertools
import os
import queue
import random
import struct
import subprocess
import tarfile
import threading
import time
import unittest
import urllib.parse

OVEN_BINARY = os.environ.get("OVEN_BINARY", "./oven")
IMAGE = os.environ.get("GRADEOVEN_IMAGE", "gradeoven:latest")
DEADLINE = 30  # seconds that anything may take before a test fails

FILES = ("score", "status", "progress", "errors", "debug", "results.json", "junit.xml")
HEADER = struct.Struct(">cI")
END = struct.Struct(">IIBQQQI")

# Uids of their own for every oven: RLIMIT_NPROC counts a uid's processes across containers.
_bases = itertools.count(1_200_000_000 + random.randrange(5_000_000) * 128, 128)
_names = itertools.count()
_prefix = f"gradeoven-oven-test-{os.getpid()}-{random.randrange(10**6)}"
_state = {}


def docker(*arguments, **options):
    return subprocess.run(("docker",) + arguments, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, **options).stdout


def is_podman():
    """Does DOCKER_HOST lead to Podman's service?"""
    return b"Podman Engine" in docker("version", "--format", "{{json .Server}}")


def tmpfs(path, size, mode, base=None):
    """A place to write, as executor/container.c and podman.c ask for it."""
    owner = f",uid={base},gid={base}" if base and not _state["podman"] else ""
    more = ",notmpcopyup" if _state["podman"] else ""
    return "--tmpfs", f"{path}:rw,exec,nosuid,nodev,size={size},mode={mode}{owner}{more}"


def commit(container, name):
    """By the Engine API itself: Podman wants a body that Docker's client does not send."""
    docker_host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    changes = urllib.parse.quote('ENTRYPOINT ["/usr/local/libexec/gradeoven/oven"]')
    subprocess.run(["curl", "-fsS", "--unix-socket", docker_host.removeprefix("unix://"), "-X", "POST",
                    "-H", "Content-Type: application/json", "-d", "{}",
                    f"http://docker/v1.40/commit?container={container}&repo={name}&tag=latest&"
                    f"changes={changes}"], check=True, capture_output=True)


def touch(oven, path):
    """Makes a file from outside, as the grader."""
    docker("exec", "--user", f"{oven.base}", oven.name, "touch", path)


def wait_until(predicate):
    deadline = time.monotonic() + DEADLINE
    while not predicate():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def make_image():
    """The image with the oven in it, as the executor derives it."""
    name = f"{_prefix}-image"
    container = docker("create", IMAGE, "/bin/true").decode().strip()
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        with open(OVEN_BINARY, "rb") as binary:
            content = binary.read()
        entry = tarfile.TarInfo("usr/local/libexec/gradeoven/oven")
        entry.size, entry.mode = len(content), 0o755
        tar.addfile(entry, io.BytesIO(content))
        link = tarfile.TarInfo("usr/local/bin/sandbox")
        link.type, link.linkname = tarfile.SYMTYPE, "/usr/local/libexec/gradeoven/oven"
        tar.addfile(link)
    try:
        docker("cp", "-", f"{container}:/", input=archive.getvalue())
        commit(container, name)
    finally:
        docker("rm", "-f", container)
    return f"{name}:latest"


def set_up_module():
    _state["podman"] = is_podman()
    # as podman.c adds them
    _state["more"] = () if not _state["podman"] else (
        "--ulimit", "nofile=1024", "--ulimit", "nproc=1024", "--tmpfs", "/run:ro,notmpcopyup,size=1m",
        "--tmpfs", "/var/tmp:ro,notmpcopyup,size=1m")
    _state["image"] = make_image()


def tear_down_module():
    left = docker("ps", "-aq", "--filter", f"name={_prefix}").decode().split()
    if left:
        docker("rm", "-f", *left)
    docker("rmi", "-f", _state.pop("image"))


End = collections.namedtuple("End", "status signal flags wall_us cpu_us rss_kib errno")


class Oven:
    """One container and the executor's side of the conversation with it."""

    def __init__(self, *arguments, memory="256m", pids="200", oven_size="32m"):
        self.base = next(_bases)
        self.name = f"{_prefix}-{next(_names)}"
        self.process = subprocess.Popen(
            ["docker", "run", "--rm", "-i", "--name", self.name, "--network", "none", "--read-only",
             "--cap-drop", "ALL", "--cap-add", "SETUID", "--cap-add", "SETGID", "--cap-add", "KILL",
             "--security-opt", "no-new-privileges", "--memory", memory, "--memory-swap", memory,
             "--pids-limit", pids, "--user", "0", "--ipc", "private", "--log-driver", "none",
             *tmpfs("/grade_oven", oven_size, "0711", self.base), *tmpfs("/sandbox", "64m", "1733"),
             *tmpfs("/tmp", "32m", "1777"), *_state["more"],
             _state["image"], f"--uid-base={self.base}", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.frames = queue.Queue()
        self.words = None  # its last ones, on stderr
        self.seen = []  # (type, payload) of every frame
        self.outputs = {name: b"" for name in FILES}
        self.history = {name: [] for name in FILES}
        self.console = b""
        self.left_out = 0
        self.oversize = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        stream = self.process.stdout
        while True:
            header = stream.read(5)
            if len(header) < 5:
                self.frames.put((None, b""))
                return
            kind, size = HEADER.unpack(header)
            self.frames.put((kind, stream.read(size)))

    def send(self, kind, payload=b""):
        self.send_raw(HEADER.pack(kind, len(payload)) + payload)

    def send_raw(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def next(self, timeout=DEADLINE):
        kind, payload = self.frames.get(timeout=timeout)
        self.seen.append((kind, payload))
        if kind == b"O":
            name, (offset,) = FILES[payload[0]], struct.unpack(">I", payload[1:5])
            assert offset <= len(self.outputs[name]), "a patch behind the end of what is known"
            self.outputs[name] = self.outputs[name][:offset] + payload[5:]
            self.history[name].append(self.outputs[name])
        elif kind == b"C":
            self.left_out += struct.unpack(">I", payload[:4])[0]
            self.console += payload[4:]
        elif kind == b"L":
            self.oversize.append(FILES[payload[0]])
        return kind, payload

    def expect(self, *kinds):
        """Takes frames until one of these kinds; the end of the stream fails."""
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            kind, payload = self.next(max(0.01, deadline - time.monotonic()))
            if kind in kinds:
                return kind, payload
            assert kind is not None, f"the oven ended: {self.process.stderr.read()}"
        raise AssertionError(f"no frame {kinds} in time")

    def wait_for(self, predicate):
        deadline = time.monotonic() + DEADLINE
        while not predicate():
            kind, _ = self.next(max(0.01, deadline - time.monotonic()))
            assert kind not in (None, b"E"), "the stage ended before what was waited for"

    def send_tree(self, name, files):
        """files: path -> bytes | text; an executable bit for what begins with #! or is named main."""
        self.send(b"t", name.encode())
        for path, content in files.items():
            if content is None:
                self.send(b"d", path.encode())
                continue
            content = content.encode() if isinstance(content, str) else content
            executable = path == "main" or content.startswith(b"#!")
            self.send(b"f", struct.pack(">BQ", executable, len(content)) + path.encode())
            for at in range(0, len(content), 65536):
                self.send(b"x", content[at:at + 65536])
        self.send(b"e")

    def store(self, name, files):
        self.send_tree(name, files)
        return self.expect(b"S", b"B")

    def start(self, name, trusted=True, timeout_ms=20000, env=()):
        texts = b"".join(text.encode() + b"\0" for text in (name, *env))
        self.send(b"r", struct.pack(">BI", trusted, timeout_ms) + texts)

    def finish(self):
        return End(*END.unpack(self.expect(b"E")[1]))

    def run(self, name, **options):
        self.start(name, **options)
        return self.finish()

    def stage(self, name, main, files=None, **options):
        """Stores a stage with this main and runs it."""
        kind, why = self.store(name, {"main": main, **(files or {})})
        assert kind == b"S", why
        return self.run(name, **options)

    def close(self):
        """As when the executor dies: its end of stdin closes."""
        if not self.process.stdin.closed:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass
        status = self.process.wait(DEADLINE)
        if self.words is None:
            self.words = self.process.stderr.read()
            self.process.stdout.close()
            self.process.stderr.close()
        return status

    def exists(self):
        return bool(docker("ps", "-aq", "--filter", f"name=^{self.name}$").strip())


class OvenTest(unittest.TestCase):
    """A test with an oven of its own; `arguments` are given to PID 1."""
    arguments = ()

    def setUp(self):
        self.oven = self.open()

    def open(self, *arguments, submission=None, **options):
        oven = Oven(*self.arguments, *arguments, **options)
        self.addCleanup(oven.close)
        self.hello = oven.expect(b"H")[1]
        kind, why = oven.store("submission", {"hello.txt": "hello\n"} if submission is None else submission)
        self.assertEqual(kind, b"S", why)
        return oven

    def assert_broken(self, oven, why):
        """It ends by itself, as whoever hears what is not the protocol, and says why."""
        while oven.next()[0] is not None:
            pass
        status = oven.close()
        if not is_podman():  # there "docker run --rm" does not tell it
            self.assertEqual(status, 70)
        self.assertIn(why, oven.words)

    def grade(self, main, **options):
        """Runs main as the next stage and returns its console; it must have ended with 0."""
        self.oven.console = b""
        self.stages = getattr(self, "stages", 0) + 1
        end = self.oven.stage(f"stage{self.stages}", main, **options)
        console = self.oven.console.decode(errors="replace")
        self.assertEqual((end.status, end.signal, end.errno), (0, 0, 0), console)
        return console
