"""The log of changes: what is noted of accounts, its pages and export, and that tampering with it shows."""
import csv
import io
import sqlite3
import unittest

from harness import DemoTest

COURSE = "/courses/cs101/audit"
SITE = "/admin/audit"


class Audit(DemoTest):
    def entries(self, who="admin", path=SITE, **query):
        return self.people[who].json(path + "?" + "&".join(f"{k}={v}" for k, v in query.items()))["entries"]

    def verify(self, *options):
        ran = self.site.ctl("audit", "verify", *options, check=False)
        return ran.returncode, ran.stdout, ran.stderr

    def change(self, sql, *values):
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            database.execute(sql, values)

    def test_a_login_and_what_is_done_to_an_account_is_noted(self):
        self.assertEqual(self.people["admin"].post("/admin/users", {"username": "newby"}).status, 200)
        self.people["admin"].post("/admin/users/newby", {"what": "teach", "on": "1"})
        self.people["admin"].post("/admin/users/newby", {"what": "password"})
        self.site.ctl("user", "role", "newby", "cs101", "grader")
        found = [(one["actor"], one["action"], one["was"], one["became"]) for one in self.entries(about="newby")]
        self.assertEqual(found, [("*gradeovenctl", "role", "", "grader"),
                                 ("admin", "password", "", "set by an admin"),
                                 ("admin", "account", "no rights beside", "makes courses"),
                                 ("admin", "account", "", "made")])
        self.assertTrue(any(one["actor"] == "student" for one in self.entries(about="login")))
        # what is no change is no entry: a wrong password, a refused name
        before = self.entries()[0]["id"]
        self.site.browser().post("/login", {"username": "student", "password": "wrong"})
        self.assertEqual(self.people["admin"].post("/admin/users", {"username": "newby"}).status, 422)
        self.assertEqual(self.entries()[0]["id"], before)

    def test_an_instructor_sees_the_course_and_not_the_site(self):
        self.people["instructor"].post("/courses/cs101/roster/change",
                                       {"username": "other", "role": "student", "section": "Tue <b>"})
        newest = self.entries("instructor", COURSE)[0]
        self.assertEqual((newest["actor"], newest["subject"], newest["became"][-7:]), ("instructor", "other", "Tue <b>"))
        self.assertIn("Tue &lt;b&gt;", self.people["instructor"].get(COURSE).text)
        self.assertEqual({one["action"] for one in self.entries("instructor", COURSE)} & {"login", "password"}, set())
        self.assertEqual(self.entries("instructor", COURSE, about="nobody-of-this-name"), [])
        # the signs of LIKE are themselves
        self.assertEqual(self.entries("instructor", COURSE, about="oth%25r"), [])
        self.assertTrue(self.entries("instructor", COURSE, about="other"))

    def test_all_of_it_can_be_had_as_csv(self):
        for number in range(230):
            self.change("INSERT INTO audit (at_us, actor, address, course_id, action, subject, was, became) "
                        "SELECT 1, '=cmd', '', id, 'old', ?, '', '' FROM courses WHERE name = 'cs101'", str(number))
        text = self.people["instructor"].get(COURSE + "/export").text
        rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
        self.assertEqual(sum(row["what"] == "old" for row in rows), 230)
        self.assertIn("'=cmd", {row["who"] for row in rows})
        self.assertEqual(len(self.people["instructor"].json(COURSE)["entries"]), 200)

    def test_whoever_changes_the_log_behind_its_back_is_found_out(self):
        status, out, _ = self.verify()
        self.assertEqual(status, 0, out)
        self.assertIn("The audit log is whole.", out)
        head = out.split("head: ")[1].split()[0]
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            last = database.execute("SELECT max(sequence) FROM audit").fetchone()[0]
        for number, (sql, back, expected) in enumerate((
                ("UPDATE audit SET became = became || 'x' WHERE sequence = 2",
                 "UPDATE audit SET became = substr(became, 1, length(became) - 1) WHERE sequence = 2",
                 "Entry 2 is not what was written."),
                ("UPDATE audit SET sequence = -3 WHERE sequence = 3", "UPDATE audit SET sequence = 3 WHERE sequence = -3",
                 "Entry 3 is missing: 4 comes next."),
                (f"UPDATE audit SET sequence = -1 WHERE sequence = {last}",
                 f"UPDATE audit SET sequence = {last} WHERE sequence = -1",
                 f"There were {last} entries: the last ones are missing."))):
            with self.subTest(sql):
                self.change(sql)
                status, _, err = self.verify()
                self.assertEqual(status, 1)
                self.assertIn("the audit log was changed. " + expected, err)
                self.change(back)
                self.assertEqual(self.verify()[0], 0)
        # a log that was written anew as a whole does not hold the head that was kept elsewhere
        self.site.ctl("user", "role", "other", "cs101", "student")
        self.assertEqual(self.verify("--head", head)[0], 0)
        self.assertEqual(self.verify("--head", head[::-1])[0], 1)


if __name__ == "__main__":
    unittest.main()
