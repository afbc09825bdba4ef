"""Exceptions for a whole course: more time, or more late days, for a student in all of its assignments."""
import sqlite3
import threading
import unittest

from harness import RulesTest

HERE = "/courses/cs101/exceptions"


class CourseExceptions(RulesTest):
    def setUp(self):
        for line in self.teacher.json(HERE)["exceptions"]:
            self.teacher.post(HERE + "/remove", {"username": line["username"]})

    def grant(self, **form):
        answer = self.teacher.post(HERE, {"username": "student", **form})
        self.assertEqual(answer.status, 303, answer.text)

    def audit(self):
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            return database.execute("SELECT actor, subject, was, became FROM audit WHERE action = 'extension' "
                                    "ORDER BY id").fetchall()

    def late(self, base, who):
        return who.json(base)["policy"]["is_late"]

    def test_more_time_holds_in_every_assignment_and_for_nobody_else(self):
        bases = [self.make(name, opens=self.at(days=-10), due=self.at(hours=-1)) for name in ("first", "second")]
        self.assertEqual(self.hand_in(self.student, bases[0]).status, 303)
        line = self.student.json(bases[0])["submissions"][0]
        self.assertTrue(line["is_late"])
        self.grant(time="1.5", note="a letter <from the dean>")
        for base in bases:
            self.assertFalse(self.late(base, self.student))
            self.assertTrue(self.late(base, self.other))
            self.assertIn("You have 1.5 times the time from opening to due.", self.student.json(base)["policy"]["lines"])
            self.assertIn("You have 1.5 times the time", self.student.get(base).text)
        # what was handed in already is judged by it; lists and the dashboard know it
        self.assertFalse(self.student.json(bases[0])["submissions"][0]["is_late"])
        listed = {one["name"]: one for one in self.student.json("/courses/cs101")["assignments"]}
        self.assertEqual((listed["first"]["phase"], listed["second"]["phase"]), ("open", "open"))
        self.assertEqual(listed["first"]["due_in"], "in 4 days")  # and not of what is due for the others
        self.assertIn("(<strong>in 4 days</strong>)", self.student.get(bases[0]).text)
        self.assertIn("(<strong>60 minutes ago</strong>)", self.other.get(bases[0]).text.replace("1 hour ago", "60 minutes ago"))
        self.assertIn("second", [one["title"] for one in self.student.json("/")["due"]])
        self.assertNotIn("second", [one["title"] for one in self.other.json("/")["due"]])
        # one that is made later as well
        self.assertFalse(self.late(self.make("third", opens=self.at(days=-10), due=self.at(hours=-1)), self.student))
        self.assertIn(("instructor", "whole course, student", "none", "1.5 times the time"), self.audit())
        for who in (self.student, self.other):
            self.assertNotIn("dean", who.get(bases[0]).text)
        self.assertEqual(self.teacher.post(HERE + "/remove", {"username": "student"}).status, 303)
        self.assertTrue(self.student.json(bases[0])["submissions"][0]["is_late"])
        self.assertIn(("instructor", "whole course, student", "1.5 times the time", "none"), self.audit())
        self.assertEqual(self.teacher.post(HERE + "/remove", {"username": "student"}).status, 422)

    def test_an_assignments_own_exception_goes_before_it(self):
        base = self.make("own", opens="2090-01-01T12:00", due="2090-01-11T12:00")
        due = lambda: self.student.json(base)["assignment"]["due"]["iso"][:10]
        self.grant(time="2")
        self.assertEqual(due(), "2090-01-21")
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            database.execute("UPDATE enrolments SET section = 'A' WHERE user_id = "
                             "(SELECT id FROM users WHERE username = 'student')")
        self.teacher.post(base + "/exceptions", {"section": "A", "time": "3"})
        self.assertEqual(due(), "2090-01-31")
        self.teacher.post(base + "/exceptions", {"username": "student", "time": "1.5"})
        self.assertEqual(due(), "2090-01-16")
        # an exception that says nothing of the time leaves that of the course
        self.teacher.post(base + "/exceptions", {"section": "A", "days": "1"})
        self.teacher.post(base + "/exceptions", {"username": "student", "attempts": "1"})
        self.assertEqual(due(), "2090-01-22")
        dates = {one["name"]: one["due"]["iso"][:10] for one in self.student.json("/courses/cs101")["assignments"]
                 if one["due"]}
        self.assertEqual(dates["own"], "2090-01-22")

    def test_more_late_days_are_beside_the_courses(self):
        self.teacher.post("/courses/cs101/edit", {"title": "CS", "zone": str(self.zone), "late_days": "1"})
        base = self.make("budget", due=self.at(hours=-30), late_rule="budget")
        self.assertEqual(self.student.json(base)["policy"]["refusal"], "no-late-days")
        self.grant(late_days="2")
        policy = self.student.json(base)["policy"]
        self.assertEqual((policy["refusal"], policy["late_days_left"]), ("", 3))
        self.assertIn("It uses 2 late days; you have 3 of your 3 left.", policy["lines"])
        self.assertEqual(self.hand_in(self.student, base).status, 303)
        self.assertEqual(self.hand_in(self.other, base).status, 422)
        self.assertIn(("instructor", "whole course, student", "none", "2 late days"), self.audit())

    def test_each_role_sees_and_may_what_it_should(self):
        self.grant(time="1.5", note="a secret")
        for who, look, change in ((self.site.browser(), 303, 401), (self.outsider, 404, 404), (self.student, 403, 403),
                                  (self.grader, 200, 403), (self.teacher, 200, 303), (self.admin, 200, 303)):
            answer = who.get(HERE)
            self.assertEqual(answer.status, look)
            self.assertEqual("a secret" in answer.text, look == 200)
            self.assertEqual(who.post(HERE, {"username": "other", "time": "1.2"}).status, change)
            self.assertEqual(who.post(HERE + "/remove", {"username": "other"}).status, change)
        self.assertEqual(self.teacher.post(HERE, {"username": "student", "time": "3"}, csrf=False).status, 403)
        line, = self.grader.json(HERE)["exceptions"]
        self.assertEqual((line["username"], line["time_milli"], line["late_days"], line["note"]),
                         ("student", 1500, 0, "a secret"))
        self.assertNotIn("Set an exception", self.grader.get(HERE).text)
        self.assertIn("Set an exception", self.teacher.get(HERE).text)

    def test_what_is_wrong_is_told_and_stays_typed(self):
        for form, text in (({"username": "nobody-of-that-name", "time": "2"}, "is not in this course"),
                           ({"username": "outsider", "time": "2"}, "is not in this course"),
                           ({"username": "", "time": "2"}, "is not in this course"), ({}, "changes nothing"),
                           ({"time": "1"}, "changes nothing"), ({"time": "0.5"}, "from 1 to 10"),
                           ({"time": "11"}, "multiplier"), ({"time": "-2"}, "multiplier"), ({"time": "1e1"}, "multiplier"),
                           ({"time": "9" * 400}, "multiplier"), ({"late_days": "367"}, "out of range"),
                           ({"late_days": "-1"}, "is not a number"), ({"late_days": "1.5"}, "is not a number"),
                           ({"late_days": "1", "note": "x" * 501}, "note")):
            with self.subTest(form=form):
                answer = self.teacher.post(HERE, {"username": "student", "note": "<kept>", **form})
                self.assertEqual(answer.status, 422)
                self.assertIn(text, answer.text)
                if "note" not in form:
                    self.assertIn('value="&lt;kept&gt;"', answer.text)
        self.assertEqual(self.teacher.json(HERE)["exceptions"], [])
        self.assertIn("There are none", self.teacher.get(HERE).text)

    def test_of_two_at_once_one_stands(self):
        threads = [threading.Thread(target=self.grant, kwargs={"time": f"1.{i}"}) for i in range(1, 7)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        line, = self.teacher.json(HERE)["exceptions"]
        self.assertEqual(self.audit()[-1][3], line["text"])


if __name__ == "__main__":
    unittest.main()
