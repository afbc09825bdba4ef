"""Rosters from and grades into the institution's database: a real PostgreSQL and a real SQLite, by hand
and on the executor's schedule; wrong configurations, wrong statements, drivers that die."""
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import unittest

from harness import DEMO, INSTALL, DemoTest, Site, wait_until

PASSWORD = "it's \\ a \"secret\""
ROSTER = "SELECT login AS username, full_name AS name, mail AS email, grp AS section, kind AS role, matr FROM people WHERE course = 'CS101'"
GRADE = "UPDATE results SET points = :score, outof = :possible, pct = :percent, at = :submitted_at, who = :name WHERE login = :username AND item = :assignment"
SCHEMA = """
CREATE TABLE people (login text, full_name text, mail text, grp text, kind text, matr text, course text);
CREATE TABLE results (login text, item text, points numeric(9,3) CHECK (points < 1000), outof numeric(9,3),
                      pct numeric(9,3), at {time}, who text);
"""


class PostgreSQL:
    """A server of the test's own, at a socket, with a password."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="go-pg-", dir="/tmp"))
        shutil.chown(self.root, "postgres")
        self.root.chmod(0o755)
        self.bin = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        secret = self.root / "password"
        secret.write_text(PASSWORD)
        shutil.chown(secret, "postgres")
        self.run(self.bin / "initdb", "-D", self.root / "data", "-A", "scram-sha-256", "--pwfile", secret,
                 "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.run(self.bin / "pg_ctl", "-D", self.root / "data", "-w", "-l", self.root / "log", "-o",
                 f"-c listen_addresses='' -c unix_socket_directories={self.root} -c fsync=off", "start")
        self.sql("CREATE DATABASE uni", "postgres")
        self.sql(SCHEMA.format(time="timestamptz"))

    def run(self, *command, **more):
        return subprocess.run(["runuser", "-u", "postgres", "--", *map(str, command)], check=True, capture_output=True,
                              text=True, timeout=60, cwd="/", stdin=subprocess.DEVNULL, **more).stdout

    def sql(self, text, database="uni"):
        out = self.run("psql", "-h", self.root, "-d", database, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", text,
                       env=dict(os.environ, PGPASSWORD=PASSWORD))
        return [tuple(line.split("|")) for line in out.splitlines()]

    def stop(self):
        self.run(self.bin / "pg_ctl", "-D", self.root / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.root)


def section(course, *lines):
    return "\n".join([f"<GradeOvenSync {course}>", *lines, "</GradeOvenSync>"])


def quoted(sql):
    return '"' + sql.replace("\\", "\\\\").replace('"', '\\"') + '"'


class SyncTest(DemoTest):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="go-sync-", dir="/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        cls.secret = cls.directory / "password"
        cls.secret.write_text(PASSWORD + "\n")
        shutil.chown(cls.secret, "root", "gradeoven")
        cls.secret.chmod(0o640)
        cls.directory.chmod(0o755)

    def sync(self, *options, course="cs101", status=0):
        done = self.site.ctl("sync", *options, course, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout if status == 0 else done.stderr

    def database(self):
        return sqlite3.connect(self.site.state / "gradeoven.db", timeout=10)

    def rows(self, sql, *values):
        with self.database() as database:
            return database.execute(sql, values).fetchall()

    def enrolled(self, course="cs101"):
        return {row[0]: row[1:] for row in self.rows(
            "SELECT u.username, e.role, e.section FROM enrolments e JOIN users u ON u.id = e.user_id "
            "JOIN courses c ON c.id = e.course_id WHERE c.name = ? AND e.dropped_us IS NULL", course)}

    def score(self, who, base, earned, possible):
        """Hands in, and says what a stage would: nothing is graded here."""
        path = self.people[who].submit("cs101", base, {"roman.c": f"{who} {earned}".encode()})
        number = int(path.rsplit("/", 1)[1])
        with self.database() as database:
            database.execute(
                "UPDATE runs SET state = 'finished', outcome = 'graded', earned = ?, possible = ? WHERE submission_id = "
                "(SELECT s.id FROM submissions s JOIN assignments a ON a.id = s.assignment_id "
                "WHERE a.name = ? AND s.number = ?)", (earned, possible, base, number))


class OnPostgreSQL(SyncTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pg = PostgreSQL()
        cls.addClassCleanup(cls.pg.stop)
        cls.access = ["Driver pgsql", f"Option host {cls.pg.root}", "Option dbname uni", "Option username postgres",
                      f"PasswordFile {cls.secret}"]
        cls.options = {"executor": False, "directives": "\n".join([
            section("cs101", *cls.access, f"Roster {quoted(ROSTER)}", f"Grade {quoted(GRADE)}", "Missing drop"),
            section("kept", *cls.access, f"Roster {quoted(ROSTER)}"),
            section("broken", *cls.access, 'Roster "SELECT login FROM nowhere"', f"Grade {quoted(GRADE)}"),
            section("nameless", *cls.access, 'Roster "SELECT matr FROM people"'),
            section("locked", *(line for line in cls.access if "PasswordFile" not in line), f"Roster {quoted(ROSTER)}")])}
        super(SyncTest, cls).setUpClass()
        for name in ("kept", "broken", "nameless", "locked"):
            cls.site.ctl("course", "add", name)
            cls.site.ctl("user", "role", "instructor", name, "instructor")
            cls.site.ctl("user", "role", "student", name, "student")

    def setUp(self):
        self.pg.sql("TRUNCATE people, results")
        with self.database() as database:
            for table in ("sync_grades", "sync_runs", "run_stages", "runs", "submissions"):
                database.execute(f"DELETE FROM {table}")
            database.execute("DELETE FROM enrolments WHERE user_id NOT IN (SELECT id FROM users WHERE username IN "
                             "('instructor', 'grader', 'student', 'other'))")
            database.execute("UPDATE enrolments SET dropped_us = NULL, section = '', extra = '{}', role = (SELECT CASE username "
                             "WHEN 'other' THEN 'student' ELSE username END FROM users u WHERE u.id = user_id)")

    def people_are(self, *rows):
        for login, name, group, kind in rows:
            self.pg.sql("INSERT INTO people VALUES ($a$%s$a$, $a$%s$a$, 'x@y.org', %s, %s, '007', 'CS101')" % (
                login, name, f"'{group}'" if group else "NULL", f"'{kind}'" if kind else "NULL"))

    def test_a_trial_says_what_would_be_done_and_does_nothing(self):
        self.people_are(("student", "Sam", "Tue", None), ("ada", "Ada O'Brien", "Tue", None), ("other", "O", None, None))
        self.score("student", "roman-numerals", 9500, 10000)
        self.pg.sql("INSERT INTO results (login, item) VALUES ('student', 'roman-numerals')")
        before = self.enrolled()
        said = self.sync()
        for line in ("This is a trial", "add      ada, student, section Tue", "change   student, section Tue, other data",
                     "write     student, roman-numerals: 9.5/10", "Grades: 1 written, 0 unmatched"):
            self.assertIn(line, said)
        self.assertEqual(self.enrolled(), before)
        self.assertEqual(self.pg.sql("SELECT points FROM results"), [("",)])
        self.assertEqual(self.rows("SELECT count(*) FROM sync_runs"), [(0,)])
        self.assertEqual(self.rows("SELECT count(*) FROM sync_grades"), [(0,)])

    def test_the_roster_comes_in_with_all_that_it_says(self):
        self.people_are(("lovelace", "Ada O'Brien <b>", "Tue", "student"), ("student", "X", None, "grader"), ("other", "O", None, ""),
                        ("Zoë", "bad", None, None))
        self.assertIn("Line 6", self.sync("--apply", status=1))
        self.assertNotIn("lovelace", self.enrolled())
        self.pg.sql("DELETE FROM people WHERE full_name = 'bad'")
        self.assertIn("Roster: 1 added, 0 back, 2 changed, 0 dropped, 0 unchanged.", self.sync("--apply"))
        self.assertEqual(self.enrolled()["lovelace"], ("student", "Tue"))
        self.assertEqual(self.enrolled()["student"][0], "grader")
        self.assertEqual(self.enrolled()["instructor"][0], "instructor")
        self.assertEqual(self.rows("SELECT display_name, email FROM users WHERE username = 'lovelace'"),
                         [("Ada O'Brien <b>", "x@y.org")])
        self.assertEqual(self.rows("SELECT action, became FROM audit WHERE actor = '*sync' AND subject = 'lovelace'"),
                         [("enrol", "student")])
        self.assertIn("3 unchanged", self.sync("--apply"))
        page = self.teacher.json("/courses/cs101/roster")
        ada = next(one for one in page["people"] if one["username"] == "lovelace")
        self.assertEqual(ada["extra"], [{"name": "matr", "value": "007"}])

    def test_passwords_are_printed_only_when_they_are_asked_for(self):
        self.people_are(("student", "S", None, None), ("other", "O", None, None), ("pat", "P", None, None))
        self.assertNotIn("password", self.sync("--apply"))
        self.people_are(("quinn", "Q", None, None))
        password = self.sync("--apply", "--passwords").split("password quinn ")[1].split()[0]
        self.site.browser().login("quinn", password)

    def test_who_is_missing_is_dropped_but_no_staff(self):
        self.people_are(("student", "S", None, None))
        self.assertIn("drop     other", self.sync())
        said = self.sync("--apply")
        self.assertIn("1 dropped", said)
        self.assertEqual(set(self.enrolled()), {"instructor", "grader", "student"})
        self.people_are(("other", "O", None, None))
        self.assertIn("back     other", self.sync("--apply"))

    def test_without_missing_drop_they_stay(self):
        self.people_are(("ada", "A", None, None))
        said = self.sync("--apply", course="kept")
        self.assertIn("missing  student (stays)", said)
        self.assertEqual(set(self.enrolled("kept")), {"instructor", "student", "ada"})

    def test_more_than_half_are_dropped_only_by_force(self):
        self.people_are(("ada", "A", None, None))
        self.assertIn("drop 2 of 2 students", self.sync("--apply", status=1))
        self.assertEqual(set(self.enrolled()), {"instructor", "grader", "student", "other"})
        self.sync("--apply", "--force")
        self.assertEqual(set(self.enrolled()), {"instructor", "grader", "ada"})

    def test_an_empty_roster_is_an_error(self):
        self.assertIn("found nobody", self.sync("--apply", "--force", status=1))
        self.assertEqual(len(self.enrolled()), 4)

    def test_an_instructor_stays_one_whatever_the_roster_says(self):
        self.people_are(("instructor", "I", None, "student"), ("student", "S", None, None), ("other", "O", None, None))
        self.assertIn("kept     instructor", self.sync("--apply"))
        self.assertEqual(self.enrolled()["instructor"][0], "instructor")

    def test_grades_are_exact_and_hostile_names_are_only_values(self):
        hostile = "'); DROP TABLE results; -- \\' $$ :score E'\\"
        self.student.post("/settings/profile", {"name": hostile, "email": ""})
        self.addCleanup(self.student.post, "/settings/profile", {"name": "Sam Student", "email": ""})
        self.score("student", "roman-numerals", 9125, 12000)
        self.score("other", "roman-numerals", 1000, 3000)
        self.score("instructor", "roman-numerals", 12000, 12000)
        self.pg.sql("INSERT INTO results (login, item) VALUES ('student', 'roman-numerals'), "
                    "('instructor', 'roman-numerals'), ('student', 'order-report')")
        said = self.sync("--apply", "--grades")
        self.assertIn("unmatched other, roman-numerals: 1/3", said)
        self.assertNotIn("instructor", said)
        self.assertIn("Grades: 1 written, 1 unmatched, 0 unchanged", said)
        got = self.pg.sql("SELECT points, outof, pct, who, at > now() - interval '1 hour' AND at <= now() FROM results WHERE points IS NOT NULL")
        self.assertEqual(got, [("9.125", "12.000", "76.042", hostile, "t")])

    def test_only_what_has_changed_is_written_again(self):
        self.score("student", "roman-numerals", 5000, 10000)
        self.pg.sql("INSERT INTO results (login, item) VALUES ('student', 'roman-numerals')")
        self.sync("--apply", "--grades")
        self.pg.sql("UPDATE results SET points = 1")
        self.assertIn("0 written, 0 unmatched, 1 unchanged", self.sync("--apply", "--grades"))
        self.assertEqual(self.pg.sql("SELECT points FROM results"), [("1.000",)])
        self.assertIn("1 written", self.sync("--apply", "--grades", "--all"))
        self.assertEqual(self.pg.sql("SELECT points FROM results"), [("5.000",)])
        self.score("student", "roman-numerals", 6000, 10000)
        self.assertIn("1 written", self.sync("--apply", "--grades"))
        self.assertEqual(self.pg.sql("SELECT points FROM results"), [("6.000",)])

    def test_unmatched_grades_are_tried_again(self):
        self.score("student", "roman-numerals", 5000, 10000)
        self.assertIn("0 written, 1 unmatched", self.sync("--apply", "--grades"))
        self.pg.sql("INSERT INTO results (login, item) VALUES ('student', 'roman-numerals')")
        self.assertIn("1 written, 0 unmatched", self.sync("--apply", "--grades"))

    def test_all_grades_are_written_or_none(self):
        self.score("other", "roman-numerals", 5000, 10000)
        self.score("student", "roman-numerals", 2000000, 2000000)  # the CHECK over there refuses it
        self.pg.sql("INSERT INTO results (login, item) VALUES ('other', 'roman-numerals'), ('student', 'roman-numerals')")
        error = self.sync("--apply", "--grades", status=1)
        self.assertIn("student, roman-numerals: The database refused the Grade statement", error)
        self.assertIn("results_points_check", error)
        self.assertEqual(self.pg.sql("SELECT count(points) FROM results"), [("0",)])
        self.assertEqual(self.rows("SELECT count(*) FROM sync_grades"), [(0,)])
        self.assertEqual(self.rows("SELECT is_ok FROM sync_runs"), [(0,)])

    def at_commit(self, action):
        """The database does this when a transaction that wrote grades is committed."""
        self.pg.sql(f"CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {action} RETURN NULL; END $$")
        self.pg.sql("CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON results DEFERRABLE INITIALLY DEFERRED "
                    "FOR EACH ROW EXECUTE FUNCTION at_commit()")
        self.addCleanup(self.pg.sql, "DROP TRIGGER at_commit ON results; DROP FUNCTION at_commit")
        self.score("student", "roman-numerals", 5000, 10000)
        self.pg.sql("INSERT INTO results (login, item) VALUES ('student', 'roman-numerals')")

    def test_a_commit_that_is_refused_wrote_nothing(self):
        self.at_commit("RAISE EXCEPTION 'the term is closed';")
        self.sync("--grades")  # a trial commits nothing
        error = self.sync("--grades", "--apply", status=1)
        self.assertIn("The database did not commit", error)
        self.assertIn("the term is closed", error)
        self.assertEqual(self.rows("SELECT count(*) FROM sync_grades"), [(0,)])

    def test_a_driver_that_dies_while_it_commits_leaves_it_open_and_the_next_run_settles_it(self):
        self.at_commit("PERFORM pg_sleep(60);")
        with subprocess.Popen([INSTALL / "sbin/gradeovenctl", "--state", self.site.state, "sync", "--apply", "--grades", "cs101"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            wait_until("it commits", lambda: self.pg.sql(
                "SELECT pid FROM pg_stat_activity WHERE query ILIKE 'COMMIT%' AND state = 'active'"))
            children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            self.assertEqual(len(children), 1)
            os.kill(int(children[0]), signal.SIGKILL)
            error = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 1)
        self.assertIn("may or may not have been written", error)
        self.assertEqual(self.rows("SELECT count(*) FROM sync_grades"), [(0,)])
        self.pg.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'COMMIT%'")
        self.pg.sql("CREATE OR REPLACE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")
        self.assertIn("1 written", self.sync("--grades", "--apply"))
        self.assertEqual(self.pg.sql("SELECT points FROM results"), [("5.000",)])

    def test_the_grade_is_what_counts_after_penalty_and_with_released_points_by_hand(self):
        self.site.ctl("assignment", "add", "cs101", "byhand", "--published", DEMO / "roman-numerals/assignment")
        base = "/courses/cs101/assignments/byhand"
        self.teacher.post(base + "/edit", {"title": "byhand", "description": "", "due": "2020-01-01T00:00"})
        answer = self.teacher.post(base + "/rules", {
            "opens": "", "closes": "", "late_rule": "fixed", "late": "10", "late_max": "100", "grace": "0",
            "attempts": "0", "refill": "0", "counting": "last"})
        self.assertEqual(answer.status, 303, answer.text)
        self.teacher.post(base + "/grading/rules", {"release": "button", "max": "5"})
        self.pg.sql("INSERT INTO results (login, item) VALUES ('student', 'byhand'), ('other', 'byhand')")
        self.score("student", "byhand", 8000, 10000)
        self.assertIn("student, byhand: 7.2/10", self.sync("--apply", "--grades"))
        place = base + "/submissions/1"
        revision = self.grader.json(place + "/grade")["form"]["revision"]
        self.grader.post(place + "/grade", {"revision": revision, "action": "done", "adjustment": "2.5", "reason": "x"})
        # who has handed in nothing has 0 points, since it is over
        self.assertIn("0 written, 0 unmatched, 2 unchanged", self.sync("--apply", "--grades"))
        self.assertEqual(self.pg.sql("SELECT points FROM results WHERE login = 'other' AND item = 'byhand'"), [("0.000",)])
        answer = self.teacher.post(base + "/grading/release", {"release": "1"})
        self.assertEqual(answer.status, 303, answer.text)
        self.assertIn("student, byhand: 9.7/15", self.sync("--apply", "--grades"))
        self.teacher.post(base + "/publish", {"publish": "0"})

    def test_drafts_and_who_left_are_not_told(self):
        self.site.ctl("assignment", "add", "cs101", "draft", DEMO / "roman-numerals/assignment")
        path = self.teacher.get("/courses/cs101/assignments/draft")
        self.assertEqual(path.status, 200)
        self.score("student", "roman-numerals", 5000, 10000)
        self.score("other", "roman-numerals", 5000, 10000)
        with self.database() as database:
            database.execute("UPDATE submissions SET assignment_id = (SELECT id FROM assignments WHERE name = 'draft') "
                             "WHERE user_id = (SELECT id FROM users WHERE username = 'student')")
        self.site.ctl("user", "role", "other", "cs101", "none")
        self.assertIn("Grades: 0 written, 0 unmatched, 0 unchanged", self.sync("--grades"))

    def test_staff_see_how_it_ended_and_admins_why(self):
        self.people_are(("student", "S", None, None), ("other", "O", None, None))
        self.sync("--apply", "--roster")
        for who in ("instructor", "grader", "admin"):
            shown = self.people[who].json("/courses/cs101/roster")["sync"]
            self.assertEqual((shown["is_ok"], shown["is_scheduled"], shown["is_running"]), (True, False, False))
            self.assertIn("Roster: 0 added", shown["summary"])
            self.assertIn("Roster: 0 added", self.people[who].get("/courses/cs101/roster").text)
        for who, status in (("student", 403), ("outsider", 404)):
            self.assertEqual(self.people[who].get("/courses/cs101/roster").status, status)
        self.sync("--apply", course="broken", status=1)
        self.assertIn("nowhere", self.admin.json("/courses/broken/roster")["sync"]["detail"])
        self.assertIn("nowhere", self.admin.get("/courses/broken/roster").text)
        shown = self.teacher.json("/courses/broken/roster")["sync"]
        self.assertEqual((shown["is_ok"], "detail" in shown), (False, False))
        html = self.teacher.get("/courses/broken/roster").text
        self.assertIn("The roster could not be taken over; no grades were written.", html)
        self.assertNotIn("nowhere", html)
        self.assertNotIn("sync", self.teacher.json("/courses/kept/roster"))

    def test_the_doctor_warns_of_the_last_that_failed(self):
        self.sync("--apply", course="broken", status=1)
        lines = self.site.ctl("doctor", "--docker", "unix:///nowhere", check=False).stdout.splitlines()
        line = next(line for line in lines if " sync: " in line)
        self.assertTrue(line.startswith("warning"), line)
        self.assertIn("nowhere", line)
        with self.database() as database:
            database.execute("UPDATE sync_runs SET ended_us = NULL, started_us = 1000")
        lines = self.site.ctl("doctor", "--docker", "unix:///nowhere", check=False).stdout
        self.assertIn("did not come to its end", lines)

    def test_mistakes_are_told(self):
        self.assertIn("There is no <GradeOvenSync nothing> section", self.sync(course="nothing", status=1))
        self.assertIn('relation "nowhere" does not exist', self.sync(course="broken", status=1))
        self.people_are(("ada", "A", None, None))
        self.assertIn('no column "username"', self.sync(course="nameless", status=1))
        self.assertIn("cannot be reached: ", self.sync(course="locked", status=1))
        self.assertIn("has no Grade statement", self.sync("--grades", course="kept", status=1))
        self.assertEqual(self.site.ctl("sync", check=False).returncode, 2)
        self.assertEqual(self.site.ctl("sync", "--what", "cs101", check=False).returncode, 2)

    def test_two_at_once_never_run_for_a_course(self):
        self.people_are(("student", "S", None, None), ("other", "O", None, None))
        self.sync("--apply", "--roster")
        lock = next((self.site.state / "run").glob("sync-*.lock"))
        with subprocess.Popen(["flock", lock, "sh", "-c", "echo locked; read wait"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as holder:
            holder.stdout.readline()
            self.assertIn("being synchronised already", self.sync("--apply", status=1))
            self.sync("--roster")  # a trial may
            holder.stdin.close()
            holder.wait()
        self.sync("--apply", "--roster")

    def test_the_password_is_in_no_file_of_the_site_and_not_open_to_others(self):
        found = subprocess.run(["grep", "-rlF", "--", PASSWORD, self.site.state, self.site.conf], capture_output=True, text=True)
        self.assertEqual(found.stdout, "")
        info = (self.site.state / "sync.json").stat()
        self.assertEqual(info.st_mode & 0o777, 0o600)
        self.secret.chmod(0o644)
        try:
            self.assertIn("others may use", self.sync(status=1))
        finally:
            self.secret.chmod(0o640)

    def test_a_file_that_a_worker_put_there_is_not_believed(self):
        path = self.site.state / "sync.json"
        original = path.read_bytes()
        owner = path.stat()
        shutil.chown(path, "www-data")
        try:
            self.assertIn("is not root's alone", self.sync(status=1))
        finally:
            path.write_bytes(original)
            os.chown(path, owner.st_uid, owner.st_gid)


class OnSQLite(SyncTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.uni = cls.directory / "uni.db"
        with sqlite3.connect(cls.uni) as database:
            database.executescript(SCHEMA.format(time="text"))
        access = ["Driver sqlite3", f"Option sqlite3_dbdir {cls.directory}", "Option dbname uni.db"]
        cls.options = {"executor": False, "directives": "\n".join([
            section("cs101", *access, f"Roster {quoted(ROSTER)}", f"Grade {quoted(GRADE)}"),
            section("crash", *access, 'Roster "SELECT cast(login AS text) AS username FROM people"'),
            section("gone", "Driver sqlite3", f"Option sqlite3_dbdir {cls.directory}", "Option dbname gone.db",
                    f"Roster {quoted(ROSTER)}")])}
        super(SyncTest, cls).setUpClass()
        for name in ("crash", "gone"):
            cls.site.ctl("course", "add", name)

    def uni_sql(self, sql, *values):
        with sqlite3.connect(self.uni) as database:
            return database.execute(sql, values).fetchall()

    def test_roster_and_grades_are_exchanged(self):
        self.uni_sql("DELETE FROM people")
        self.uni_sql("INSERT INTO people VALUES ('ada', 'Ada', 'a@x.org', 'Tue', NULL, NULL, 'CS101')")
        self.uni_sql("INSERT INTO results (login, item) VALUES ('student', 'roman-numerals')")
        self.score("student", "roman-numerals", 9125, 12000)
        said = self.sync()
        self.assertIn("add      ada, student, section Tue", said)
        self.assertEqual(self.uni_sql("SELECT points FROM results"), [(None,)])
        said = self.sync("--apply")
        self.assertIn("Roster: 1 added", said)
        self.assertIn("Grades: 1 written", said)
        self.assertEqual(self.enrolled()["ada"], ("student", "Tue"))
        self.assertEqual(self.uni_sql("SELECT points, outof, pct FROM results"), [(9.125, 12, 76.042)])

    def test_a_driver_that_dies_is_told_and_changes_nothing(self):
        self.uni_sql("INSERT INTO people VALUES ('eve', 'E', '', '', NULL, NULL, 'X')")
        error = self.sync("--apply", course="crash", status=1)
        self.assertIn("The driver of the database died", error)
        self.assertIn("nothing was written there", error)
        self.assertEqual(self.enrolled("crash"), {})
        self.assertEqual(self.rows("SELECT r.is_ok FROM sync_runs r JOIN courses c ON c.id = r.course_id "
                                   "WHERE c.name = 'crash'"), [(0,)])

    def test_a_database_that_is_not_there_is_not_made(self):
        self.assertIn("There is no readable", self.sync(course="gone", status=1))
        self.assertFalse((self.directory / "gone.db").exists())


class OnSchedule(SyncTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pg = PostgreSQL()
        cls.addClassCleanup(cls.pg.stop)
        cls.pg.sql("INSERT INTO people VALUES ('ada', 'Ada', '', 'Tue', NULL, NULL, 'CS101')")
        access = ["Driver pgsql", f"Option host {cls.pg.root}", "Option dbname uni", "Option username postgres",
                  f"PasswordFile {cls.secret}"]
        cls.options = {"directives": "GradeOvenWarm 0\n" + "\n".join([
            section("cs101", *access, f"Roster {quoted(ROSTER)}", "Schedule 6h"),
            section("byhand", *access, f"Roster {quoted(ROSTER)}"),
            section("broken", *access, 'Roster "SELECT login FROM nowhere"', "Schedule 6h")])}
        # the courses are there when the executor looks for the first time
        cls.site = Site(executor=False, directives=cls.options["directives"]).start()
        cls.addClassCleanup(cls.site.stop)
        cls.site.load_demo()
        for name in ("byhand", "broken"):
            cls.site.ctl("course", "add", name)
        cls.site.executor = True
        cls.site.write_configuration()
        cls.site.graceful()

    def test_the_executor_does_what_is_due_as_its_own_user(self):
        def ended():
            return self.rows("SELECT c.name, r.is_scheduled, r.is_ok FROM sync_runs r JOIN courses c ON c.id = r.course_id "
                             "WHERE r.ended_us IS NOT NULL ORDER BY c.name")
        wait_until("both scheduled courses were synchronised", lambda: len(ended()) == 2)
        self.assertEqual(ended(), [("broken", 1, 0), ("cs101", 1, 1)])
        self.assertEqual(self.enrolled()["ada"], ("student", "Tue"))
        wait_until("the executor tells of both", lambda: "course cs101 was synchronised" in self.site.log()
                   and "course broken could not be synchronised" in self.site.log())
        self.site.graceful()  # another executor knows that it is not due
        wait_until("another executor serves", lambda: self.site.log().count("executor started") >= 2)
        self.assertEqual(len(ended()), 2)
        self.assertEqual(self.site.browser("admin").json("/courses/cs101/roster")["sync"]["is_scheduled"], True)


class Configuration(SyncTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = Site(executor=False)
        cls.addClassCleanup(cls.site.stop)

    def configtest(self, *sections):
        self.site.directives = "\n".join(sections)
        self.site.write_configuration()
        return self.site.configtest()

    def test_what_is_right_passes(self):
        done = self.configtest(section("cs101", "Driver pgsql", "Option host db", f"PasswordFile {self.secret}",
                                       f"Roster {quoted(ROSTER)}", f"Grade {quoted(GRADE)}", "Missing keep", "Schedule daily 03:00"),
                               section('"a course"', "Driver mysql", f"Roster {quoted(ROSTER)}"))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_each_mistake_is_told_with_file_line_and_remedy(self):
        grade = f"Grade {quoted(GRADE)}"
        for lines, why in (
                ([grade], "has no Driver"),
                (["Driver pgsql"], "neither Roster nor Grade"),
                (["Driver oracle", grade], "is one of pgsql, mysql, sqlite3, freetds"),
                (["Driver pgsql", "Option password x", grade], "PasswordFile"),
                (["Driver pgsql", "PasswordFile /nowhere", grade], "owned by root"),
                (["Driver pgsql", "Schedule 1s", grade], "5min to 30d"),
                (["Driver pgsql", "Missing perhaps", grade], "is not \"drop\" or \"keep\""),
                (["Driver pgsql", "Colour red", grade], "does not belong into <GradeOvenSync>"),
                (["Driver pgsql", 'Roster "DELETE FROM x"'], "SELECT, or WITH"),
                (["Driver pgsql", 'Grade "UPDATE x SET y = :points"'], "There are: :username"),
                (["Driver pgsql", 'Grade "UPDATE x SET y = :score; COMMIT"'], "goes on after a ';'"),
                (["Driver pgsql", "Grade \"UPDATE x SET y = E:score\""], "touches what stands before it")):
            done = self.configtest(section("cs101", *lines))
            self.assertNotEqual(done.returncode, 0, lines)
            self.assertIn(why, done.stderr)
            self.assertRegex(done.stderr, r"Syntax error on line \d+ of \S+httpd.conf")
        wrong = section("cs101", "Driver pgsql", "Missing perhaps", grade)
        done = self.configtest(wrong)
        number = next(i for i, line in enumerate(self.site.conf.read_text().splitlines(), 1) if line == "Missing perhaps")
        self.assertIn(f"line {number} of", done.stderr)
        done = self.configtest(section("cs101", "Driver pgsql", grade), section("cs101", "Driver pgsql", grade))
        self.assertIn("stands here twice", done.stderr)
        done = self.configtest(section("", "Driver pgsql", grade))
        self.assertNotEqual(done.returncode, 0)

    def test_a_password_file_that_others_can_read_is_refused(self):
        open_file = self.directory / "open"
        open_file.write_text("x")
        open_file.chmod(0o644)
        done = self.configtest(section("cs101", "Driver pgsql", f"PasswordFile {open_file}", f"Grade {quoted(GRADE)}"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("chmod 0640", done.stderr)


if __name__ == "__main__":
    unittest.main()
