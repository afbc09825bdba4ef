"""The scoreboard of an assignment: who sees what of whom, in which order, and how to get off it."""
import sqlite3
import unittest

from pack import publish
from harness import DemoTest

BOARD = "/courses/cs101/assignments/board"
MAIN = "#!/bin/sh\ncp points /grade_oven/output/score\n"


class Scoreboard(DemoTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people["nobody"] = cls.site.browser()
        publish(cls.teacher, "board", MAIN)
        cls.student.post("/settings/profile", {"name": "Stu <b>Dent</b>", "email": ""})
        # the student's first would win, but the newest counts; staff who try it are not on the board
        for who, points in (("student", "10/10"), ("other", "9.5/10"), ("student", "9/10"), ("grader", "10/10")):
            cls.people[who].wait_for_run(cls.people[who].submit("cs101", "board", {"points": points.encode()}))

    def show(self, what):
        answer = self.teacher.post(BOARD + "/scoreboard", {"scoreboard": what})
        self.assertEqual(answer.status, 303)

    def setUp(self):
        self.show("names")

    def lines(self, who, page=""):
        return [(one["rank"], one["name"], one["score"]["earned"], one["is_me"], one["is_hidden"])
                for one in self.people[who].json(BOARD + "/scoreboard" + page)["lines"]]

    def test_it_is_not_there_until_an_instructor_turns_it_on(self):
        self.show("off")
        for who in ("outsider", "student", "other", "grader", "instructor", "admin"):
            self.assertEqual(self.people[who].get(BOARD + "/scoreboard").status, 404, who)
            self.assertEqual(self.people[who].post(BOARD + "/scoreboard/hide", {"hide": "1"}).status, 404, who)
        self.assertNotIn("/scoreboard", self.student.get(BOARD).text)
        for who, status in (("nobody", 401), ("outsider", 404), ("student", 403), ("grader", 403)):
            answer = self.people[who].post(BOARD + "/scoreboard", {"scoreboard": "names"})
            self.assertEqual(answer.status, status, who)
        self.assertEqual(self.student.get(BOARD + "/scoreboard").status, 404)
        self.show("names")
        self.assertIn(BOARD + "/scoreboard", self.student.get(BOARD).text)
        answer = self.teacher.post(BOARD + "/scoreboard", {"scoreboard": "everything"})
        self.assertEqual(answer.status, 422)
        self.assertIn("Choose off, names or pseudonyms", answer.text)
        self.assertIn('value="names" selected', self.teacher.get(BOARD + "/edit").text)

    def test_with_names_the_best_of_what_counts_is_first(self):
        expected = [(1, "other", "9.5", False, False), (2, "Stu <b>Dent</b>", "9", True, False)]
        self.assertEqual(self.lines("student"), expected)
        page = self.student.json(BOARD + "/scoreboard")
        self.assertEqual((page["mine"]["rank"], page["count"]), (2, 2))
        html = self.student.get(BOARD + "/scoreboard").text
        self.assertIn("Stu &lt;b&gt;Dent&lt;/b&gt;", html)
        self.assertIn("You are number 2 of 2", html)
        self.assertNotIn("/submissions/", html)
        self.assertNotIn("username", page["lines"][0])
        self.assertEqual(len(self.lines("admin")), 2)

    def test_pseudonyms_stand_beside_no_name_for_students(self):
        self.show("pseudonyms")
        first = self.lines("student")
        html = self.student.get(BOARD + "/scoreboard").text
        for page in (str(self.student.json(BOARD + "/scoreboard")["lines"]), html.split("<table")[1].split("</table>")[0]):
            for word in ("other", "student", "Dent", "datetime", "'iso'"):
                self.assertNotIn(word, page)
        # stable, the same for all, and other ones in another assignment
        theirs = [line[1] for line in first]
        self.assertRegex(theirs[0], r"^[A-Z][a-z]+ [0-9A-Z]{3}-[0-9A-Z]{3}$")
        self.assertEqual([line[1] for line in self.lines("other")], theirs)
        staff = self.people["grader"].json(BOARD + "/scoreboard")["lines"]
        self.assertEqual([(one["name"], one["username"]) for one in staff], list(zip(theirs, ("other", "student"))))
        again = publish(self.teacher, "board-2", MAIN)
        self.teacher.post(again + "/scoreboard", {"scoreboard": "pseudonyms"})
        self.other.wait_for_run(self.other.submit("cs101", "board-2", {"points": b"1/1"}))
        self.assertNotIn(self.other.json(again + "/scoreboard")["lines"][0]["name"], theirs)

    def test_who_hides_is_seen_by_staff_and_themself_alone(self):
        answer = self.other.post(BOARD + "/scoreboard/hide", {"hide": "1"})
        self.assertEqual(answer.status, 303)
        self.assertEqual(self.lines("student"), [(1, "Stu <b>Dent</b>", "9", True, False)])
        self.assertEqual(self.student.json(BOARD + "/scoreboard")["count"], 1)
        self.assertIn("You are hidden, and would be number 1", self.other.get(BOARD + "/scoreboard").text)
        for who in ("grader", "admin"):
            self.assertEqual([line[4] for line in self.lines(who)], [True, False])
        # on all boards of the course; the course's other pages do not change
        self.assertTrue(self.other.json(BOARD + "/scoreboard")["am_hidden"])
        self.assertEqual(self.people["grader"].post(BOARD + "/scoreboard/hide", {"hide": "1"}).status, 409)
        self.assertEqual(self.other.post(BOARD + "/scoreboard/hide", {"hide": "0"}, csrf=False).status, 403)
        self.other.post(BOARD + "/scoreboard/hide", {"hide": "0"})
        self.assertEqual(len(self.lines("student")), 2)

    def test_a_metric_that_stages_write_ranks(self):
        base = publish(self.teacher, "race", "#!/bin/sh\n[ ! -e results.json ] || cp results.json /grade_oven/output\n"
                       "cp points /grade_oven/output/score\n")
        metric = lambda value: ('{"leaderboard": [{"name": "time <s>", "value": %s, "order": "asc"}]}' % value).encode()
        for who, files in (("student", {"points": b"9/10", "results.json": metric("0.25")}),
                           ("other", {"points": b"10/10", "results.json": metric("1.5")})):
            self.people[who].wait_for_run(self.people[who].submit("cs101", "race", files))
        edit = self.teacher.get(base + "/edit").text
        self.assertIn("<option value=\"time &lt;s&gt;\">", edit)
        # by the metric alone the quicker one is first, whatever the score
        form = {"scoreboard": "pseudonyms", "ranking": "metric", "metric": "time <s>"}
        self.assertEqual(self.teacher.post(base + "/scoreboard", form).status, 303)
        page = self.student.json(base + "/scoreboard")
        self.assertEqual((page["ranking"], page["metric_name"], page["mine"]["rank"]), ("metric", "time <s>", 1))
        self.assertEqual([line["metric"] for line in page["lines"]], ["0.25", "1.5"])
        html = self.student.get(base + "/scoreboard").text
        self.assertIn('<th scope="col">time &lt;s&gt;</th>', html)
        self.assertIn("By time &lt;s&gt;, then by who was first", html)
        self.assertNotIn("other", html.split("<table")[1].split("</table>")[0])
        # after the score it decides between equals only
        self.teacher.post(base + "/scoreboard", {**form, "ranking": "score-metric"})
        self.assertEqual(self.other.json(base + "/scoreboard")["mine"]["rank"], 1)
        self.student.wait_for_run(self.student.submit("cs101", "race", {"points": b"10/10", "results.json": metric("0.5")}))
        self.assertEqual(self.student.json(base + "/scoreboard")["mine"]["rank"], 1)
        # a submission without one comes last; without the metric the page does not speak of it
        self.student.wait_for_run(self.student.submit("cs101", "race", {"points": b"10/10"}))
        self.assertEqual([line["metric"] for line in self.student.json(base + "/scoreboard")["lines"]], ["1.5", None])
        self.teacher.post(base + "/scoreboard", {**form, "ranking": "score"})
        page = self.student.json(base + "/scoreboard")
        self.assertIsNone(page["metric_name"])
        self.assertNotIn("metric", page["lines"][0])
        # what is wrong is told, and stays typed
        for wrong, why in (({"metric": "  "}, "metric"), ({"metric": "x" * 501}, "metric"), ({"ranking": "fame"}, "Choose score"),
                           ({"metric": "a\nb"}, "metric")):
            answer = self.teacher.post(base + "/scoreboard", {**form, **wrong})
            self.assertEqual(answer.status, 422, wrong)
            self.assertIn(why, answer.text)
        answer = self.teacher.post(base + "/scoreboard", {**form, "metric": ""})
        self.assertIn('<option value="metric" selected>', answer.text)
        self.teacher.post(base + "/scoreboard", form)
        with sqlite3.connect(f"file:{self.site.state}/gradeoven.db?mode=ro", uri=True) as store:
            was = store.execute("SELECT became FROM audit WHERE action = 'scoreboard' AND subject = 'race' "
                                "ORDER BY id DESC LIMIT 1").fetchone()
        self.assertEqual(was, ("pseudonyms, metric: time <s>",))

    def test_turning_it_on_and_off_is_remembered(self):
        for what in ("off", "pseudonyms", "pseudonyms"):
            self.show(what)
        with sqlite3.connect(f"file:{self.site.state}/gradeoven.db?mode=ro", uri=True) as store:
            rows = store.execute("SELECT actor, subject, was, became FROM audit WHERE action = 'scoreboard' "
                                 "AND subject = 'board' ORDER BY id DESC LIMIT 2").fetchall()
        self.assertEqual(rows, [("instructor", "board", "off", "pseudonyms"), ("instructor", "board", "names", "off")])

    def test_a_large_course_comes_in_pages_of_a_hundred(self):
        base = publish(self.teacher, "crowd", MAIN)
        place = self.student.submit("cs101", "crowd", {"points": b"50/1000"})
        self.student.wait_for_run(place)
        self.teacher.post(base + "/scoreboard", {"scoreboard": "names"})
        # 230 more who handed in the same, as rows: baking them would take minutes
        with sqlite3.connect(self.site.state / "gradeoven.db", timeout=30) as store:
            sid, = store.execute("SELECT s.id FROM submissions s JOIN assignments a ON a.id = s.assignment_id "
                                 "WHERE a.name = 'crowd'").fetchone()
            columns = lambda table: [row[1] for row in store.execute(f"PRAGMA table_info({table})") if row[1] != "id"]
            for i in range(230):
                uid = store.execute("INSERT INTO users (username, created_us) VALUES (?, 1)", (f"crowd{i}",)).lastrowid
                store.execute("INSERT INTO enrolments (course_id, user_id, role, created_us) "
                              "SELECT id, ?, 'student', 1 FROM courses WHERE name = 'cs101'", (uid,))
                new = {"user_id": uid, "number": i + 2, "once": f"crowd{i}"}
                take = ", ".join(str(new[c]) if c in ("user_id", "number") else f"'{new[c]}'" if c in new else c
                                 for c in columns("submissions"))
                copy = store.execute(f"INSERT INTO submissions ({', '.join(columns('submissions'))}) "
                                     f"SELECT {take} FROM submissions WHERE id = ?", (sid,)).lastrowid
                new = {"submission_id": copy, "user_id": uid, "earned": (i + 100) * 1000}
                take = ", ".join(str(new.get(c, c)) for c in columns("runs"))
                store.execute(f"INSERT INTO runs ({', '.join(columns('runs'))}) SELECT {take} FROM runs "
                              "WHERE submission_id = ?", (sid,))
        sizes = []
        for number in ("", "?page=2", "?page=3", "?page=99", "?page=-1", "?page=x"):
            page = self.student.json(base + "/scoreboard" + number)
            sizes.append((page["page"], len(page["lines"]), page["lines"][0]["rank"]))
            self.assertEqual((page["mine"]["rank"], page["count"]), (231, 231))
        self.assertEqual(sizes, [(1, 100, 1), (2, 100, 101), (3, 31, 201), (3, 31, 201), (1, 100, 1), (1, 100, 1)])
        self.assertIn("?page=2", self.student.get(base + "/scoreboard").text)


if __name__ == "__main__":
    unittest.main()
