"""Rules of assignments: what students may when, what it costs, exceptions, and what counts; for every
role, on a real httpd. What is decided is tested case by case in tests/unit/policy-vectors.txt."""
import sqlite3
import threading
import unittest

from harness import RULES, RulesTest


class Policy(RulesTest):
    def audit(self):
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            return database.execute("SELECT actor, action, subject, was, became FROM audit ORDER BY id").fetchall()

    # --- when one may ---------------------------------------------------------------------------

    def test_before_the_opening_only_staff_submit(self):
        base = self.make("early", opens="2090-05-01T08:00", due="2090-06-01T08:00")
        policy = self.student.json(base)["policy"]
        self.assertEqual((policy["phase"], policy["may_submit"], policy["refusal"]), ("early", False, "not-open"))
        page = self.student.get(base).text
        self.assertIn("This assignment opens Mon 1 May 2090, 08:00", page)
        self.assertIn("not open yet", page)
        self.assertNotIn('name="once"', page)
        answer = self.hand_in(self.student, base)
        self.assertEqual(answer.status, 422)
        self.assertIn("This assignment opens", answer.text)
        for staff in (self.grader, self.teacher, self.admin):
            self.assertTrue(staff.json(base)["policy"]["may_submit"])
            self.assertEqual(self.hand_in(staff, base).status, 303)
        self.assertIn("Staff may submit at any time", self.grader.get(base).text)
        self.assertEqual(self.student.json(base)["submissions"], [])

    def test_after_the_closing_nothing_is_accepted(self):
        base = self.make("closed", due="2020-01-01T08:00", closes="2020-01-02T08:00")
        policy = self.student.json(base)["policy"]
        self.assertEqual((policy["phase"], policy["refusal"]), ("closed", "closed"))
        self.assertIn("You cannot submit now, because", self.student.get(base).text)
        self.assertEqual(self.hand_in(self.student, base).status, 422)

    def test_what_submitting_costs_is_said_before_and_kept_after(self):
        base = self.make("late", due=self.at(hours=-30), late_rule="day", late="12.5", late_max="50")
        policy = self.student.json(base)["policy"]
        self.assertEqual((policy["phase"], policy["penalty_milli"]), ("late", 250))
        self.assertEqual(policy["summary"], "Submitting now costs 25 % of what it scores, because")
        self.assertIn("Each day that has begun costs 12.5 %: 2 days so far.", policy["lines"])
        page = self.student.get(base).text
        for line in policy["lines"]:
            self.assertIn(f"<li>{line}</li>", page)
        self.assertEqual(self.hand_in(self.student, base).status, 303)
        line = self.student.json(base)["submissions"][0]
        self.assertEqual((line["is_late"], line["counts"], line["penalty"]), (True, True, "25 %"))
        submission = self.student.json(line["url"])["submission"]
        self.assertEqual((submission["penalty"], submission["counts"]), ("25 %", True))
        self.assertIn("loses 25 %", self.student.get(line["url"]).text)
        mine = self.student.json(base)["mine"]
        self.assertEqual((mine["url"], mine["is_late"]), (line["url"], True))
        self.assertIn(f'<p>Attempt 1 counts, <a href="{line["url"]}">handed in', self.student.get(base).text)
        self.assertIsNone(self.other.json(base)["mine"])
        # the due date moves behind it, and the penalty is gone
        self.teacher.post(base + "/edit", {"title": "late", "description": "", "due": self.at(days=1)})
        self.assertIsNone(self.student.json(line["url"])["submission"]["penalty"])
        self.assertEqual(self.student.json(base)["policy"]["penalty_milli"], 0)

    def test_of_many_clicks_at_once_no_more_than_the_attempts_are_taken(self):
        base = self.make("clicks", attempts="2", refill="600")
        self.assertEqual(self.student.json(base)["policy"]["attempts_left"], 2)
        statuses = []
        threads = [threading.Thread(target=lambda: statuses.append(self.hand_in(self.student, base).status))
                   for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(statuses), [303] * 2 + [422] * 6)
        page = self.student.json(base)
        self.assertEqual(len(page["submissions"]), 2)
        self.assertEqual((page["policy"]["attempts_left"], page["policy"]["refusal"]), (0, "no-attempts"))
        self.assertIsNotNone(page["policy"]["next_attempt"])
        self.assertIn("The next one comes", self.student.get(base).text)

    def test_sending_the_same_form_twice_takes_one_attempt(self):
        base = self.make("twice", attempts="1")
        first, second = (self.hand_in(self.student, base, once="the-same") for _ in range(2))
        self.assertEqual((first.status, second.status), (303, 303))
        self.assertEqual(len(self.student.json(base)["submissions"]), 1)

    def test_late_days_are_those_of_the_course(self):
        answer = self.teacher.post("/courses/cs101/edit", {"title": "CS", "zone": str(self.zone), "late_days": "x"})
        self.assertEqual(answer.status, 422)
        self.assertIn('value="x"', answer.text)
        self.assertEqual(self.teacher.post("/courses/cs101/edit", {
            "title": "CS", "zone": str(self.zone), "late_days": "2"}).status, 303)
        base = self.make("budget", due=self.at(hours=-30), late_rule="budget")
        policy = self.student.json(base)["policy"]
        self.assertEqual((policy["late_days_needed"], policy["late_days_left"]), (2, 2))
        self.assertEqual(policy["summary"], "Submitting now costs 2 late days, because")
        self.assertEqual(self.hand_in(self.student, base).status, 303)
        second = self.make("budget2", due=self.at(hours=-1), late_rule="budget")
        self.assertEqual(self.student.json(second)["policy"]["refusal"], "no-late-days")
        self.assertEqual(self.hand_in(self.student, second).status, 422)
        self.assertTrue(self.other.json(second)["policy"]["may_submit"])

    # --- exceptions -----------------------------------------------------------------------------

    def test_an_extension_is_one_students_own(self):
        base = self.make("extended", due="2020-01-01T08:00", closes="2020-01-01T08:00")
        form = {"username": "student", "days": "36", "hours": "1.5", "note": "ill, with a letter"}
        # the extension ends in 2020: it changes the dates, and not whether one may
        self.assertEqual(self.teacher.post(base + "/exceptions", form).status, 303)
        self.assertIn("2020-02-06T", self.student.json(base)["assignment"]["closes"]["iso"])
        self.assertIn("You have an extension of 36 days and 90 minutes.", self.student.json(base)["policy"]["lines"])
        self.assertIn("2020-01-01T", self.other.json(base)["assignment"]["closes"]["iso"])
        self.assertNotIn("letter", self.student.get(base).text)
        listed = self.grader.json(base + "/exceptions")["exceptions"]
        self.assertEqual([(one["username"], one["extension_days"], one["extension_minutes"]) for one in listed],
                         [("student", 36, 90)])
        self.assertIn("letter", self.grader.get(base + "/exceptions").text)
        self.assertIn(("instructor", "extension", "extended, student", "none", "36 days, 90 minutes"), self.audit())
        self.assertEqual(self.teacher.post(base + "/exceptions/remove", {"id": listed[0]["id"]}).status, 303)
        self.assertIn("2020-01-01T", self.student.json(base)["assignment"]["closes"]["iso"])
        self.assertIn(("instructor", "extension", "extended, student", "36 days, 90 minutes", "none"), self.audit())

    def test_lists_show_each_viewer_their_own_dates(self):
        base = self.make("lists", due=self.at(hours=-1))
        self.teacher.post(base + "/exceptions", {"username": "student", "days": "2"})

        def in_course(who):
            return [one for one in who.json("/courses/cs101")["assignments"] if one["name"] == "lists"][0]

        def is_due(who):
            return [one["title"] for one in who.json("/")["due"] if one["title"] == "lists"]
        self.assertEqual((in_course(self.student)["is_over"], in_course(self.other)["is_over"]), (False, True))
        self.assertEqual((in_course(self.student)["phase"], in_course(self.other)["phase"]), ("open", "late"))
        self.assertEqual((is_due(self.student), is_due(self.other)), (["lists"], []))

    def test_staff_grant_attempts_to_one_and_to_a_section(self):
        base = self.make("granted", attempts="1")
        for who in (self.student, self.other):
            self.assertEqual(self.hand_in(who, base).status, 303)
        self.teacher.post(base + "/exceptions", {"username": "student", "attempts": "1"})
        self.assertEqual(self.hand_in(self.student, base).status, 303)
        self.assertEqual(self.hand_in(self.student, base).status, 422)
        self.assertEqual(self.hand_in(self.other, base).status, 422)
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            database.execute("UPDATE enrolments SET section = 'Tue 10:00' WHERE user_id = "
                             "(SELECT id FROM users WHERE username = 'other')")
        self.assertEqual(self.teacher.json(base + "/exceptions")["sections"], ["Tue 10:00"])
        self.assertEqual(self.teacher.post(base + "/exceptions", {"section": "Tue 10:00", "attempts": "2"}).status, 303)
        self.assertEqual(self.other.json(base)["policy"]["attempts_left"], 2)
        self.assertEqual(self.student.json(base)["policy"]["attempts_left"], 0)

    def test_a_wrong_exception_says_what_to_do_and_loses_nothing(self):
        base = self.make("wrong")
        for form, text in (({"username": "nobody-of-that-name", "days": "1"}, "is not in this course"),
                           ({"username": "outsider", "days": "1"}, "is not in this course"),
                           ({"days": "1"}, "for a student or for a section"),
                           ({"username": "student", "section": "A", "days": "1"}, "Fill one of the two"),
                           ({"username": "student"}, "changes nothing"),
                           ({"username": "student", "days": "-1"}, "is not a number"),
                           ({"username": "student", "hours": "0.001"}, "whole minutes"),
                           ({"username": "student", "time": "0.5"}, "from 1 to 10"),
                           ({"username": "student", "attempts": "1001"}, "out of range")):
            with self.subTest(form=form):
                answer = self.teacher.post(base + "/exceptions", {**form, "note": "<kept>"})
                self.assertEqual(answer.status, 422)
                self.assertIn(text, answer.text)
                self.assertIn('value="&lt;kept&gt;"', answer.text)
        self.assertEqual(self.teacher.json(base + "/exceptions")["exceptions"], [])

    def test_graders_see_exceptions_and_do_not_change_policies(self):
        base = self.make("rights")
        self.assertEqual(self.grader.get(base + "/exceptions").status, 200)
        self.assertNotIn("Set an exception", self.grader.get(base + "/exceptions").text)
        for path in ("/rules", "/exceptions", "/exceptions/remove"):
            for who in (self.grader, self.student):
                self.assertEqual(who.post(base + path, RULES).status, 403, path)
        self.assertEqual(self.student.get(base + "/exceptions").status, 403)

    # --- which counts ---------------------------------------------------------------------------

    def test_the_student_chooses_where_that_is_the_rule(self):
        base = self.make("choose", counting="chosen")
        for _ in range(3):
            self.hand_in(self.student, base)
        newest, _, oldest = self.student.json(base)["submissions"]
        self.assertEqual((newest["counts"], oldest["counts"]), (True, False))
        self.assertIn("Let this one count", self.student.get(base).text)
        self.assertEqual(self.other.post(oldest["url"] + "/choose").status, 404)
        self.assertEqual(self.student.post(oldest["url"] + "/choose").status, 303)
        self.assertEqual([line["counts"] for line in self.student.json(base)["submissions"]], [False, False, True])
        listed = self.grader.json(base + "/submissions")["submissions"]
        self.assertEqual([line["attempt"] for line in listed], [1])
        mine = [one["mine"] for one in self.student.json("/courses/cs101")["assignments"] if one["name"] == "choose"]
        self.assertEqual(mine[0]["number"], oldest["number"])
        self.hand_in(self.student, base)
        self.assertEqual([line["attempt"] for line in self.grader.json(base + "/submissions")["submissions"]], [1])
        # staff may for them, and that is kept
        self.assertEqual(self.teacher.post(newest["url"] + "/choose").status, 303)
        self.assertIn(("instructor", "choice", "choose, student", "does not count", "attempt 3 counts"), self.audit())

    def test_where_it_is_not_the_rule_nothing_is_chosen(self):
        base = self.make("unchosen")
        self.hand_in(self.student, base)
        line = self.student.json(base)["submissions"][0]
        self.assertEqual(self.student.post(line["url"] + "/choose").status, 409)
        self.assertNotIn("Let this one count", self.student.get(base).text)

    def test_the_newest_on_time_counts(self):
        base = self.make("ontime", due=self.at(hours=1), counting="ontime")
        self.hand_in(self.student, base)
        self.teacher.post(base + "/edit", {"title": "ontime", "description": "", "due": self.at(minutes=-5)})
        # now both are late, and the newest counts
        self.hand_in(self.student, base)
        self.assertEqual([line["counts"] for line in self.student.json(base)["submissions"]], [True, False])

    # --- the form -------------------------------------------------------------------------------

    def test_the_rules_come_back_as_they_were_saved(self):
        typed = {"opens": "2090-01-01T08:00", "closes": "2090-03-01T08:00", "late_rule": "hour", "late": "2.5",
                 "late_max": "40", "grace": "15", "attempts": "5", "refill": "60", "counting": "best"}
        base = self.make("saved", due="2090-02-01T08:00", **typed)
        rules = self.teacher.json(base + "/edit")["rules"]
        self.assertEqual({key: rules[key] for key in typed}, typed)
        self.assertEqual([one["value"] for one in rules["late_choices"] if one["is_chosen"]], ["hour"])
        changes = [entry for entry in self.audit() if entry[1:3] == ("policy", "saved")]
        self.assertIn("counts: best", changes[-1][4])
        self.assertIn("counts: last", changes[-1][3])

    def test_each_wrong_field_is_told_and_nothing_is_lost(self):
        base = self.make("fields")
        typed = {"opens": "tomorrow", "late": "ten", "late_max": "101", "grace": "-1", "attempts": "many",
                 "refill": "1.5", "counting": "mine", "late_rule": "never", "closes": "2090-02-31T00:00"}
        answer = self.teacher.post(base + "/rules", typed, Accept="application/json")
        self.assertEqual(answer.status, 422)
        rules = answer.json()["rules"]
        self.assertEqual(sorted(rules["wrong"]), sorted(typed))
        self.assertEqual({key: rules[key] for key in typed}, typed)
        page = self.teacher.post(base + "/rules", typed).text
        self.assertIn('value="many"', page)
        self.assertIn("&quot;many&quot; is not a number. Give a whole number", page)
        for rules, text in (({"opens": "2090-01-02T00:00", "closes": "2090-01-01T00:00"}, "close before it opens"),
                            ({"attempts": "1001"}, "attempts are out of range")):
            answer = self.teacher.post(base + "/rules", {**RULES, **rules})
            self.assertEqual(answer.status, 422)
            self.assertIn(text, answer.text)

    def test_a_due_date_must_fit_the_rules(self):
        base = self.make("fit", opens="2090-01-01T08:00")
        answer = self.teacher.post(base + "/edit", {"title": "fit", "description": "", "due": "2089-01-01T08:00"})
        self.assertEqual(answer.status, 422)
        self.assertIn("due before it opens", answer.text)
        self.assertIsNone(self.teacher.json(base)["assignment"]["due"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
