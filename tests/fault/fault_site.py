"""A site whose processes are killed and whose disk is filled: its state directory is a small tmpfs of
its own, its engine a private one, and its assignment's score tells from the files that were graded.
"""
import hashlib
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

from processes import end, open_files, processes
from harness import INSTALL, Site, wait_until

COURSE, ASSIGNMENT = "cs1", "hw1"
WARM, PARALLEL = 2, 2
POSSIBLE = 0x1000000
# What nothing of ours may do, whoever was killed. A killed worker is what httpd tells us of.
CRASH = re.compile(r".*(?:AddressSanitizer|runtime error:|LeakSanitizer|Assertion|exit signal (?!Killed)|"
                   r"Segmentation).*", re.I)
STAGE = """#!/bin/bash
digest=$(find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum)
echo "%(name)s ${digest:0:64}" >> /grade_oven/output/status
sleep 0.$((RANDOM %% 5))
%(more)s
"""
SCORE = f'echo "$((16#${{digest:0:6}}))/{POSSIBLE}" > /grade_oven/output/score'
STAGES = ("digest", "score")


def digest_of(files):
    """What a stage makes of a submission, {name: SHA-256}."""
    lines = "".join(f"{digest}  ./{name}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def port_for_listening():
    lowest = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in random.SystemRandom().sample(range(max(1024, lowest - 10000), lowest), 100):
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise AssertionError("no port is free")


class FaultSite(Site):
    def __init__(self, engine, megabytes):
        super().__init__(directives=f"""
GradeOvenDocker {engine.endpoint}
GradeOvenParallel {PARALLEL}
GradeOvenWarm {WARM}
GradeOvenMemory 128M
GradeOvenDisk 64M
GradeOvenPids 64""")
        # Not one that a client's end may get: who connects while httpd is dead would then meet itself,
        # and hold the port.
        self.port = port_for_listening()
        self.write_configuration()
        self.engine = engine
        self.state.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "gradeoven-fault",
                        self.state], check=True)
        self.filler = self.root / "site" / "filler"

    def fill_course(self, students):
        with tempfile.TemporaryDirectory() as folder:
            for name in STAGES:
                main = pathlib.Path(folder, name, "main")
                main.parent.mkdir()
                main.write_text(STAGE % {"name": name, "more": SCORE if name == "score" else ""})
                main.chmod(0o755)
            pathlib.Path(folder, "stages").write_text("\n".join(STAGES) + "\n")
            self.ctl("course", "add", COURSE)
            self.ctl("assignment", "add", "--published", COURSE, ASSIGNMENT, folder)
        for name in students:
            self.add_user(name)
            self.ctl("user", "role", name, COURSE, "student")

    def database(self):
        connection = sqlite3.connect(f"file:{self.state}/gradeoven.db?mode=ro", uri=True, timeout=20,
                                     isolation_level=None)
        connection.row_factory = sqlite3.Row
        return connection

    def rows(self, sql, *values):
        connection = self.database()
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def unfinished(self):
        return self.rows("SELECT count(*) FROM runs WHERE state IN ('queued', 'running')")[0][0]

    # --- processes ---------------------------------------------------------------------------

    def executors(self):
        """Those of this site, also when their httpd is dead: who has its database open."""
        program = str(INSTALL / "libexec/gradeoven/executor")
        return [p.pid for p in processes() if p.program == program and
                any(name.startswith(f"{self.state}/") for name in open_files(p.pid))]

    def workers(self):
        return [p.pid for p in processes() if p.group == self.process.pid and p.pid != self.process.pid]

    def start(self):
        """As an init system does: again, when the port is not free yet. Who holds it is worth knowing."""
        for _ in range(10):
            try:
                return super().start()
            except AssertionError as problem:
                if "Address already in use" not in str(problem):
                    raise
                who = subprocess.run(["ss", "-tanp", f"sport = :{self.port}"], capture_output=True, text=True)
                print(f"  port {self.port} was not free:\n{who.stdout}", flush=True)
                time.sleep(1)
        return super().start()

    def kill_group(self):
        """What an init system does when the main process has died: nobody of the service is left."""
        group = self.process.pid
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(30)
        wait_until("httpd's group is gone", lambda: not [p for p in processes() if p.group == group], 30)

    def containers(self):
        """The engine has no others."""
        return [one["Id"] for one in self.engine.containers()]

    # --- the disk ----------------------------------------------------------------------------

    def fill_disk(self):
        """To the last byte."""
        with open(self.filler, "wb", buffering=0) as filler:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while filler.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def free_disk(self):
        self.filler.unlink(missing_ok=True)

    # --- the end -----------------------------------------------------------------------------

    def crashes(self):
        return CRASH.findall(self.log())

    def shut_down(self):
        """Stops httpd as an operator does; whoever is left after that is the caller's to judge."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    def remove(self):
        if self.process:
            self.kill_group()
        for pid in self.executors():
            end(pid)
        subprocess.run(["umount", "-l", self.state], capture_output=True)
        shutil.rmtree(self.root, ignore_errors=True)
