"""A Docker daemon of our own, because it is going to be killed: its own data, its own containerd.

It shares nothing with the daemon of the host but the kernel; the grading image is copied from there.
"""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from processes import end, is_alive, processes
from harness import IMAGE, wait_until


class Connection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("docker", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class PrivateEngine:
    def __init__(self, root):
        """`root` is on a real disk: overlay2 does not work on every tmpfs."""
        self.root = pathlib.Path(root)
        self.socket, self.pid_file = f"{root}/docker.sock", self.root / "docker.pid"
        self.data, self.run = self.root / "data", self.root / "run"
        self.process = None
        # killed daemons leave children to whoever adopts orphans, so they are found by their arguments
        self.mark = str(self.run)

    @property
    def endpoint(self):
        return f"unix://{self.socket}"

    def call(self, method, path, timeout=30):
        """The status and the JSON of the answer; OSError when nobody answers."""
        connection = Connection(self.socket, timeout)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            body = response.read()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()
        return response.status, json.loads(body) if body.startswith((b"{", b"[")) else body

    def answers(self):
        try:
            return self.call("GET", "/_ping", 5)[0] == 200
        except OSError:
            return False

    def start(self):
        # what a killed daemon leaves is believed by its successor while even a zombie has that pid
        for stale in (self.pid_file, self.run / "containerd/containerd.pid"):
            stale.unlink(missing_ok=True)
        with open(self.root / "dockerd.log", "ab") as log:
            self.process = subprocess.Popen(
                ["dockerd", "--data-root", self.data, "--exec-root", self.run, "--pidfile", self.pid_file,
                 "-H", self.endpoint, "--bridge=none", "--iptables=false", "--ip6tables=false"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

        def is_ready():
            assert self.process.poll() is None, f"dockerd ended:\n{self.log()[-3000:]}"
            return self.answers()
        wait_until("dockerd answers", is_ready, 90)

    def log(self):
        return (self.root / "dockerd.log").read_text(errors="replace")

    def copy_image(self):
        """From the host's daemon."""
        environment = {key: value for key, value in os.environ.items() if key != "DOCKER_HOST"}
        with subprocess.Popen(["docker", "save", IMAGE], stdout=subprocess.PIPE, env=environment) as save:
            subprocess.run(["docker", "-H", self.endpoint, "load", "-q"], stdin=save.stdout, check=True,
                           capture_output=True, timeout=300)
        assert save.returncode == 0, f"the image {IMAGE} could not be copied"

    def kill(self):
        """As the kernel does it: dockerd at once, and with it the containerd that it manages."""
        self.process.kill()
        self.process.wait(30)
        wait_until("containerd ends with dockerd", lambda: not self.daemons(), 30)

    def daemons(self):
        return [p.pid for p in processes() if p.name == "containerd" and self.mark in p.arguments]

    def pause(self, seconds):
        os.kill(self.process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(self.process.pid, signal.SIGCONT)

    def containers(self):
        """What the engine knows of: a list of its JSON objects, running or not."""
        status, found = self.call("GET", "/containers/json?all=1")
        assert status == 200, found
        return found

    def main_pid(self, container):
        """The container's PID 1 as the host sees it, or None when there is none (any more)."""
        status, found = self.call("GET", f"/containers/{container}/json")
        pid = found["State"]["Pid"] if status == 200 else 0
        return pid if pid and is_alive(pid) else None

    def mounts(self):
        """Mounts of containers. (The data directory is one of itself after a daemon was killed.)"""
        return [line.split()[1] for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()
                if line.split()[1].startswith(f"{self.root}/") and line.split()[1] != str(self.data)]

    def shims(self):
        return [p.pid for p in processes() if p.name.startswith("containerd-shim") and self.mark in p.arguments]

    def inside(self):
        """
        Processes of containers. A daemon that is killed while it starts a container may forget the shim,
        alone or with a "runc init" that never became the container's program: those are Docker's own, no
        API reaches them, and nothing of a submission is in them.
        """
        shims = self.shims()
        return [p for p in processes() if p.parent in shims and p.name != "runc"]

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(30)
        for pid in self.shims() + self.daemons():
            end(pid)
        for mount in [*reversed(self.mounts()), self.data]:
            subprocess.run(["umount", "-l", mount], capture_output=True)
        shutil.rmtree(self.root, ignore_errors=True)
