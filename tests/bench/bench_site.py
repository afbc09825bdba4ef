"""The site that is measured: the tests' harness with a release build, one course, and a store that
can be filled with any number of finished or queued runs by copying the rows of a real one.

All times are seconds of time.perf_counter().
"""
import collections
import http.client
import json
import os
import pathlib
import socket
import sqlite3
import ssl
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "web"))
import harness  # noqa: E402

ENGINE = "/var/run/docker.sock"
WARM = PARALLEL = 2
COURSE = "bench"
US = 1_000_000


class KeptBrowser(harness.Browser):
    """A visitor on one kept-alive TLS connection; opened again when the server has closed it."""

    def __init__(self, site, mount=""):
        super().__init__(site, mount)
        self.connection = None

    def request(self, method, path, body=None, headers=None, port=None):
        headers = dict(headers or {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        for attempt in (1, 2):
            if not self.connection:
                self.connection = http.client.HTTPSConnection(
                    "127.0.0.1", self.site.port, context=ssl._create_unverified_context(), timeout=60)
            try:
                self.connection.request(method, path, body, headers)
                response = self.connection.getresponse()
                answer = harness.Answer(response, response.read())
                break
            except (http.client.RemoteDisconnected, ConnectionError, ssl.SSLError):
                self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer


def engine_containers(label):
    """The containers with this label, as the Engine API lists them; cheaper than the CLI."""
    question = urllib.parse.quote(json.dumps({"label": [label]}))
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(ENGINE)
        line.sendall(f"GET /containers/json?all=1&filters={question} HTTP/1.0\r\nHost: docker\r\n\r\n".encode())
        answer = b""
        while more := line.recv(65536):
            answer += more
    head, body = answer.split(b"\r\n\r\n", 1)
    assert b" 200 " in head.split(b"\r\n")[0], head
    return json.loads(body)


def required(database, table):
    """The columns that an INSERT must name."""
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")
            if row[3] and row[4] is None and not row[5]]


def insert(database, table, row):
    """Inserts a row (a dict); answers its id."""
    names = ", ".join(row)
    places = ", ".join("?" * len(row))
    return database.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values())).lastrowid


class BenchSite(harness.Site):
    def __init__(self):
        super().__init__(directives=f"""
GradeOvenParallel {PARALLEL}
GradeOvenWarm {WARM}
GradeOvenRateLimit off
KeepAliveTimeout 300
MaxKeepAliveRequests 0
""")
        self.database = None
        self.student = self.teacher = self.boss = None

    def open(self):
        """Starts it, with a course, an instructor, a student and an admin, all logged in."""
        self.start()
        self.ctl("course", "add", "--title", "Bench", COURSE)
        for name, role in (("student", "student"), ("teacher", "instructor")):
            self.add_user(name)
            self.ctl("user", "role", name, COURSE, role)
        self.add_user("boss", "--admin")
        self.boss = KeptBrowser(self).login("boss")
        self.student = KeptBrowser(self).login("student")
        self.teacher = KeptBrowser(self).login("teacher")
        self.database = sqlite3.connect(self.state / "gradeoven.db", timeout=20, isolation_level=None)
        self.database.row_factory = sqlite3.Row
        return self

    def stop(self):
        if self.database:
            self.database.close()
        super().stop()

    def add_assignment(self, name, stages):
        """stages: {name: main}, in order."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "stages").write_text("".join(f"{stage}\n" for stage in stages))
            for stage, main in stages.items():
                (root / stage).mkdir()
                (root / stage / "main").write_text(main)
                (root / stage / "main").chmod(0o755)
            self.ctl("assignment", "add", "--published", COURSE, name, folder)

    # --- the executor and its ovens ---

    def executor_pid(self):
        return self.executors()[0]

    def wait_until_settled(self, seconds=60):
        """Nothing is queued or running, and the engine has exactly the warm ovens, started."""
        def is_settled():
            if self.scalar("SELECT count(*) FROM runs WHERE state IN ('queued', 'running')"):
                return False
            mine = self.ovens()
            return len(mine) == WARM and all(one["State"] == "running" for one in mine)
        harness.wait_until("the ovens are warm and nothing else is there", is_settled, seconds)
        time.sleep(0.1)  # the last of them says hello

    def ovens(self):
        """This site's containers, as the engine lists them."""
        return [one for one in engine_containers(label="gradeoven.site")
                if one["Labels"]["gradeoven.site"].startswith(f"{self.state}@")]

    # --- the store ---

    def scalar(self, sql, *values):
        return self.database.execute(sql, values).fetchone()[0]

    def ring(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
            bell.sendto(b"!", str(self.state / "run/doorbell"))

    def template(self, assignment):
        """The rows of a finished run of this assignment: (submission, run, its stages)."""
        one = self.database.execute(
            "SELECT r.id, r.submission_id FROM runs r JOIN submissions s ON s.id = r.submission_id "
            "JOIN assignments a ON a.id = s.assignment_id WHERE a.name = ? AND r.state = 'finished' "
            "ORDER BY r.id LIMIT 1", (assignment,)).fetchone()

        def rows(sql, value):
            return [{key: row[key] for key in row.keys()} for row in self.database.execute(sql, (value,))]
        return (rows("SELECT * FROM submissions WHERE id = ?", one["submission_id"])[0],
                rows("SELECT * FROM runs WHERE id = ?", one["id"])[0],
                rows("SELECT * FROM run_stages WHERE run_id = ?", one["id"]))

    def students(self, count):
        """The ids of so many enrolled students; those that are missing are made."""
        course = self.scalar("SELECT id FROM courses WHERE name = ?", COURSE)
        have = [row[0] for row in self.database.execute("SELECT id FROM users WHERE username LIKE 's-%' ORDER BY id")]
        for number in range(len(have), count):
            have.append(insert(self.database, "users", {"username": f"s-{number}", "created_us": 0}))
            insert(self.database, "enrolments", {"course_id": course, "user_id": have[-1], "role": "student",
                                                 "created_us": 0})
        return have[:count]

    def queue(self, assignment, count, ring=True):
        """Queues runs of as many students, all at once. What fails to finish is the caller's to see."""
        submission, run, _ = self.template(assignment)
        needed = {name: run[name] for name in [*required(self.database, "runs"), "course_id", "assignment_id"]}
        now = int(time.time() * US)
        self.database.execute("BEGIN IMMEDIATE")
        number = self.scalar("SELECT max(number) FROM submissions WHERE assignment_id = ?", submission["assignment_id"])
        first = self.scalar("SELECT coalesce(max(id), 0) + 1 FROM runs")
        for step, user in enumerate(self.students(count)):
            number += 1
            attempt = 1 + (self.scalar("SELECT max(attempt) FROM submissions WHERE assignment_id = ? AND user_id = ?",
                                       submission["assignment_id"], user) or 0)
            copy = {**submission, "user_id": user, "number": number, "attempt": attempt, "once": f"q{number}",
                    "created_us": now + step, "counts": 0}
            del copy["id"]
            insert(self.database, "runs", {**needed, "submission_id": insert(self.database, "submissions", copy),
                                           "state": "queued", "queued_us": now + step, "start_us": now,
                                           "since_us": now + step, "user_id": user})
        self.count_newest()
        self.database.execute("COMMIT")
        if ring:
            self.ring()
        return first

    def fill(self, assignment, total):
        """Adds finished runs, spread over ten courses of ten assignments each, until there are `total`."""
        have = self.scalar("SELECT count(*) FROM runs")
        if have >= total:
            return
        submission, run, stages = self.template(assignment)
        now = int(time.time() * US)
        self.database.execute("BEGIN IMMEDIATE")
        students = self.students(200)
        places = self.places(submission["assignment_id"])
        courses = dict(self.database.execute("SELECT id, course_id FROM assignments"))
        last = {place: self.scalar("SELECT coalesce(max(number), 0) FROM submissions WHERE assignment_id = ?", place)
                for place in places}
        attempts = collections.Counter(
            {(row[0], row[1]): row[2] for row in self.database.execute(
                "SELECT assignment_id, user_id, max(attempt) FROM submissions GROUP BY 1, 2")})
        for step in range(total - have):
            place, user = places[step % len(places)], students[step // len(places) % len(students)]
            last[place] += 1
            attempts[place, user] += 1
            then = now - (total - have - step) * 100 * US
            copy = {**submission, "assignment_id": place, "user_id": user, "number": last[place],
                    "attempt": attempts[place, user], "once": f"f{have}-{step}", "created_us": then,
                    "counts": 0}
            del copy["id"]
            done = {**run, "submission_id": insert(self.database, "submissions", copy), "queued_us": then,
                    "user_id": user, "assignment_id": place, "course_id": courses[place],
                    "start_us": then, "started_us": then + 5000, "finished_us": then + 50_000}
            del done["id"]
            number = insert(self.database, "runs", done)
            for stage in stages:
                insert(self.database, "run_stages", {**stage, "run_id": number})
        self.count_newest()
        self.database.execute("COMMIT")
        self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def count_newest(self):
        """The newest of each student counts, as the default rule says."""
        self.database.execute("UPDATE submissions SET counts = 0 WHERE counts = 1")
        self.database.execute("UPDATE submissions SET counts = 1 WHERE id IN (SELECT id FROM (SELECT id, max(attempt) "
                              "FROM submissions GROUP BY assignment_id, user_id))")

    def places(self, assignment_id):
        """A hundred assignments: nine of the bench's own course, and those of further courses."""
        model = dict(self.database.execute("SELECT * FROM assignments WHERE id = ?", (assignment_id,)).fetchone())
        course = dict(self.database.execute("SELECT * FROM courses WHERE id = ?", (model["course_id"],)).fetchone())
        found = []
        for c in range(10):
            known = self.database.execute("SELECT id FROM courses WHERE name = ?", (f"filled-{c}",)).fetchone()
            home = model["course_id"] if c == 0 else known[0] if known else insert(
                self.database, "courses", {**{k: v for k, v in course.items() if k != "id"}, "name": f"filled-{c}"})
            for a in range(10):
                known = self.database.execute("SELECT id FROM assignments WHERE course_id = ? AND name = ?",
                                              (home, f"filled-{a}")).fetchone()
                found.append(known[0] if known else insert(
                    self.database, "assignments",
                    {**{k: v for k, v in model.items() if k != "id"}, "course_id": home, "name": f"filled-{a}"}))
        return found
