"""The executor as httpd starts it, over a state directory of its own, without httpd.

A submission is made by its rows; its files are those of the assignment itself. Environment: that of
grade_harness, and EXECUTOR (default: beside OVEN_BINARY); DOCKER_HOST names another engine than Docker
on this machine, such as Podman's service (podman_harness.py).
"""
import json
import os
import pathlib
import select
import signal
import socket
import sqlite3
import subprocess
import threading
import time

from grade_harness import (DEADLINE, GRADEOVENCTL, IMAGE, OVEN_BINARY, GradeTest, containers_of,
                           wait_until)

EXECUTOR = os.environ.get("EXECUTOR", os.path.join(os.path.dirname(OVEN_BINARY), "executor"))
ENGINE = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")


class Proxy:
    """Stands between the executor and the engine, and can cut the line.

    `ask` and `answer` change what goes through (bytes to bytes, of the same length, as the length is
    told in advance); `context` is a server's for TLS, and then `path` is an address.
    """

    def __init__(self, path, ask=None, answer=None, context=None):
        self.path = path
        self.ask, self.answer, self.context = ask, answer, context
        self.connections = set()
        self.listener = None
        self.connect()

    def connect(self):
        self.listener = socket.socket(socket.AF_INET if self.context else socket.AF_UNIX)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(self.path)
        self.path = self.listener.getsockname()
        self.listener.listen(64)
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        if self.context:
            client = self.context.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
            try:
                client.do_handshake()
            except OSError:  # the client has no right certificate: let it read why
                self.hang_up_gently(client)
                return
        engine = socket.socket(socket.AF_UNIX)  # closed by cut()
        engine.connect(ENGINE)
        self.connections |= {client, engine}
        try:
            self.relay(client, engine)
        except (OSError, ValueError):  # ValueError: closed meanwhile
            pass
        for one in (client, engine):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    @staticmethod
    def hang_up_gently(client):
        """Not before the other side: closing with bytes unread would take our last words back."""
        raw = socket.socket(fileno=client.detach())
        try:
            raw.settimeout(5)
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(65536):
                pass
        except OSError:
            pass
        raw.close()

    def relay(self, client, engine):
        """Both ways in one thread, since a TLS connection must not be used by two."""
        ways = {client: (engine, self.ask), engine: (client, self.answer)}
        while True:
            ready = [client] if self.context and client.pending() else select.select(ways, [], [])[0]
            for source in ready:
                data = source.recv(65536)
                if not data:
                    return
                sink, change = ways[source]
                sink.sendall(change(data) if change else data)

    def cut(self):
        if not self.context:
            os.unlink(self.path)
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in self.connections:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
        self.connections.clear()


class ExecutorTest(GradeTest):
    def setUp(self):
        super().setUp()
        self.state = self.path("state")
        for name in ("", "objects", "tmp", "run"):
            os.mkdir(os.path.join(self.state, name))
        self.ctl("user", "add", "alice", "--password-stdin")
        self.ctl("course", "add", "cs1")
        self.database = sqlite3.connect(os.path.join(self.state, "gradeoven.db"), timeout=20,
                                        isolation_level=None)
        self.addCleanup(self.database.close)
        self.site = f"executor-test-{os.getpid()}-{id(self)}"
        self.processes = []
        self.addCleanup(self.stop_all)

    def ctl(self, *arguments):
        return subprocess.run([GRADEOVENCTL, "--state", self.state, *arguments], check=True,
                              capture_output=True, text=True, input="a long password for alice\n",
                              timeout=DEADLINE).stdout

    def stop_all(self):
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
            process.wait(20)
        wait_until(lambda: not self.containers(), "no container is left", 20)

    def start(self, **more):
        """An executor; its log goes to a file. Returns when it has a warm oven, or at once."""
        wait = more.pop("wait", True)
        command = more.pop("command", [])
        configuration = {
            "site": self.site, "state": self.state,
            "database": {"driver": "sqlite3", "params": os.path.join(self.state, "gradeoven.db")},
            "docker": f"unix://{ENGINE}", "image": IMAGE, "oven": OVEN_BINARY, "parallel": 2,
            "warm": 1, "memory_mb": 128, "disk_mb": 64, "pids": 64, "cpus_milli": 1000,
            "log_level": "debug", **more}
        warm_before = self.log().count("is warm")
        with open(self.path("log"), "a", encoding="utf-8") as log:
            process = subprocess.Popen([*command, EXECUTOR], stdin=subprocess.PIPE, stderr=log)
        process.stdin.write(json.dumps(configuration).encode())
        process.stdin.close()
        self.processes.append(process)
        if wait:
            wait_until(lambda: self.log().count("is warm") > warm_before, "an oven is warm")
        return process

    def log(self):
        path = pathlib.Path(self.path("log"))
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def containers(self):
        return containers_of(f"gradeoven.site={self.site}")

    def add_assignment(self, stages, name="a"):
        self.ctl("assignment", "add", "--published", "cs1", name, self.assignment(stages, name))

    def submit(self, name="a", ring=True):
        """Queues a run of a new submission; returns the run's id."""
        now = int(time.time() * 1e6)
        self.database.execute("BEGIN IMMEDIATE")
        assignment, version, tree = self.database.execute(
            "SELECT a.id, v.id, v.tree_id FROM assignments a JOIN versions v ON v.id = a.version_id "
            "WHERE a.name = ?", (name,)).fetchone()
        number = self.database.execute("SELECT count(*) + 1 FROM submissions WHERE assignment_id = ?",
                                       (assignment,)).fetchone()[0]
        submission = self.database.execute(
            "INSERT INTO submissions (assignment_id, user_id, number, attempt, tree_id, is_late, once, "
            "address, created_us) VALUES (?, (SELECT min(id) FROM users), ?, ?, ?, 0, ?, '', ?)",
            (assignment, number, number, tree, str(number), now)).lastrowid
        run = self.database.execute(
            "INSERT INTO runs (submission_id, version_id, reason, state, queued_us, start_us, since_us, "
            "course_id, assignment_id, user_id) SELECT s.id, ?, 'submit', 'queued', ?, ?, ?, a.course_id, "
            "a.id, s.user_id FROM submissions s JOIN assignments a ON a.id = s.assignment_id WHERE s.id = ?",
            (version, now, now, now, submission)).lastrowid
        self.database.execute("COMMIT")
        if ring:
            self.ring()
        return run

    def ring(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
            try:
                bell.sendto(b"!", os.path.join(self.state, "run/doorbell"))
            except OSError:
                pass

    def run_row(self, run):
        cursor = self.database.execute("SELECT * FROM runs WHERE id = ?", (run,))
        return dict(zip([column[0] for column in cursor.description], cursor.fetchone()))

    def wait_for(self, run, state="finished", seconds=30):
        wait_until(lambda: self.run_row(run)["state"] == state, f"run {run} is {state}", seconds)
        return self.run_row(run)

    def end(self, process, number=signal.SIGTERM, seconds=10):
        process.send_signal(number)
        self.assertEqual(process.wait(seconds), 0, self.log())
