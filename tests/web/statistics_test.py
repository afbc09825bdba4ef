"""The statistics of an assignment: the figures, as JSON, as tables and as charts, and who sees them."""
import datetime
import json
import re
import sqlite3
import unittest
import xml.etree.ElementTree

from harness import SOURCE, DemoTest
from pack import publish

SVG = "{http://www.w3.org/2000/svg}"


class Statistics(DemoTest):
    """The students are rows beside the two of the demo course: baking dozens would take minutes."""
    options = {"executor": False}

    def setUp(self):
        self.name = re.sub(r"\W", "-", self._testMethodName)[5:50]
        self.site.ctl("assignment", "add", "cs101", self.name, "--published",
                      SOURCE / "conf/demo/roman-numerals/assignment")
        self.base = f"/courses/cs101/assignments/{self.name}"
        self.page = self.base + "/statistics"

    def store(self):
        return sqlite3.connect(self.site.state / "gradeoven.db", timeout=30)

    def hand_in(self, who):
        return self.people[who].submit("cs101", self.name, {"roman.c": b"int main(void) { return 0; }\n"})

    def graded(self, place, earned, possible, stages=(), tests=(), penalty=0):
        """The newest run of a submission has ended so, as the executor would have stored it."""
        number = int(place.rsplit("/", 1)[1])
        with self.store() as store:
            run, sid = store.execute(
                "SELECT r.id, s.id FROM runs r JOIN submissions s ON s.id = r.submission_id JOIN assignments a ON "
                "a.id = s.assignment_id WHERE a.name = ? AND s.number = ? ORDER BY r.id DESC", (self.name, number)).fetchone()
            store.execute("UPDATE runs SET state = 'finished', outcome = 'graded', finished_us = 1, earned = ?, possible = ? "
                          "WHERE id = ?", (earned, possible, run))
            store.execute("UPDATE submissions SET penalty_milli = ? WHERE id = ?", (penalty, sid))
            for i, (name, exit_code, signal, timed_out, broken) in enumerate(stages):
                store.execute("INSERT INTO run_stages (run_id, position, name, exit_code, signal, timed_out, wall_ms, cpu_ms, "
                              "max_rss_kib, console, is_broken) VALUES (?, ?, ?, ?, ?, ?, 1, 1, 1, '', ?)",
                              (run, i, name, exit_code, signal, timed_out, broken))
            for i, (name, status, visibility) in enumerate(tests):
                store.execute("INSERT INTO run_tests (run_id, position, name, number, status, output, tags, visibility) "
                              "VALUES (?, ?, ?, ?, ?, '', '', ?)", (run, i, name, str(i + 1), status, visibility))
        return place

    def figures(self, who="grader", query=""):
        return self.people[who].json(self.page + query)

    def charts(self, html):
        """Each chart of a page, which must be well-formed by itself."""
        return [xml.etree.ElementTree.fromstring(text.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))
                for text in re.findall(r'<svg class="chart".*?</svg>', html, re.S)]

    def test_staff_see_it_and_nobody_else(self):
        self.hand_in("student")
        nobody = self.site.browser()
        for who in ("grader", "instructor", "admin"):
            self.assertEqual(self.people[who].get(self.page).status, 200, who)
            self.assertIn(self.page, self.people[who].get(self.base).text)
        for who, status in (("student", 403), ("other", 403), ("outsider", 404)):
            for accept in ("text/html", "application/json"):
                self.assertEqual(self.people[who].get(self.page, Accept=accept).status, status, who)
        self.assertNotIn("/statistics", self.student.get(self.base).text)
        self.assertEqual(nobody.get(self.page, Accept="application/json").status, 401)
        self.assertEqual(nobody.get(self.page).status, 303)
        self.assertEqual(self.teacher.post(self.page).status, 405)

    def test_without_submissions_it_says_so(self):
        page = self.figures()
        self.assertEqual((page["students"], page["submitted"], page["without_submission"]), (2, 0, 2))
        self.assertIsNone(page["scores"])
        self.assertIsNone(page["times"])
        html = self.grader.get(self.page).text
        self.assertIn("Nobody has submitted anything yet.", html)
        self.assertEqual(self.charts(html), [])

    def test_a_course_without_students_says_what_to_do(self):
        self.admin.post("/courses", {"name": "empty", "title": "Empty", "zone": "UTC"})
        self.site.ctl("assignment", "add", "empty", "hw", SOURCE / "conf/demo/roman-numerals/assignment")
        page = self.admin.get("/courses/empty/assignments/hw/statistics")
        self.assertIn("There are no students here yet.", page.text)
        self.assertIn('href="/courses/empty/roster"', page.text)

    def test_scores_are_after_penalty_and_of_what_counts(self):
        self.graded(self.hand_in("student"), 1000, 10000)              # not the newest: does not count
        self.graded(self.hand_in("student"), 10000, 10000, penalty=250)  # 7.5
        self.graded(self.hand_in("other"), 4005, 10000)
        self.graded(self.hand_in("grader"), 10000, 10000)              # staff's own try is not in it
        page = self.figures()
        self.assertEqual((page["submitted"], page["scored"], page["without_score"]), (2, 2, 0))
        scores = page["scores"]
        self.assertEqual((scores["mean"], scores["median"]), ("5.753", "5.753"))  # 5.7525
        self.assertEqual((scores["lower_quartile"], scores["upper_quartile"]), ("4.005", "7.5"))
        self.assertEqual((scores["lowest"], scores["highest"], scores["possible"]), ("4.005", "7.5", "10"))
        self.assertEqual([one["count"] for one in scores["histogram"]], [0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0])
        self.assertEqual(scores["histogram"][4]["label"], "40–50 %")
        self.assertEqual(scores["histogram"][10]["label"], "over 100 %")

    def test_the_table_and_the_chart_say_what_json_says(self):
        self.graded(self.hand_in("student"), 12000, 10000, stages=[("build", 0, 0, 0, 0)])
        self.graded(self.hand_in("other"), 0, 10000, stages=[("build", 1, 0, 0, 0)])
        page, html = self.figures(), self.grader.get(self.page).text
        for one in page["scores"]["histogram"]:
            self.assertIn(f'<th scope="row">{one["label"]}</th><td data-label="Students">{one["count"]}</td>', html)
        charts = self.charts(html)
        self.assertEqual(len(charts), 3)
        for chart in charts:
            self.assertEqual(chart.get("role"), "img")
            ids = chart.get("aria-labelledby").split()
            self.assertEqual([chart.find(f"{SVG}title").get("id"), chart.find(f"{SVG}desc").get("id")], ids)
            for one in ids:
                self.assertEqual(html.count(f'id="{one}"'), 1)
        titles = [one.text for one in charts[0].iter(f"{SVG}title")][1:]
        self.assertEqual(titles, [f'{one["label"]}: {one["count"]} student{"" if one["count"] == 1 else "s"}'
                                  for one in page["scores"]["histogram"]])
        self.assertNotIn("style=", html)

    def test_points_by_people_are_in_the_total_when_they_are_done(self):
        mine = self.graded(self.hand_in("student"), 5000, 10000)
        self.teacher.post(self.base + "/grading/rules", {"release": "button", "max": "10"})
        for action, mean, possible in (("draft", "5", "10"), ("done", "8", "20")):
            revision = self.grader.json(mine + "/grade")["form"]["revision"]
            answer = self.grader.post(mine + "/grade", {"revision": revision, "action": action, "adjustment": "3", "reason": "x"})
            self.assertEqual(answer.status, 303, answer.text)
            scores = self.figures()["scores"]
            self.assertEqual((scores["mean"], scores["possible"]), (mean, possible))

    def test_who_left_is_not_counted(self):
        self.site.add_user("leaver")
        self.site.ctl("user", "role", "leaver", "cs101", "student")
        self.people["leaver"] = self.site.browser("leaver")
        self.graded(self.hand_in("leaver"), 1000, 10000)
        self.graded(self.hand_in("student"), 9000, 10000)
        self.assertEqual((self.figures()["students"], self.figures()["scores"]["mean"]), (3, "5"))
        self.assertEqual(self.teacher.post("/courses/cs101/roster/drop", {"username": "leaver"}).status, 303)
        page = self.figures()
        self.assertEqual((page["students"], page["scores"]["mean"]), (2, "9"))
        self.assertEqual(sum(one["submissions"] for one in page["times"]["periods"]), 1)

    def test_a_section_by_itself(self):
        change = lambda section: self.teacher.post("/courses/cs101/roster/change",
                                                   {"username": "student", "role": "student", "section": section})
        self.assertEqual(change("A & <B>").status, 303)
        self.addCleanup(change, "")
        self.graded(self.hand_in("student"), 9000, 10000, stages=[("build", 1, 0, 0, 0)], tests=[("t", "failed", "visible")])
        self.graded(self.hand_in("other"), 1000, 10000, stages=[("build", 1, 0, 0, 0)], tests=[("t", "failed", "visible")])
        page = self.figures(query="?section=A+%26+%3CB%3E")
        self.assertEqual((page["section"], page["students"], page["scores"]["mean"]), ("A & <B>", 1, "9"))
        self.assertEqual((page["stages"][0]["runs"], page["tests"][0]["runs"]), (1, 1))
        self.assertEqual(sum(one["submissions"] for one in page["times"]["periods"]), 1)
        for query in ("", "?section=", "?section=nonsense"):
            self.assertEqual(self.figures(query=query)["students"], 2)
        html = self.grader.get(self.page + "?section=A+%26+%3CB%3E").text
        self.assertIn("section A &amp; &lt;B&gt;", html)
        # graded blind, a section of one would tell whose score that is
        self.teacher.post(self.base + "/grading/rules", {"release": "done", "blind": "1"})
        page = self.figures(query="?section=A+%26+%3CB%3E")
        self.assertEqual((page["section"], page["students"], page["sections"]), (None, 2, []))
        self.assertIn("Graded blind", self.grader.get(self.page).text)

    def test_submissions_over_time_by_the_clock_of_the_course(self):
        zone = self.teacher.json("/courses/cs101")["course"]["zone"]
        self.addCleanup(self.teacher.post, "/courses/cs101/edit", {"title": "cs101", "zone": zone, "late_days": "0"})
        self.teacher.post("/courses/cs101/edit", {"title": "cs101", "zone": "Europe/Berlin", "late_days": "0"})
        self.teacher.post(self.base + "/edit", {"title": "x", "description": "", "due": "2026-03-29T23:59"})
        places = [self.hand_in("student"), self.hand_in("student"), self.hand_in("other")]
        stamp = lambda text: int(datetime.datetime.fromisoformat(text).timestamp() * 1_000_000)
        with self.store() as store:
            for place, text in zip(places, ("2026-03-28T23:30+01:00", "2026-03-30T00:10+02:00", "2026-03-31T12:00+02:00")):
                store.execute("UPDATE submissions SET created_us = ? WHERE number = ? AND assignment_id = "
                              "(SELECT id FROM assignments WHERE name = ?)", (stamp(text), place.rsplit("/", 1)[1], self.name))
        times = self.figures()["times"]
        self.assertEqual(times["unit"], "day")
        # 29 March has 23 hours, nothing was handed in then, and it is the due day
        self.assertEqual([(one["from"]["iso"], one["submissions"], one["counting"], one["is_due"]) for one in times["periods"]],
                         [("2026-03-27T23:00:00Z", 1, 0, False), ("2026-03-28T23:00:00Z", 0, 0, True),
                          ("2026-03-29T22:00:00Z", 1, 1, False), ("2026-03-30T22:00:00Z", 1, 1, False)])
        html = self.grader.get(self.page).text
        self.assertIn("Submissions by day", html)
        self.assertEqual([line.get("class") for line in self.charts(html)[0].iter(f"{SVG}line")].count("mark"), 1)

    def test_failures_of_stages_by_what_they_were(self):
        stages = lambda *last: [("build", 0, 0, 0, 0), ("tests <b>", *last)]
        self.graded(self.hand_in("student"), 0, 1000, stages=stages(1, 0, 0, 0))     # does not count: no figure
        self.graded(self.hand_in("student"), 0, 1000, stages=stages(137, 9, 1, 0))   # it took too long, and was killed
        self.graded(self.hand_in("other"), 0, 1000, stages=stages(139, 11, 0, 0))
        page = self.figures()
        self.assertEqual(page["stages"], [
            {"name": "build", "runs": 2, "failed": 0, "exit": 0, "signal": 0, "timeout": 0, "broken": 0},
            {"name": "tests <b>", "runs": 2, "failed": 2, "exit": 0, "signal": 1, "timeout": 1, "broken": 0}])
        self.graded(self.hand_in("student"), 0, 1000, stages=stages(3, 0, 0, 0))
        self.graded(self.hand_in("other"), 0, 1000, stages=stages(127, 0, 0, 1))
        self.assertEqual(self.figures()["stages"][1],
                         {"name": "tests <b>", "runs": 2, "failed": 2, "exit": 1, "signal": 0, "timeout": 0, "broken": 1})
        html = self.grader.get(self.page).text
        self.assertNotIn("tests <b>", html)
        self.assertIn('<th scope="row">tests &lt;b&gt;</th>', html)

    def test_failures_of_tests_with_the_hidden_ones(self):
        self.graded(self.hand_in("student"), 0, 1000,
                    tests=[("adds", "passed", "visible"), ("secret <i>", "failed", "hidden"), ("skips", "skipped", "visible")])
        self.graded(self.hand_in("other"), 0, 1000,
                    tests=[("adds", "failed", "visible"), ("secret <i>", "error", "hidden"), ("skips", "passed", "visible")])
        self.assertEqual([(one["number"], one["name"], one["runs"], one["failed"], one["passed"], one["is_hidden"])
                          for one in self.figures()["tests"]],
                         [("2", "secret <i>", 2, 2, 0, True), ("1", "adds", 2, 1, 1, False), ("3", "skips", 2, 0, 1, False)])
        self.assertIn("2 secret &lt;i&gt;", self.grader.get(self.page).text)


class Graded(DemoTest):
    """What the executor itself stores is what the figures are of."""

    def test_figures_of_real_runs(self):
        base = publish(self.teacher, "real", "#!/bin/sh\ncp points /grade_oven/output/score\nexit $(cat code)\n")
        for who, points, code in (("student", b"7/10", b"0"), ("other", b"11/10", b"3")):
            self.people[who].wait_for_run(self.people[who].submit("cs101", "real", {"points": points, "code": code}))
        page = self.grader.json(base + "/statistics")
        self.assertEqual((page["scores"]["mean"], page["scores"]["histogram"][10]["count"]), ("9", 1))
        self.assertEqual(page["stages"], [{"name": "test", "runs": 2, "failed": 1, "exit": 1, "signal": 0, "timeout": 0,
                                           "broken": 0}])
        self.assertEqual((page["times"]["unit"], page["has_tests"]), ("hour", False))
        json.dumps(page)


if __name__ == "__main__":
    unittest.main()
