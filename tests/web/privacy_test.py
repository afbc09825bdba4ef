"""Privacy: what one person may have back or taken out, and how long courses' work is kept: that an export
holds all of theirs and nothing that is not for them, that an erasure leaves no trace of who it was and
moves no figure, and that files which others have too are never lost."""
import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import threading
import time
import unittest
import uuid
import zipfile

from harness import SOURCE, DemoTest, Site, wait_until

YEAR_US = 365 * 86400 * 1000000
DEBUG = "only staff may read this"
EVIL = '<script>alert(1)</script> "&'


class PrivacyTest(DemoTest):
    """Nothing is graded: the runs' ends are written as the executor would."""
    options = {"executor": False}

    def setUp(self):
        self.name = re.sub(r"\W", "-", self._testMethodName)[5:50]
        self.base = self.make(self.name)

    def make(self, name, course="cs101"):
        self.site.ctl("assignment", "add", course, name, "--published", SOURCE / "conf/demo/roman-numerals/assignment")
        return f"/courses/{course}/assignments/{name}"

    def sql(self, statement, *values):
        with sqlite3.connect(self.site.state / "gradeoven.db", timeout=30) as database:
            return database.execute(statement, values).fetchall()

    def add(self, name, course="cs101"):
        self.site.add_user(name, "--name", f"{name.title()} {name[::-1].title()}", "--email", f"{name}@example.edu")
        self.site.ctl("user", "role", name, course, "student")
        self.people[name] = self.site.browser(name)
        return self.people[name]

    def run_of(self, place):
        return self.sql("SELECT r.id FROM runs r JOIN submissions s ON s.id = r.submission_id JOIN assignments a "
                        "ON a.id = s.assignment_id WHERE a.name = ? AND s.number = ?",
                        place.split("/")[4], int(place.rsplit("/", 1)[1]))[0][0]

    def graded(self, place, earned=7000, errors="line 3 is wrong"):
        run = self.run_of(place)
        self.sql("UPDATE runs SET state = 'finished', outcome = 'graded', finished_us = queued_us + 5, started_us = queued_us, "
                 "earned = ?, possible = 10000, status = 'Test 1', errors = ?, debug = ? WHERE id = ?", earned, errors, DEBUG, run)
        self.sql("INSERT INTO run_stages (run_id, position, name, exit_code, signal, timed_out, wall_ms, cpu_ms, max_rss_kib, "
                 "console) VALUES (?, 0, 'tests', 1, 0, 0, 5, 5, 5, ?)", run, DEBUG)
        self.sql("INSERT INTO run_results (run_id, source, output, output_visibility) VALUES (?, 'results.json', ?, 'hidden')",
                 run, DEBUG)
        for i, (name, visibility) in enumerate((("shown", "visible"), ("secret test", "hidden"), ("later", "after_published"))):
            self.sql("INSERT INTO run_tests (run_id, position, name, number, status, score, max_score, output, tags, visibility) "
                     "VALUES (?, ?, ?, '', 'passed', 1000, 1000, 'said this', '', ?)", run, i, name, visibility)
        return place

    def hand_in(self, who, content=None, course="cs101", name=None):
        content = content or uuid.uuid4().hex.encode() + b"\n"
        return self.people[who].submit(course, name or self.name, {"roman.c": content, "src/a.txt": content + b"2"})

    def object_of(self, content):
        digest = hashlib.sha256(content).hexdigest()
        return self.site.state / "objects" / digest[:2] / digest[2:]

    def export(self, who="student", *options):
        path = self.site.root / f"{uuid.uuid4().hex}.zip"
        self.site.ctl("privacy", "export", *options, who, path)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        return zipfile.ZipFile(path)

    def everything(self, archive):
        return b"\n".join(archive.read(name) for name in archive.namelist())


class Export(PrivacyTest):
    def submission(self, archive, place):
        _, _, course, _, assignment, _, number = place.split("/")
        return json.loads(archive.read(f"submissions/{course}/{assignment}/{number}/submission.json"))

    def test_it_holds_what_is_theirs_and_not_what_only_staff_see(self):
        content = uuid.uuid4().hex.encode()
        place = self.graded(self.hand_in("student", content))
        others = self.hand_in("other")
        self.teacher.post(self.base + "/exceptions", {"username": "student", "days": "3", "note": "is ill " + EVIL})
        self.teacher.post(self.base + "/grading/rules", {"release": "button", "regrade_days": "9"})
        self.grader.post(place + "/grade", {"revision": "0", "action": "done", "adjustment": "2", "reason": "unreleased words",
                                            "comment": "unreleased words"})
        self.grader.post(place + "/comments", {"path": "roman.c", "line": "1", "text": "unreleased words"})
        self.student.post("/settings/tokens", {"name": "my script", "scope": "read", "days": "3"})
        self.student.get(place + "/receipt")
        with self.export() as archive:
            text = self.everything(archive).decode(errors="replace")
            one = self.submission(archive, place)
            self.assertEqual(archive.read(f"submissions/cs101/{self.name}/{one['number']}/files/src/a.txt"), content + b"2")
            account = json.loads(archive.read("account.json"))[0]
            for document in re.findall(r"^(\S+\.json)$", archive.read("README.txt").decode(), re.M):
                if not document.startswith("submissions/"):
                    json.loads(archive.read(document))
            names = archive.namelist()
            tokens, exceptions = (json.loads(archive.read(name)) for name in ("tokens.json", "exceptions.json"))
            sessions = json.loads(archive.read("sessions.json"))
            about = json.loads(archive.read("log-about-you.json"))
        self.assertEqual((account["username"], account["has_password"]), ("student", True))
        self.assertEqual([test["name"] for test in one["runs"][0]["tests"]], ["shown"])
        self.assertEqual((one["runs"][0]["score"]["earned"], one["runs"][0]["errors"]), ("7", "line 3 is wrong"))
        self.assertIn("Grade Oven receipt 1", one["receipt"])
        self.assertNotIn("feedback", one)
        self.assertEqual([token["name"] for token in tokens if token["name"] == "my script"], ["my script"])
        self.assertTrue(sessions and sessions[0]["address"] == "127.0.0.1")
        mine = next(line for line in exceptions if line["assignment"] == self.name)
        self.assertEqual((mine["days"], mine["note"]), (3, None))
        self.assertTrue(about and all(line["actor"] is None and line["became"] is None for line in about), about)
        for secret in (DEBUG, "secret test", "unreleased words", "is ill", "instructor", "grader"):
            self.assertNotIn(secret, text)
        secrets = [row[0] for row in self.sql("SELECT token_hash FROM sessions UNION SELECT secret FROM tokens UNION SELECT "
                                              "password_hash FROM users UNION SELECT token_hash FROM login_devices")]
        self.assertFalse([one for one in secrets if one and one in text])
        self.assertFalse([name for name in names if others.rsplit("/", 1)[1] == name.split("/")[-2:-1]])
        # released, they are theirs
        self.teacher.post(self.base + "/grading/release", {"release": "1"})
        self.sql("UPDATE assignments SET results_published = 1 WHERE name = ?", self.name)
        with self.export() as archive:
            one = self.submission(archive, place)
        self.assertEqual(one["feedback"]["comments"][0]["text"], "unreleased words")
        self.assertEqual([test["name"] for test in one["runs"][0]["tests"]], ["shown", "later"])

    def test_the_full_one_of_an_admin_adds_what_staff_know(self):
        place = self.graded(self.hand_in("student"))
        self.teacher.post(self.base + "/exceptions", {"username": "student", "days": "3", "note": "is ill"})
        self.grader.post(place + "/grade", {"revision": "0", "action": "draft", "comment": "a draft"})
        with self.export("student", "--full") as archive:
            text = self.everything(archive).decode(errors="replace")
        for known in (DEBUG, "secret test", "is ill", "a draft", '"instructor"'):
            self.assertIn(known, text)
        self.assertNotIn("password_hash", text)

    def test_everybody_gets_their_own_on_the_site_and_admins_anybodys(self):
        self.hand_in("student")
        self.assertIn("Download my data", self.student.get("/settings/privacy").text)
        answer = self.student.post("/settings/privacy/export")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/zip"))
        archive = zipfile.ZipFile(io.BytesIO(answer.body))
        self.assertEqual(json.loads(archive.read("account.json"))[0]["username"], "student")
        self.assertTrue([name for name in archive.namelist() if name.startswith(f"submissions/cs101/{self.name}/")])
        self.assertIsNone(archive.testzip())
        for path in ("privacy", "export", "erase"):
            for who in ("student", "instructor", "grader", "outsider"):
                method = self.people[who].get if path == "privacy" else self.people[who].post
                self.assertIn(method(f"/admin/users/other/{path}").status, (403, 404), (who, path))
        self.assertEqual(self.site.browser().post("/settings/privacy/export").status, 401)
        self.assertEqual(self.student.post("/settings/privacy/export", csrf=False).status, 403)
        answer = self.admin.post("/admin/users/student/export", {"full": "1"})
        self.assertIn("full export", zipfile.ZipFile(io.BytesIO(answer.body)).read("README.txt").decode())
        self.assertEqual(self.admin.post("/admin/users/nobody-there/export").status, 404)
        noted = self.sql("SELECT actor, became FROM audit WHERE action = 'export' AND subject = 'student' ORDER BY id DESC LIMIT 2")
        self.assertEqual(noted, [("admin", "in full"), ("student", "as they see it")])

    def test_a_file_that_is_there_is_not_overwritten(self):
        path = self.site.root / "there.zip"
        path.write_bytes(b"mine")
        self.assertEqual(self.site.ctl("privacy", "export", "student", path, check=False).returncode, 1)
        self.assertEqual(path.read_bytes(), b"mine")
        missing = self.site.root / "no-such.zip"
        self.assertEqual(self.site.ctl("privacy", "export", "nobody-there", missing, check=False).returncode, 1)
        self.assertFalse(missing.exists())

    def test_of_somebody_who_has_nothing_it_is_empty_and_of_a_draft_it_tells_no_score(self):
        with self.export("outsider") as archive:
            self.assertEqual(json.loads(archive.read("enrolments.json")), [])
        place = self.graded(self.hand_in("student"))
        self.teacher.post(self.base + "/publish", {"published": "0"})
        self.sql("UPDATE assignments SET is_published = 0 WHERE name = ?", self.name)
        with self.export() as archive:
            self.assertNotIn("runs", self.submission(archive, place))


class Erasure(PrivacyTest):
    def erase(self, who, *options, check=True):
        return self.site.ctl("privacy", "erase", *options, who, check=check)

    def drop(self, who):
        self.site.ctl("user", "role", who, "cs101", "none")

    def test_no_trace_is_left_of_who_it_was_and_no_figure_moves(self):
        ada = self.add("adalovelace")
        content = uuid.uuid4().hex.encode() + b" by Adalovelace\n"
        place = self.graded(self.hand_in("adalovelace", content), 4000)
        self.graded(self.hand_in("student"), 9000)
        ada.upload("/settings/avatar", files=[("avatar", "a.png", (SOURCE / "templates/static/oven.svg").read_bytes())])
        self.sql("INSERT OR REPLACE INTO tuples VALUES (?, ?)", b"users\x00\x01adalovelace\x00\x01avatar\x00\x01", b"PNG")
        ada.post("/settings/tokens", {"name": "ada's token", "scope": "read", "days": "3"})
        ada.get(place + "/receipt")
        self.sql("UPDATE enrolments SET extra = ? WHERE user_id = (SELECT id FROM users WHERE username = 'adalovelace')",
                 '{"matriculation": "4711-adalovelace"}')
        self.teacher.post(self.base + "/grading/rules", {"release": "done", "regrade_days": "9"})
        self.teacher.post(self.base + "/exceptions", {"username": "adalovelace", "days": "3", "note": "Adalovelace is ill"})
        self.grader.post(place + "/grade", {"revision": "0", "action": "done", "adjustment": "2", "reason": "well done, adalovelace",
                                            "comment": "dear adalovelace"})
        self.grader.post(place + "/comments", {"path": "roman.c", "line": "1", "text": "see here, adalovelace"})
        ada.post(place + "/regrade", {"action": "write", "text": "I am adalovelace"})
        before = [self.grader.json(path) for path in (self.base + "/statistics", "/courses/cs101/gradebook")]
        done = self.erase("adalovelace", "--force")
        pseudonym = done.stdout.strip()
        self.assertRegex(pseudonym, r"^erased-[0-9a-f]{10}$")
        # every column of every table
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in database.execute(f"SELECT * FROM {table}"):
                    self.assertNotIn("adalovelace", repr(row).lower(), table)
        self.assertFalse(self.object_of(content).exists())
        self.assertFalse(self.object_of(content + b"2").exists())
        after = [self.grader.json(path) for path in (self.base + "/statistics", "/courses/cs101/gradebook")]
        for page in before + after:
            page.pop("csrf"), page.pop("now", None)
        self.assertEqual(before[0], after[0])
        was, now = (next(row for row in page["rows"] if row["username"] == name)
                    for page, name in ((before[1], "adalovelace"), (after[1], pseudonym)))
        self.assertEqual(was.get("total"), now.get("total"))
        verified = self.site.ctl("audit", "verify").stdout
        self.assertIn("The audit log is whole.", verified)
        self.assertRegex(verified, r"redacted, as the log itself says: [1-9]")
        self.assertEqual(self.site.browser().post("/login", {"username": "adalovelace", "password": "adalovelace-pass-word"}).status,
                         self.site.browser().post("/login", {"username": "nobody-there", "password": "x"}).status)
        self.assertEqual(ada.get("/settings", Accept="application/json").status, 401)
        # the page of the submission says so, and so does all that needs its files
        page = self.grader.json(place)
        self.assertIn("removed with the account of who handed them in", page["removed"])
        self.assertEqual(page["run"]["score"]["earned"], "4")
        again = self.erase(pseudonym, check=False)
        self.assertEqual(again.returncode, 1)
        self.assertIn("erased already", again.stderr)

    def test_what_others_have_too_stays(self):
        content = uuid.uuid4().hex.encode()
        self.add("bertha")
        self.graded(self.hand_in("bertha", content))
        other = self.graded(self.hand_in("student", content))
        self.drop("bertha")
        self.erase("bertha")
        self.assertEqual(self.object_of(content).read_bytes(), content)
        self.assertEqual(self.student.get(other + "/files/roman.c").body, content)
        # and of another tree that holds only one of the files
        self.add("clara")
        alone = uuid.uuid4().hex.encode()
        self.graded(self.people["clara"].submit("cs101", self.name, {"roman.c": content, "mine.c": alone}))
        self.drop("clara")
        self.erase("clara")
        self.assertEqual((self.object_of(content).exists(), self.object_of(alone).exists()), (True, False))

    def test_the_work_can_be_kept(self):
        self.add("dora")
        content = uuid.uuid4().hex.encode()
        place = self.graded(self.hand_in("dora", content))
        self.drop("dora")
        self.erase("dora", "--keep-work")
        self.assertEqual(self.teacher.get(place + "/files/roman.c").body, content)
        self.assertEqual(self.teacher.json(place)["run"]["errors"], ["line 3 is wrong"])
        self.assertEqual(self.sql("SELECT address FROM submissions WHERE assignment_id = (SELECT id FROM assignments WHERE name = ?)",
                                  self.name), [("",)])

    def test_it_is_refused_where_it_would_harm(self):
        self.add("emil")
        self.hand_in("emil")
        for who, options, text in (("emil", ("--force",), "being graded"), ("student", (), "in a course now: cs101 (student)"),
                                   ("nobody-there", (), "no")):
            refused = self.erase(who, *options, check=False)
            self.assertEqual(refused.returncode, 1, who)
            self.assertIn(text, refused.stderr, who)
        self.assertIn("submissions: 1", self.site.ctl("privacy", "erase", "--preview", "emil").stdout)
        self.assertEqual(self.sql("SELECT count(*) FROM users WHERE username = 'emil'"), [(1,)])
        refused = self.erase("admin", "--force", check=False)
        self.assertIn("last admin", refused.stderr)

    def test_an_admin_sees_what_happens_and_must_type_the_name(self):
        self.add("fritz")
        place = self.graded(self.hand_in("fritz"))
        preview = self.admin.json("/admin/users/fritz/privacy")
        self.assertEqual((preview["preview"]["submissions"], preview["preview"]["files"], preview["preview"]["is_in_courses"]),
                         (1, 2, True))
        path = "/admin/users/fritz/erase"
        for fields, text in (({"confirm": "fitz", "force": "1"}, "not the username"), ({"confirm": "fritz"}, "in a course now"),
                             ({}, "not the username")):
            answer = self.admin.post(path, fields)
            self.assertEqual((answer.status, text in answer.text), (422, True), fields)
        self.assertEqual(self.admin.post(path, {"confirm": "fritz", "force": "1"}, csrf=False).status, 403)
        answer = self.admin.post(path, {"confirm": "fritz", "force": "1"})
        self.assertEqual(answer.status, 303)
        self.assertNotIn("fritz", answer.location)
        self.assertIn("erased already", self.admin.get(answer.location.split("?")[0]).text)
        self.assertEqual(self.admin.get("/admin/users/fritz/privacy").status, 404)
        self.assertEqual(self.admin.get("/admin/users/admin/privacy").status, 200)
        self.assertEqual(self.admin.post("/admin/users/admin/erase", {"confirm": "admin", "force": "1"}).status, 422)
        # all that needs the files says why it has none
        for path in ("/files/roman.c", "/view/roman.c", "/archive", "/receipt"):
            answer = self.teacher.get(place + path)
            self.assertEqual((answer.status, "were removed" in answer.text), (410, True), path)
        self.assertEqual(self.teacher.post(place + "/rerun").status, 410)

    def test_a_team_s_work_is_the_others_too(self):
        for name in ("gustav", "hanna"):
            self.add(name)
        self.assertEqual(self.teacher.post(self.base + "/team/rules", {"forming": "staff", "size": "3"}).status, 303)
        csv = "team,username\nred,gustav\nred,hanna\n"
        shown = self.teacher.post(self.base + "/team/list", {"csv": csv}, Accept="application/json").json()
        answer = self.teacher.post(self.base + "/team/list", {"csv": csv, "apply": shown["preview"]["digest"]})
        self.assertEqual(answer.status, 303, answer.text)
        content = uuid.uuid4().hex.encode()
        place = self.graded(self.hand_in("gustav", content))
        mates = self.people["hanna"].json(self.base)["submissions"][0]["url"]
        self.drop("gustav")
        self.erase("gustav")
        self.assertEqual(self.people["hanna"].get(mates + "/files/roman.c").body, content)
        self.assertEqual(self.teacher.get(place + "/files/roman.c").body, content)
        self.assertNotIn("gustav", str(self.sql("SELECT * FROM audit WHERE action = 'team'")))

    def test_the_log_is_found_out_when_it_is_redacted_behind_its_back(self):
        self.add("ida")
        self.drop("ida")
        self.erase("ida")
        self.assertIn("whole", self.site.ctl("audit", "verify").stdout)
        sequence = self.sql("SELECT max(sequence) FROM audit_redactions")[0][0]
        for sql, back in (("UPDATE audit SET became = became || 'x' WHERE sequence = ?",
                           "UPDATE audit SET became = substr(became, 1, length(became) - 1) WHERE sequence = ?"),
                          ("UPDATE audit_redactions SET digest = 'x' || digest WHERE sequence = ?",
                           "UPDATE audit_redactions SET digest = substr(digest, 2) WHERE sequence = ?"),
                          ("UPDATE audit_redactions SET by_sequence = by_sequence + 1 WHERE sequence = ?",
                           "UPDATE audit_redactions SET by_sequence = by_sequence - 1 WHERE sequence = ?")):
            self.sql(sql, sequence)
            self.assertEqual(self.site.ctl("audit", "verify", check=False).returncode, 1, sql)
            self.sql(back, sequence)
            self.assertIn("whole", self.site.ctl("audit", "verify").stdout)
        # a redaction of one's own, without an entry that confirms it
        whole = self.sql("SELECT sequence, salt, became FROM audit WHERE digest IS NOT NULL AND sequence NOT IN "
                         "(SELECT sequence FROM audit_redactions) LIMIT 1")[0]
        self.sql("UPDATE audit SET became = 'forged', salt = 'x' WHERE sequence = ?", whole[0])
        self.sql("INSERT INTO audit_redactions (sequence, digest, by_sequence) VALUES (?, 'x', 1)", whole[0])
        self.assertEqual(self.site.ctl("audit", "verify", check=False).returncode, 1)
        self.sql("DELETE FROM audit_redactions WHERE sequence = ?", whole[0])
        self.sql("UPDATE audit SET became = ?, salt = ? WHERE sequence = ?", whole[2], whole[1], whole[0])
        # what was there cannot be tried out: nothing is left that is only a digest of it
        self.assertEqual(self.sql("SELECT count(*) FROM audit WHERE digest IS NOT NULL AND salt IS NULL"), [(0,)])

    def test_entries_from_before_there_were_digests_are_redacted_too(self):
        self.add("jana")
        self.drop("jana")
        self.sql("INSERT INTO audit (at_us, actor, address, action, subject, was, became) VALUES (1, 'jana', '::1', 'old', "
                 "'hw1, jana', '', 'of jana')")
        self.erase("jana")
        row = self.sql("SELECT actor, address, subject, became FROM audit WHERE action = 'old'")[0]
        self.assertNotIn("jana", str(row))
        self.assertEqual(row[1], "")

    def test_files_handed_in_at_the_same_moment_are_not_lost(self):
        """The same content is erased for one and handed in by another, again and again."""
        content, stop, lost = uuid.uuid4().hex.encode(), threading.Event(), []
        students = [f"race{i}" for i in range(3)]
        for name in students:
            self.add(name)

        def hand_in():
            for i in range(15):
                place = self.other.submit("cs101", self.name, {"roman.c": content, "n.txt": b"%d" % i})
                if self.other.get(place + "/files/roman.c").body != content:
                    lost.append(place)
                self.sql("UPDATE runs SET state = 'cancelled' WHERE state = 'queued' AND user_id = (SELECT id FROM users WHERE "
                         "username = 'other')")
                # only the newest keeps a tree that names it
                self.sql("UPDATE submissions SET tree_id = (SELECT id FROM trees WHERE files = 0) WHERE user_id = (SELECT id FROM "
                         "users WHERE username = 'other') AND assignment_id = (SELECT id FROM assignments WHERE name = ?)", self.name)
                self.sql("DELETE FROM tree_entries WHERE tree_id NOT IN (SELECT tree_id FROM submissions UNION SELECT tree_id FROM "
                         "versions UNION SELECT coalesce(reference_tree_id, 0) FROM assignments)")
                self.sql("DELETE FROM trees WHERE id NOT IN (SELECT tree_id FROM submissions UNION SELECT tree_id FROM versions "
                         "UNION SELECT coalesce(reference_tree_id, 0) FROM assignments) AND files > 0")
            stop.set()
        self.sql("INSERT OR IGNORE INTO trees (digest, files, bytes) VALUES (?, 0, 0)", hashlib.sha256(b"").hexdigest())
        thread = threading.Thread(target=hand_in)
        thread.start()
        for name in students:
            self.graded(self.people[name].submit("cs101", self.name, {"roman.c": content}))
            self.drop(name)
            self.erase(name)
        while not stop.is_set():
            os.utime(self.object_of(content), (1, 1)) if self.object_of(content).exists() else None
            self.site.ctl("privacy", "retention", "--apply")
        thread.join()
        self.assertEqual(lost, [])


class Retention(PrivacyTest):
    options = {"executor": False, "directives": "GradeOvenRetention old 90d\nGradeOvenRetention kept never\n"
                                                "GradeOvenRetention nowhere 1y\nGradeOvenRetention * 2y"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("old", "kept", "young"):
            cls.teacher.post("/courses", {"name": name, "title": f"Course {name}", "zone": "Europe/Berlin"})
            cls.site.ctl("user", "role", "student", name, "student")
            cls.site.ctl("user", "role", "other", name, "student")

    def setUp(self):
        self.name = re.sub(r"\W", "-", self._testMethodName)[5:50]
        self.base = self.make(self.name, "old")

    def age(self, course, us):
        """All of it was that long ago."""
        self.sql("UPDATE courses SET created_us = created_us - ?, removed_us = removed_us - ? WHERE name = ?", us, us, course)
        self.sql("UPDATE submissions SET created_us = created_us - ? WHERE assignment_id IN (SELECT a.id FROM assignments a JOIN "
                 "courses c ON c.id = a.course_id WHERE c.name = ?)", us, course)

    def retention(self, *options):
        return self.site.ctl("privacy", "retention", *options).stdout

    def old(self, who="student", content=None):
        return self.graded(self.hand_in(who, content, "old"))

    def test_it_says_what_it_would_do_and_does_it_when_the_time_is_over(self):
        content = uuid.uuid4().hex.encode()
        place = self.old(content=content)
        self.teacher.post(self.base + "/grading/rules", {"release": "done"})
        self.teacher.post(place + "/grade", {"revision": "0", "action": "done", "adjustment": "1", "reason": "words of a teacher",
                                             "comment": "words of a teacher"})
        before = self.teacher.json(self.base + "/statistics")
        book = self.teacher.json("/courses/old/gradebook")
        self.assertRegex(self.retention(), r"old: kept 90 days after its end \(now .*\); removed on ")
        self.retention("--apply")
        self.assertTrue(self.object_of(content).exists())
        self.age("old", 91 * 86400 * 1000000)
        self.assertIn("old: kept 90 days after its end", self.retention())
        self.assertIn("over since", self.retention())
        self.assertTrue(self.object_of(content).exists(), "a preview changes nothing")
        self.assertRegex(self.retention("--apply"), r"old: \d+ submissions with \d+ files removed")
        self.assertFalse(self.object_of(content).exists())
        # grades and figures stay, words do not
        after = self.teacher.json(self.base + "/statistics")
        for page in (before, after):
            page.pop("times", None), page.pop("charts", None), page.pop("csrf")
        self.assertEqual(before.get("scores"), after.get("scores"))
        self.assertEqual([row["total"] for row in book["rows"]], [row["total"] for row in self.teacher.json("/courses/old/gradebook")["rows"]])
        page = self.student.json(place)
        self.assertRegex(page["removed"], r"by the retention rule on \d{4}-\d\d-\d\d\.")
        self.assertEqual((page["run"]["score"]["earned"], page["run"]["errors"], page["files"]), ("7", [], []))
        self.assertEqual(page["feedback"]["manual"], "1")
        self.assertNotIn("words of a teacher", json.dumps(page))
        for table, column in (("runs", "debug"), ("run_stages", "console"), ("run_results", "output")):
            self.assertEqual(self.sql(f"SELECT count(*) FROM {table} t JOIN runs r ON r.id = t.{'id' if table == 'runs' else 'run_id'} "
                                      f"WHERE t.{column} <> '' AND r.course_id = (SELECT id FROM courses WHERE name = 'old')"), [(0,)])
        noted = self.sql("SELECT actor, was, became FROM audit WHERE action = 'retention' ORDER BY id DESC LIMIT 1")[0]
        self.assertEqual(noted[0], "*gradeovenctl")
        self.assertIn("kept 90 days", noted[2])
        # who was stopped before the end notes it the next day
        self.sql("UPDATE courses SET removed_us = NULL WHERE name = 'old'")
        self.retention("--apply")
        self.assertIsNotNone(self.sql("SELECT removed_us FROM courses WHERE name = 'old'")[0][0])
        # once is enough, and what needs the files says why there are none
        self.assertNotIn("old:", self.retention("--apply"))
        for path in ("/files/roman.c", "/view/roman.c", "/archive", "/receipt", f"/diff/{place.rsplit('/', 1)[1]}"):
            answer = self.student.get(place + path)
            self.assertEqual((answer.status, "retention rule" in answer.text), (410, True), path)
        self.assertEqual(self.teacher.post(place + "/rerun").status, 410)
        self.assertFalse(self.teacher.json(place)["run"]["can_rerun"])
        self.assertEqual(self.student.get(place).status, 200)
        self.assertEqual(self.teacher.get(place + "/grade").status, 200)
        self.assertEqual(self.student.get(self.base).status, 200)
        self.assertEqual(self.teacher.get(self.base + "/submissions").status, 200)
        answer = self.teacher.post(self.base + "/reruns", {"scope": "all", "version": "1"})
        self.assertEqual(answer.status, 422)
        collection = zipfile.ZipFile(io.BytesIO(self.student.get("/courses/old/my-submissions").body))
        self.assertTrue([name for name in collection.namelist() if name.endswith("removed.txt")])
        replayed = self.site.ctl("replay", self.run_of(place), check=False)
        self.assertIn("retention rule", replayed.stderr)
        self.assertIn("were removed on", self.teacher.get("/courses/old").text)

    def test_who_may_know_when_is_told(self):
        self.old()
        page = self.teacher.json("/courses/old")["retention"]
        self.assertEqual((page["kept"], page["is_soon"]), ("90 days", False))
        self.assertIn("are removed on", self.teacher.get("/courses/old").text)
        self.assertNotIn("are removed on", self.student.get("/courses/old").text)
        self.age("old", 60 * 86400 * 1000000)
        self.assertIn("Download what you want to keep", self.student.get("/courses/old").text)
        self.age("old", -60 * 86400 * 1000000)
        self.assertIsNone(self.teacher.json("/courses/kept")["retention"])
        self.assertEqual(self.teacher.json("/courses/young")["retention"]["kept"], "2 years")
        self.assertIn("90 days after the course", self.student.get("/settings/privacy").text)

    def test_what_is_being_graded_or_due_later_is_left(self):
        place, waiting = self.old("student"), self.hand_in("other", course="old")
        self.age("old", 400 * 86400 * 1000000)
        due = int(time.time() * 1e6)
        self.sql("UPDATE assignments SET due_us = ? WHERE name = ?", due, self.name)
        self.retention("--apply")
        self.assertEqual(self.student.get(place + "/files/roman.c").status, 200)
        self.sql("UPDATE assignments SET due_us = NULL WHERE name = ?", self.name)
        self.retention("--apply")
        self.assertEqual(self.student.get(place + "/files/roman.c").status, 410)
        self.assertEqual(self.other.get(waiting + "/files/roman.c").status, 200)
        self.graded(waiting)
        self.retention("--apply")
        self.assertEqual(self.other.get(waiting + "/files/roman.c").status, 410)
        self.age("kept", 5 * YEAR_US)
        self.assertRegex(self.retention(), r"kept: kept for ever")

    def test_the_doctor_knows(self):
        out = self.site.ctl("doctor", check=False).stdout
        self.assertIn("GradeOvenRetention names course nowhere, and there is none", out)
        self.old()
        self.age("old", 100 * 86400 * 1000000)
        self.assertIn("The work of course old should be gone", self.site.ctl("doctor", check=False).stdout)
        self.retention("--apply")
        self.assertNotIn("should be gone", self.site.ctl("doctor", check=False).stdout)

    def test_stored_files_that_nothing_names_go_with_the_sweep_and_fresh_ones_stay(self):
        paths = []
        for age in (3 * 86400, 0):
            content = uuid.uuid4().hex.encode()
            path = self.object_of(content)
            if not path.parent.exists():  # as httpd makes it, or it could put nothing there later
                path.parent.mkdir()
                shutil.chown(path.parent, "www-data", "www-data")
                path.parent.chmod(0o2770)
            path.write_bytes(content)
            os.utime(path, (time.time() - age,) * 2)
            paths.append(path)
        self.retention("--apply")
        self.assertEqual([path.exists() for path in paths], [False, True])

    def test_two_at_once_are_refused(self):
        with open(self.site.state / "run/retention.lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            refused = self.site.ctl("privacy", "retention", "--apply", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("applied already", refused.stderr)


class Configuration(unittest.TestCase):
    def test_a_rule_that_makes_no_sense_fails_the_configtest(self):
        for directive, text in (("GradeOvenRetention cs101", "takes two arguments"), ("GradeOvenRetention cs101 soon", "is not a time"),
                                ("GradeOvenRetention cs101 3d", "is not a time"), ("GradeOvenRetention cs101 2y\nGradeOvenRetention cs101 3y",
                                                                                 "stands here twice"),
                                ("GradeOvenRetention a/b 2y", "GradeOvenRetention"), ("GradeOvenRetention cs101 99999999y", "is not a time")):
            site = Site(executor=False, directives=directive)
            self.addCleanup(site.stop)
            done = site.configtest()
            self.assertNotEqual(done.returncode, 0, directive)
            self.assertIn(text, done.stderr, directive)

    def test_the_executor_applies_them_once_a_day(self):
        site = Site(executor=False, directives="GradeOvenRetention * 30d").start()
        self.addCleanup(site.stop)
        site.load_demo()
        student = site.browser("student")
        place = student.submit("cs101", "roman-numerals", {"roman.c": uuid.uuid4().hex.encode()})
        with sqlite3.connect(site.state / "gradeoven.db") as database:
            database.execute("UPDATE runs SET state = 'cancelled'")
            database.execute("UPDATE courses SET created_us = created_us - ?", (YEAR_US,))
            database.execute("UPDATE assignments SET due_us = NULL, closes_us = NULL")
            database.execute("UPDATE submissions SET created_us = created_us - ?", (YEAR_US,))
        site.ctl("privacy", "retention")
        site.process.terminate()
        site.process.wait(30)
        lock = site.state / "run/retention.lock"
        lock.touch()
        os.utime(lock, (1, 1))
        lock.chmod(0o666)
        site.executor = True
        site.write_configuration()
        site.start()
        student = site.browser("student")
        wait_until("the files are gone", lambda: student.get(place + "/archive").status == 410, 60)
        # the files go first, and each batch by itself
        with sqlite3.connect(site.state / "gradeoven.db") as database:
            noted = wait_until("it is noted", lambda: database.execute(
                "SELECT actor, subject, was FROM audit WHERE action = 'retention'").fetchall(), 60)
        self.assertEqual(noted, [("*executor", "cs101", "1 submissions with 1 files")])
        wait_until("the log says so", lambda: "course cs101: 1 submissions with 1 files" in site.log(), 60)


# --- the schema ----------------------------------------------------------------------------------

# Where a person's data are by their name and not by a key of the table users.
BY_NAME = {("audit", "actor"), ("audit", "subject"), ("runs", "ended_by"), ("receipts", "head"), ("tuples", "tuple_key"),
           ("sync_runs", "detail"), ("login_failures", "bucket")}
NOT_EXPORTED = {
    "login_failures.bucket": "digests and addresses of wrong passwords, for minutes; whoever typed them need not be the user",
    "enrol_guesses.user_id": "a number of wrong codes, which means nothing after an hour",
    "sync_runs.detail": "what the institution's database said when it failed, for admins",
    "sessions.viewing_user_id": "an instructor's session, which is theirs; that they looked is in the log",
    "reruns.user_id": "a proposal of staff that names no more than whose submission it bakes",
    "runs.user_id": "the same as the submission's, which is exported",
    "tuples.tuple_key": "the picture, read by store.h and not by a statement of the export",
    "login_steps.user_id": "a login that waits for its code, for minutes",
    "receipts.head": "read by receipts.h for what a submission's receipt says",
    "checks.reference_id": "of staff's reference solutions, which belong to the course",
}
NOT_ERASED = {
    "login_failures.bucket": "a digest; over after minutes",
    "versions.author_id": "staff's work stays attributed to the pseudonym",
    "feedback.grader_id": "the same", "line_comments.author_id": "the same", "regrade_messages.author_id": "the same",
    "reruns.author_id": "the same", "reruns.closed_by": "the same", "reruns.user_id": "the pseudonym's",
    "runs.user_id": "the pseudonym's: times and scores",
    "scoreboard_hidden.user_id": "that the pseudonym does not want to be seen",
    "audit.actor": "by audit_redact.c", "audit.subject": "by audit_redact.c",
    "tuples.tuple_key": "by go_store_remove",
}


class Schema(unittest.TestCase):
    """A table that comes later must be thought of here."""

    def setUp(self):
        self.database = sqlite3.connect(":memory:")
        for path in sorted((SOURCE / "conf/schema").glob("*.sql")):
            self.database.executescript(path.read_text())

    def places(self):
        found = set(BY_NAME) | {("runs", "user_id")}
        for (table,) in self.database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in self.database.execute(f"PRAGMA table_info({table})")]
            for row in self.database.execute(f"PRAGMA foreign_key_list({table})"):
                if row[2] == "users":
                    found.add((table, row[3]))
            for column in columns:
                if column in ("user_id", "username", "actor", "author", "email"):
                    found.add((table, column))
        return {place for place in found if place != ("users", "username") and place != ("users", "email")}

    def statements(self, *files):
        """The text of all statements that these files of the model use."""
        text = (SOURCE / "mod_gradeoven/model/statements.inc").read_text().replace("\\\n", " ")
        macros = dict(re.findall(r"#define (GO_\w+)(?:\(\w+\))?\s+(.*)", text))
        bodies = dict(re.findall(r"GO_STATEMENT\((\w+),(.*?)\)\n", text, re.S))
        used = ""
        for name in files:
            for statement in re.findall(r"GO_SQL_(\w+)", (SOURCE / "mod_gradeoven/model" / name).read_text()):
                body = bodies.get(statement, "")
                for macro, value in macros.items():
                    body = body.replace(macro, value)
                used += body + "\n"
        return used

    def check(self, text, excused, what):
        places = self.places()
        self.assertGreater(len(places), 25)
        for table, column in sorted(places):
            name = f"{table}.{column}"
            if name in excused:
                continue
            named = re.search(rf"\b{table}\b", text) and re.search(rf"\b{column}\b", text)
            named = named or re.search(rf"DELETE FROM {table} WHERE submission_id", text)
            self.assertTrue(named, f"{name} is not {what}, nor is it said why not")
        known = {f"{table}.{column}" for table, column in places}
        self.assertEqual({name for name in excused if name not in known and name != "checks.reference_id"}, set())

    def test_all_that_names_a_person_is_exported_or_it_is_said_why_not(self):
        self.check(self.statements("export.c", "export_submission.c", "export_grades.c", "regrades.c", "feedback.c",
                                   "line_comments.c"), NOT_EXPORTED, "exported")

    def test_all_that_names_a_person_is_erased_or_it_is_said_why_not(self):
        self.check(self.statements("erasure.c", "removal.c"), {**NOT_ERASED,
                   "team_members.user_id": "members are the pseudonym's; invitations go",
                   "submissions.user_id": "the pseudonym's"}, "erased")


if __name__ == "__main__":
    unittest.main()
