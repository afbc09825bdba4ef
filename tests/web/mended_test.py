"""What reviews found and was mended: each test holds one finding, with its story."""
import sqlite3
import threading
import unittest

from harness import RULES, RulesTest

MEBIBYTE = 1024 * 1024


class Mended(RulesTest):
    def test_the_text_of_an_assignment_is_not_shown_before_it_opens(self):
        """Students who found the page early had the whole examination."""
        base = self.make("early", description="The *secret* question", opens="2090-01-01T12:00")
        for text in (self.student.get(base).text, self.student.get(base, Accept="application/json").text):
            self.assertNotIn("secret", text)
            self.assertIn("when the assignment opens", text)
        for staff in (self.grader, self.teacher, self.admin):
            self.assertIn("<em>secret</em>", staff.get(base).text)
        self.teacher.post(base + "/rules", {**RULES, "opens": "2020-01-01T12:00"})
        self.assertIn("<em>secret</em>", self.student.get(base).text)

    def test_a_comparison_has_a_bound_in_bytes(self):
        """Two submissions of many large files cost the server seconds and memory without a bound."""
        self.make("large")
        for letter in (b"a", b"b"):
            content = (letter * 1000 + b"\n") * (MEBIBYTE // 1001)
            place = self.student.submit("cs101", "large", {f"f{i}.txt": content for i in range(7)})
        changes = self.student.json(place + "/diff/1")["difference"]["changes"]
        self.assertEqual(len(changes), 7)
        large = [one["path"] for one in changes if one["contents"]["is_too_large"]]
        self.assertEqual(large, ["f4.txt", "f5.txt", "f6.txt"])  # 8 MiB are four pairs of files
        self.assertIn("f6.txt", self.student.get(place + "/diff/1").text)

    def test_a_grader_does_not_grade_their_own_work(self):
        """A student who grades too gave themself points, and chose after the closing which one counts."""
        base = self.make("own", counting="chosen")
        first, own = (self.grader.submit("cs101", "own", {"roman.c": b"int main;\n"}) for _ in range(2))
        others = self.student.submit("cs101", "own", {"roman.c": b"int main;\n"})
        grade = {"action": "done", "adjustment": "5", "reason": "fine work"}
        comment = {"path": "roman.c", "line": "1", "text": "Beautiful"}
        for path, fields in (("/grade", grade), ("/comments", comment)):
            answer = self.grader.post(own + path, {**fields, "revision": "0"})
            self.assertEqual(answer.status, 403, path)
            self.assertIn("You cannot grade what you have handed in yourself", answer.text)
        revision = self.grader.json(others + "/grade")["form"]["revision"]
        self.assertEqual(self.grader.post(others + "/grade", {**grade, "revision": revision}).status, 303)
        self.assertEqual(self.grader.post(first + "/choose").status, 303)
        self.teacher.post(base + "/rules", {**RULES, "counting": "chosen", "closes": "2020-01-01T12:00"})
        self.assertEqual(self.grader.post(own + "/choose").status, 409)
        self.assertEqual(self.grader.post(others + "/choose").status, 303)

    def test_the_administration_page_keeps_blind_grading_blind(self):
        """An admin who grades had the names of what is graded blind beside the runs."""
        base = self.make("blind")
        self.student.submit("cs101", "blind", {"roman.c": b"x"})
        runs = lambda: str([run for run in self.admin.json("/admin")["runs"] if "blind" in str(run)])
        self.assertIn("'student'", runs())
        self.teacher.post(base + "/grading/rules", {"release": "done", "blind": "1"})
        self.assertNotIn("'student'", runs())
        self.assertIn("(graded blind)", runs())

    def test_of_two_who_change_the_rules_of_grading_at_once_neither_undoes_the_other(self):
        """The rules were read before the transaction: saving them took back a release pressed meanwhile."""
        base = self.make("at-once")
        for i in range(12):
            self.teacher.post(base + "/grading/rules", {"release": "button", "max": "1"})
            self.teacher.post(base + "/grading/release", {"release": "0"})
            threads = [threading.Thread(target=self.teacher.post, args=(base + path, fields)) for path, fields in (
                ("/grading/release", {"release": "1"}),
                *(("/grading/rules", {"release": "button", "max": str(10 + i)}),) * 3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            with sqlite3.connect(self.site.state / "gradeoven.db", timeout=20) as database:
                found = database.execute("SELECT max_points, release_us > 0 FROM grading_rules WHERE assignment_id = "
                                         "(SELECT id FROM assignments WHERE name = 'at-once')").fetchone()
            self.assertEqual(found, ((10 + i) * 1000, 1))

    def test_what_is_unpublished_again_leaves_the_dashboard(self):
        """A student's recent results led to an assignment that was not there for them."""
        base = self.make("withdrawn")
        self.student.submit("cs101", "withdrawn", {"roman.c": b"x"})
        recent = lambda: [one for one in self.student.json("/")["recent"] if "withdrawn" in str(one)]
        self.assertEqual(len(recent()), 1)
        self.teacher.post(base + "/publish", {"published": "0"})
        self.assertEqual(recent(), [])
        self.assertEqual(self.student.get(base).status, 404)


if __name__ == "__main__":
    unittest.main()
