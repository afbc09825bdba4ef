#!/usr/bin/env python3
"""A Podman service of our own, with the grading image in it; started and stopped by who uses it.

Run as a program, it runs a command against such a service: podman_harness.py COMMAND... finds it in
DOCKER_HOST, as Docker's client and Grade Oven's tools do.

Its storage is kept in GRADEOVEN_BUILD (or a temporary directory), since copying the image takes a
while. GRADEOVEN_IMAGE is taken from Docker at /var/run/docker.sock.
"""
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

from grade_harness import IMAGE, wait_until

DOCKER = "unix:///var/run/docker.sock"
CONFIGURATION = """[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
"""


def is_installed():
    return shutil.which("podman") is not None


class Podman:
    """`user`: rootless, as that user, who needs ranges in /etc/subuid and /etc/subgid."""

    def __init__(self, user=None):
        self.user = user
        # short, as a socket's path is; nobody else's
        self.directory = tempfile.mkdtemp(prefix="go-podman-", dir="/tmp")
        kept = os.environ.get("GRADEOVEN_BUILD")
        # a storage belongs to one run directory for ever
        self.storage = os.path.join(kept if kept and not user else self.directory, "podman")
        self.socket = os.path.join(self.directory, "s")
        self.host = f"unix://{self.socket}"
        self.service = None
        pathlib.Path(self.directory, "containers.conf").write_text(CONFIGURATION, encoding="utf-8")
        os.makedirs(self.storage, exist_ok=True)
        if user:
            entry = pwd.getpwnam(user)
            for path in (self.directory, self.storage):
                os.chown(path, entry.pw_uid, entry.pw_gid)

    def command(self, *arguments):
        prefix = ["runuser", "-u", self.user, "--"] if self.user else []
        return [*prefix, "env", f"HOME={self.directory}", f"XDG_RUNTIME_DIR={self.directory}",
                f"CONTAINERS_CONF={self.directory}/containers.conf", "podman", "--root",
                os.path.join(self.storage, "root"), "--runroot", os.path.join(self.storage, "run"),
                *arguments]

    def podman(self, *arguments, **more):
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, cwd="/",
                              timeout=300, **more)
        if done.returncode:
            raise AssertionError(f"podman {arguments}: {done.stderr}")
        return done.stdout

    def load_image(self):
        """Copies the image from Docker, unless it is there."""
        wanted = json.loads(subprocess.run(["docker", "-H", DOCKER, "image", "inspect", IMAGE], check=True,
                                           capture_output=True).stdout)[0]["Id"].removeprefix("sha256:")
        if wanted in self.podman("images", "-q", "--no-trunc"):
            return
        with subprocess.Popen(["docker", "-H", DOCKER, "save", IMAGE], stdout=subprocess.PIPE) as saved:
            self.podman("load", stdin=saved.stdout)

    def start(self):
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        with open(os.path.join(self.directory, "log"), "ab") as log:
            self.service = subprocess.Popen(self.command("system", "service", "--time=0", self.host),
                                            stdout=log, stderr=log, cwd="/", start_new_session=True)
        wait_until(self.answers, "Podman's service answers", 30)
        return self

    def answers(self):
        return subprocess.run(["curl", "-fsS", "--max-time", "5", "--unix-socket", self.socket,
                               "http://podman/_ping"], capture_output=True).returncode == 0

    def kill(self):
        """Kills the service, as a crash would; containers have processes of their own (conmon)."""
        os.killpg(self.service.pid, signal.SIGKILL)
        self.service.wait(20)

    def stop(self):
        if self.service and self.service.poll() is None:
            self.kill()
        left = self.podman("ps", "-aq").split()
        if left:
            self.podman("rm", "-f", "-t", "0", *left)
        for pid in self.left_over():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.directory, ignore_errors=True)

    def left_over(self):
        """What Podman keeps running: for five minutes a conmon of each "exec", and rootless its pause."""
        ours = pwd.getpwnam(self.user).pw_uid if self.user else None
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes().split(b"\0")
                owner = process.stat().st_uid
            except OSError:  # it has ended
                continue
            of_storage = command[0].endswith(b"/conmon") and any(
                one.startswith(os.fsencode(self.storage + "/")) for one in command)
            if of_storage or (ours is not None and owner == ours):
                yield int(process.name)


def main():
    podman = Podman()
    try:
        podman.load_image()
        podman.start()
        return subprocess.run(sys.argv[1:], env=dict(os.environ, DOCKER_HOST=podman.host)).returncode
    finally:
        podman.stop()


if __name__ == "__main__":
    sys.exit(main())
