"""The gradebook: what stands in a cell, what the total is made of, setting, importing, exporting, who may."""
import csv
import io
import sqlite3
import time
import unittest

from harness import DemoTest
from pack import publish

BOOK = "/courses/cs101/gradebook"
MAIN = "#!/bin/sh\ncp points /grade_oven/output/score\n"
JSON = {"Accept": "application/json"}


class Gradebook(DemoTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people["nobody"] = cls.site.browser()
        for name in ("hw1", "hw2"):
            publish(cls.teacher, name, MAIN)
        for who, assignment, points in (("student", "hw1", "8/10"), ("student", "hw2", "15/20"), ("other", "hw1", "5/10")):
            browser = cls.people[who]
            browser.wait_for_run(browser.submit("cs101", assignment, {"points": points.encode()}))

    def database(self, sql, *values):
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            return database.execute(sql, values).fetchall()

    def setUp(self):
        self.database("DELETE FROM grade_cells")
        self.database("DELETE FROM grade_columns")
        self.database("DELETE FROM grade_categories")
        self.database("UPDATE assignments SET due_us = NULL")

    def book(self, query="", who="instructor"):
        return self.people[who].json(BOOK + query)

    def row(self, username, who="instructor"):
        return next(one for one in self.book(who=who)["rows"] if one["username"] == username)

    def cell(self, username, key):
        return next(one for one in self.row(username)["grades"] if one["column"] == key)

    def set(self, username, key, who="instructor", **fields):
        page = self.people[who].json(f"{BOOK}/cell?student={username}&column={key}")
        return self.people[who].post(BOOK + "/cell", {"student": username, "column": key, "revision": page["revision"],
                                                      **fields})

    def column(self, title, worth, **fields):
        answer = self.teacher.post(BOOK + "/columns", {"title": title, "worth": worth, "category": "0", **fields})
        self.assertEqual(answer.status, 303, answer.text)
        return next(one["key"] for one in self.book()["columns"] if one["title"] == title)

    def category(self, name, weight, drop="0"):
        answer = self.teacher.post(BOOK + "/categories", {"name": name, "weight": weight, "drop": drop})
        self.assertEqual(answer.status, 303, answer.text)
        return self.database("SELECT id FROM grade_categories WHERE name = ?", name)[0][0]

    # --- what it shows

    def test_it_has_each_student_with_what_counts_and_the_total(self):
        self.assertEqual(self.row("student")["total"], "76.667 %")
        self.assertEqual(self.row("other")["total"], "50 %")
        self.assertEqual((self.cell("student", "a-hw1")["points"], self.cell("student", "a-hw1")["out_of"]), ("8", "10"))
        self.assertEqual(self.cell("other", "a-hw2")["state"], "none")
        self.assertNotIn("instructor", {one["username"] for one in self.book()["rows"]})
        html = self.teacher.get(BOOK).text
        self.assertIn("76.667 %", html)
        self.assertIn('aria-sort="ascending"', html)

    def test_nothing_handed_in_is_zero_once_it_is_over_for_that_student(self):
        self.database("UPDATE assignments SET due_us = ? WHERE name = 'hw2'", (time.time_ns() // 1000) - 60 * 10**6)
        self.assertEqual((self.cell("other", "a-hw2")["state"], self.row("other")["total"]), ("missing", "16.667 %"))
        self.teacher.post("/courses/cs101/assignments/hw2/exceptions", {"username": "other", "days": "2"})
        self.assertEqual((self.cell("other", "a-hw2")["state"], self.row("other")["total"]), ("none", "50 %"))

    def test_it_is_in_the_order_that_one_asks_for(self):
        names = lambda query: [one["username"] for one in self.book(query)["rows"]]
        self.assertEqual(names("?sort=total&order=desc")[:2], ["student", "other"])
        self.assertEqual(names("?sort=total&order=asc")[:2], ["other", "student"])
        # who has nothing is last either way
        for order in ("asc", "desc"):
            self.assertEqual(names(f"?sort=a-hw2&order={order}")[0], "student")
        self.assertEqual(names("?sort=nonsense"), sorted(names("")))
        self.teacher.post("/courses/cs101/roster/change", {"username": "other", "role": "student", "section": "Tue"})
        self.assertEqual(names("?section=Tue"), ["other"])

    def test_a_draft_is_shown_and_does_not_count(self):
        self.database("UPDATE assignments SET is_published = 0 WHERE name = 'hw2'")
        self.addCleanup(self.database, "UPDATE assignments SET is_published = 1 WHERE name = 'hw2'")
        self.assertEqual(self.row("student")["total"], "80 %")
        self.assertNotIn("hw2", str(self.people["student"].json("/courses/cs101")))

    def test_points_by_people_are_in_it_when_done_and_for_the_student_when_released(self):
        grade = "/courses/cs101/assignments/hw1/submissions/1/grade"
        self.teacher.post("/courses/cs101/assignments/hw1/grading/rules", {"max": "5", "release": "button"})
        answer = self.teacher.post(grade, {"revision": self.teacher.json(grade)["form"]["revision"], "action": "done",
                                           "adjustment": "2", "reason": "style", "comment": ""})
        self.assertEqual(answer.status, 303, answer.text)
        self.addCleanup(self.database, "DELETE FROM feedback")
        self.addCleanup(self.database, "DELETE FROM grading_rules")
        self.assertEqual((self.cell("student", "a-hw1")["points"], self.cell("student", "a-hw1")["out_of"]), ("10", "15"))
        self.assertEqual(self.people["student"].json("/courses/cs101")["total"], "76.667 %")
        self.assertNotIn("grade: 10", self.people["student"].get("/courses/cs101").text)
        self.teacher.post("/courses/cs101/assignments/hw1/grading/release", {"release": "1"})
        self.assertEqual(self.people["student"].json("/courses/cs101")["total"], "71.429 %")
        self.assertIn("grade: 10 of 15", self.people["student"].get("/courses/cs101").text)

    def test_blind_grading_stays_blind(self):
        self.teacher.post("/courses/cs101/assignments/hw1/grading/rules", {"blind": "1", "release": "button"})
        self.addCleanup(self.database, "DELETE FROM grading_rules")
        cell = self.cell("student", "a-hw1")
        self.assertEqual((cell["state"], cell["points"], self.row("student")["total"]), ("blind", None, "75 %"))
        self.assertIsNone(self.teacher.json(BOOK + "/cell?student=student&column=a-hw1")["submission_url"])
        answer = self.set("student", "a-hw1", points="1", reason="x")
        self.assertEqual(answer.status, 422)
        self.assertIn("graded blind", answer.text)
        self.assertNotIn(",8,", self.teacher.get(BOOK + "/export").text)

    # --- setting a cell

    def test_a_score_is_set_adjusted_and_excused_with_a_reason_and_logged(self):
        self.assertEqual(self.set("student", "a-hw1", points="9").status, 422)
        self.assertEqual(self.set("student", "a-hw1", points="9", reason="regraded <b>").status, 303)
        self.assertEqual((self.cell("student", "a-hw1")["points"], self.row("student")["total"]), ("9", "80 %"))
        self.assertEqual(self.set("student", "a-hw1", adjustment="-0.5", reason="late form").status, 303)
        self.assertEqual(self.cell("student", "a-hw1")["points"], "7.5")
        self.assertEqual(self.set("student", "a-hw1", excused="1", reason="ill").status, 303)
        self.assertEqual((self.cell("student", "a-hw1")["state"], self.row("student")["total"]), ("excused", "75 %"))
        page = self.teacher.json(BOOK + "/cell?student=student&column=a-hw1")
        self.assertEqual([one["became"] for one in page["history"]][:3],
                         ["excused: ill", "adjusted by -0.5: late form", "9 points: regraded <b>"])
        self.assertIn("regraded &lt;b&gt;", self.teacher.get(BOOK + "/cell?student=student&column=a-hw1").text)
        mine = self.people["student"].json("/courses/cs101")
        grade = next(one for one in mine["assignments"] if one["name"] == "hw1")["grade"]
        self.assertEqual((grade["is_excused"], grade["reason"], mine["total"]), (True, "ill", "75 %"))
        # as it was
        self.assertEqual(self.set("student", "a-hw1").status, 303)
        self.assertEqual(self.row("student")["total"], "76.667 %")

    def test_a_grade_is_for_who_never_handed_in_too(self):
        self.assertEqual(self.set("other", "a-hw2", points="10", reason="on paper").status, 303)
        self.assertEqual((self.cell("other", "a-hw2")["out_of"], self.row("other")["total"]), ("20", "50 %"))

    def test_of_two_who_set_the_same_grade_the_second_is_told(self):
        page = self.teacher.json(BOOK + "/cell?student=student&column=a-hw1")
        fields = {"student": "student", "column": "a-hw1", "revision": page["revision"], "points": "1", "reason": "first"}
        self.assertEqual(self.teacher.post(BOOK + "/cell", fields).status, 303)
        answer = self.people["grader"].post(BOOK + "/cell", {**fields, "points": "2", "reason": "second"})
        self.assertEqual(answer.status, 422)
        self.assertIn("Somebody else has changed this grade meanwhile", answer.text)
        self.assertIn('value="second"', answer.text)
        self.assertEqual(self.cell("student", "a-hw1")["points"], "1")

    def test_what_is_no_grade_is_refused_and_kept(self):
        for fields, text in (({"points": "ten", "reason": "x"}, "is no number"), ({"points": "-1", "reason": "x"}, "below 0"),
                             ({"points": "1e3", "reason": "x"}, "is no number"),
                             ({"adjustment": "1", "reason": "x" * 600}, "reason")):
            answer = self.set("student", "a-hw1", **fields)
            self.assertEqual(answer.status, 422, fields)
            self.assertIn(text, answer.text)
        for student, key in (("nobody", "a-hw1"), ("student", "a-nope"), ("student", "c-1"), ("instructor", "a-hw1")):
            self.assertEqual(self.teacher.post(BOOK + "/cell", {"student": student, "column": key}).status, 404)

    # --- what the total is made of

    def test_categories_weigh_drop_and_leave_out(self):
        tests, work = self.category("Tests", "40"), self.category("Work", "60", "1")
        self.assertIsNone(self.row("student")["total"])
        for key, where in (("a-hw1", tests), ("a-hw2", work)):
            self.teacher.post(BOOK + "/columns", {"column": key, "worth": "", "category": str(where)})
        self.assertEqual(self.row("student")["total"], "77 %")
        paper = self.column("Paper", "20", category=str(work))
        self.set("student", paper, points="20")
        self.assertEqual((self.row("student")["total"], self.cell("student", "a-hw2")["is_dropped"]), ("92 %", True))
        self.teacher.post(BOOK + "/columns", {"column": paper, "title": "Paper", "worth": "20", "category": str(work),
                                              "left_out": "1"})
        self.assertEqual(self.row("student")["total"], "77 %")
        self.teacher.post(BOOK + "/categories", {"id": str(work), "what": "remove"})
        self.assertEqual(self.row("student")["total"], "80 %")
        self.assertEqual({one["category"] for one in self.book()["columns"]}, {"Tests", None})

    def test_a_column_is_worth_what_one_says_and_may_be_extra_credit(self):
        self.teacher.post(BOOK + "/columns", {"column": "a-hw1", "worth": "100", "category": "0"})
        self.assertEqual((self.cell("student", "a-hw1")["points"], self.row("student")["total"]), ("80", "79.167 %"))
        bonus = self.column("Bonus", "5", extra="1")
        self.set("student", bonus, points="5")
        self.assertEqual(self.row("student")["total"], "83.333 %")

    def test_a_course_is_copied_with_its_weights_and_without_grades(self):
        work = self.category("Work", "60", "1")
        self.teacher.post(BOOK + "/columns", {"column": "a-hw1", "worth": "100", "category": str(work)})
        self.set("student", self.column("Essay", "10", category=str(work), extra="1"), points="3")
        self.assertEqual(self.teacher.post("/courses/cs101/copy", {"name": "next", "title": "Next", "days": "0"}).status, 303)
        self.addCleanup(self.database, "DELETE FROM grade_columns")
        mine = {one["title"]: one for one in self.teacher.json("/courses/next/gradebook/settings")["columns"]}
        self.assertEqual((mine["hw1"]["worth"], mine["Essay"]["worth"], mine["Essay"]["is_extra"]), ("100", "10", True))
        self.assertEqual([one["name"] for one in mine["Essay"]["categories"] if one["is_chosen"]], ["Work"])
        self.assertEqual(self.teacher.json("/courses/next/gradebook")["rows"], [])

    def test_settings_that_make_no_sense_are_refused(self):
        self.category("Tests", "40")
        for fields, text in (({"name": "Tests", "weight": "1"}, "already"), ({"name": "", "weight": "1"}, "name"),
                             ({"name": "x", "weight": "-1"}, "no weight"), ({"name": "x", "weight": "1", "drop": "-2"}, "dropped"),
                             ({"name": "x", "weight": "many"}, "no number")):
            answer = self.teacher.post(BOOK + "/categories", fields)
            self.assertEqual(answer.status, 422, fields)
            self.assertIn(text, answer.text)
        self.column("Essay", "10")
        for fields, text in (({"title": "Essay", "worth": "1"}, "already"), ({"title": "x", "worth": "0"}, "worth"),
                             ({"title": "x", "worth": ""}, "worth"), ({"title": "", "worth": "1"}, "title"),
                             ({"title": "x", "worth": "1", "category": "99999"}, "not there")):
            answer = self.teacher.post(BOOK + "/columns", {"category": "0", **fields})
            self.assertGreaterEqual(answer.status, 404, fields)
            self.assertIn(text, answer.text)

    def test_a_column_with_points_is_not_removed(self):
        essay = self.column("Essay", "10")
        self.set("student", essay, points="7")
        answer = self.teacher.post(BOOK + "/columns", {"column": essay, "what": "remove"})
        self.assertEqual(answer.status, 422)
        self.assertIn("1 students have points", answer.text)
        self.set("student", essay)
        self.assertEqual(self.teacher.post(BOOK + "/columns", {"column": essay, "what": "remove"}).status, 303)
        self.assertEqual(self.teacher.post(BOOK + "/columns", {"column": "a-hw1", "what": "remove"}).status, 422)
        self.assertEqual([one["key"] for one in self.book()["columns"] if one["is_manual"]], [])

    # --- lists

    def import_(self, text, **fields):
        return self.teacher.upload(BOOK + "/import", {"csv": text, **fields}, [])

    def test_a_list_fills_columns_in_after_a_look(self):
        essay = self.column("Essay", "10")
        text = "username;Essay (of 10);name\nstudent;8.5;x\nother;;y\n"
        answer = self.teacher.upload(BOOK + "/import", {"csv": text}, [], **JSON)
        preview = answer.json()["preview"]
        self.assertEqual([(one["username"], one["was"], one["becomes"]) for one in preview["changes"]],
                         [("student", None, "8.5")])
        self.assertEqual(self.cell("student", essay)["state"], "none")
        self.assertEqual(self.import_(text, apply=preview["digest"]).status, 303)
        self.assertEqual(self.cell("student", essay)["points"], "8.5")
        # the export is a list of that kind
        exported = self.teacher.get(BOOK + "/export").text
        answer = self.teacher.upload(BOOK + "/import", {"csv": exported}, [], **JSON)
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(answer.json()["preview"]["count"], 0)

    def test_a_list_is_applied_only_as_it_was_shown(self):
        essay = self.column("Essay", "10")
        text = "username,Essay\nstudent,3\n"
        digest = self.teacher.upload(BOOK + "/import", {"csv": text}, [], **JSON).json()["preview"]["digest"]
        self.set("student", essay, points="9")
        answer = self.import_(text, apply=digest)
        self.assertEqual(answer.status, 422)
        self.assertIn("has changed since you looked", answer.text)
        self.assertEqual(self.cell("student", essay)["points"], "9")

    def test_every_mistake_of_a_list_is_told_by_its_line(self):
        self.column("Essay", "10")
        text = "username,Essay,Nope\nstudent,8\nnobody,1\nstudent,x\n"
        answer = self.import_(text)
        self.assertEqual(answer.status, 422)
        for part in ("no column &quot;Nope&quot;", "Line 3: &quot;nobody&quot;", "Line 4: &quot;student&quot; stands",
                     "Line 4: &quot;x&quot; is no number"):
            self.assertIn(part, answer.text)
        for text in ("", "username,Essay\n", "name,Essay\nx,1\n", "username,hw1\nstudent,1\n", 'username,"Essay\n'):
            self.assertEqual(self.import_(text).status, 422, text)

    def test_it_can_be_had_for_other_systems_and_runs_no_formula(self):
        self.column("=HYPERLINK(1)", "10")
        self.people["student"].post("/settings/profile", {"name": "=cmd()", "email": "s@x.example"})
        self.addCleanup(self.people["student"].post, "/settings/profile", {"name": "Student", "email": ""})
        rows = list(csv.DictReader(io.StringIO(self.teacher.get(BOOK + "/export").text.lstrip("\ufeff"))))
        one = next(row for row in rows if row["username"] == "student")
        self.assertEqual((one["name"], one["hw1 (of 10)"], one["total"]), ("'=cmd()", "8", "76.667"))
        self.assertIn("'=HYPERLINK(1) (of 10)", one)
        canvas = list(csv.reader(io.StringIO(self.teacher.get(BOOK + "/export?shape=canvas").text)))
        self.assertEqual(canvas[0][:5], ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"])
        place = canvas[0].index("hw1")
        self.assertEqual([row[place] for row in canvas[1:]], ["10", "5", "8"])
        self.assertEqual(canvas[1][0].strip(), "Points Possible")
        moodle = list(csv.reader(io.StringIO(self.teacher.get(BOOK + "/export?shape=moodle").text)))
        self.assertEqual(moodle[0][:3], ["Username", "Full name", "Email address"])
        self.assertIn("hw1", moodle[0])
        self.assertEqual(self.teacher.get(BOOK + "/export?shape=other").status, 404)

    # --- who may

    def test_graders_grade_and_only_instructors_weigh(self):
        grader = self.people["grader"]
        self.assertEqual(self.set("student", "a-hw1", who="grader", points="9", reason="seen").status, 303)
        self.assertEqual(grader.post(BOOK + "/categories", {"name": "x", "weight": "1"}).status, 403)
        self.assertEqual(grader.post(BOOK + "/columns", {"title": "x", "worth": "1"}).status, 403)
        for who, status in (("nobody", 401), ("outsider", 404), ("student", 403), ("other", 403)):
            for path in ("/cell", "/categories", "/columns"):
                self.assertEqual(self.people[who].post(BOOK + path, {"student": "student", "column": "a-hw1"}).status,
                                 status, (who, path))

    def test_a_student_sees_the_own_total_and_nobody_elses(self):
        self.set("other", "a-hw1", points="1.125", reason="secret of other")
        page = self.people["student"].get("/courses/cs101").text
        self.assertIn("76.667 %", page)
        self.assertNotIn("secret of other", page)
        self.assertIn("secret of other", self.people["other"].get("/courses/cs101").text)

    def test_who_was_dropped_is_not_in_it_and_back_with_all_grades(self):
        self.set("other", "a-hw1", points="10", reason="x")
        self.teacher.post("/courses/cs101/roster/drop", {"username": "other"})
        self.assertEqual([one["username"] for one in self.book()["rows"]], ["student"])
        self.teacher.post("/courses/cs101/roster/change", {"username": "other", "role": "student", "section": ""})
        self.assertEqual(self.row("other")["total"], "100 %")


class Large(DemoTest):
    def test_a_thousand_students_and_forty_columns_are_paged(self):
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            course = database.execute("SELECT id FROM courses WHERE name = 'cs101'").fetchone()[0]
            database.executemany("INSERT INTO users (username, created_us) VALUES (?, 0)",
                                 ((f"s{i:04}",) for i in range(1000)))
            database.execute("INSERT INTO enrolments (course_id, user_id, role, created_us) "
                             "SELECT ?, id, 'student', 0 FROM users WHERE username LIKE 's0%' OR username LIKE 's0___'", (course,))
            database.execute("INSERT OR IGNORE INTO trees (id, digest, files, bytes) VALUES (9999, 'x', 0, 0)")
            for i in range(40):
                database.execute("INSERT INTO assignments (course_id, name, title, is_published, created_us) "
                                 "VALUES (?, ?, ?, 1, 0)", (course, f"big{i}", f"Big {i}"))
            database.execute("INSERT INTO versions (id, assignment_id, number, tree_id, created_us) "
                             "SELECT 100000 + id, id, 1, 9999, 0 FROM assignments WHERE name LIKE 'big%'")
            database.execute(
                "INSERT INTO submissions (assignment_id, user_id, number, attempt, tree_id, is_late, once, address, created_us, counts) "
                "SELECT a.id, u.id, u.id, 1, 9999, 0, '', '', 0, 1 FROM assignments a, users u "
                "WHERE a.name LIKE 'big%' AND u.username LIKE 's0___'")
            columns = {row[1] for row in database.execute("PRAGMA table_info(runs)")}
            fields = {"submission_id": "s.id", "version_id": "100000 + s.assignment_id", "reason": "'submit'",
                      "state": "'finished'", "outcome": "'graded'", "queued_us": "0", "since_us": "0", "start_us": "0", "precedence": "1",
                      "earned": "1000 * (s.user_id % 11)", "possible": "10000", "user_id": "s.user_id",
                      "assignment_id": "s.assignment_id", "course_id": str(course)}
            fields = {key: value for key, value in fields.items() if key in columns}
            database.execute(f"INSERT INTO runs ({', '.join(fields)}) SELECT {', '.join(fields.values())} "
                             "FROM submissions s WHERE s.tree_id = 9999")
        before = time.monotonic()
        page = self.teacher.json(BOOK)
        json_seconds = time.monotonic() - before
        self.assertEqual((page["count"], page["pages"], len(page["rows"]), len(page["rows"][0]["grades"])), (1002, 11, 100, 43))
        before = time.monotonic()
        html = self.teacher.get(BOOK + "?sort=total&order=desc&page=2").text
        print(f"gradebook of 1002 x 43: JSON {json_seconds:.2f} s, page {time.monotonic() - before:.2f} s, {len(html)} bytes")
        self.assertEqual(html.count('<th scope="row"'), 100)
        self.assertIn("page=3", html)
        last = self.teacher.json(BOOK + "?page=999")
        self.assertEqual((last["page"], len(last["rows"])), (11, 2))


if __name__ == "__main__":
    unittest.main()
