"""The results of single tests, from what a stage writes to what each person sees of them."""
import datetime
import json
import sqlite3
import unittest
import zoneinfo

from harness import RULES, DemoTest
from pack import publish

RESULTS = {
    "output": "All eight cases were tried.",
    "tests": [
        {"name": "adds", "number": "1", "score": 1, "max_score": 1, "tags": ["easy"]},
        {"name": "divides <b>", "number": "2", "score": 0.1, "max_score": 0.3, "output": "7/0 is <none>"},
        {"name": "secret-case", "number": "3", "score": 0.2, "max_score": 0.3, "visibility": "hidden",
         "output": "secret-output", "tags": ["secret-tag"]},
        {"name": "later-case", "number": "4", "score": 1, "max_score": 1, "visibility": "after_due_date"},
        {"name": "released-case", "number": "5", "status": "passed", "visibility": "after_published"},
        {"name": "left out", "number": "6", "status": "skipped"}],
    "leaderboard": [{"name": "Time", "value": 15.1, "order": "asc"}],
}


def writes(name, text):
    return f"#!/bin/bash\ncat > /grade_oven/output/{name} <<'END_OF_RESULTS'\n{text}\nEND_OF_RESULTS\n"


class Results(DemoTest):
    def grade(self, name, main):
        """Publishes an assignment with this main and has it grade; where the submission is."""
        self.base = publish(self.teacher, name, main)
        place = self.student.submit("cs101", name, {"a": b"x"})
        self.run = self.student.wait_for_run(place)
        self.assertEqual(self.run["state"], "finished", self.run)
        return place

    def names(self, browser, place):
        results = browser.json(place)["run"]["results"]
        return [test["name"] for test in results["tests"]] if results else None

    def set_due(self, name, due):
        answer = self.teacher.post(self.base + "/edit", {"title": name, "description": "", "due": due})
        self.assertEqual(answer.status, 303)

    def test_each_sees_the_tests_that_are_for_them_in_every_form(self):
        place = self.grade("seen", writes("results.json", json.dumps(RESULTS)))
        self.assertEqual(self.run["score"], {"earned": "2.3", "possible": "2.6", "percent": 88})
        self.assertEqual(self.names(self.student, place), ["divides <b>", "left out", "adds"])
        for browser in (self.teacher, self.grader):
            self.assertEqual(self.names(browser, place), [test["name"] for test in RESULTS["tests"]])
        seen = self.student.json(place)["run"]["results"]
        self.assertEqual((seen["shown"], seen["passed"]), (3, 1))
        self.assertEqual(seen["tests"][0], {
            "name": "divides <b>", "number": "2", "status": "failed", "tone": "failed", "has_points": True,
            "score": "0.1", "max_score": "0.3", "output": "7/0 is <none>", "frame": None})
        for text in (self.student.get(place).text, self.student.get(place, Accept="application/json").text):
            for secret in ("secret", "later-case", "released-case", "easy", "after_due_date", "15.1"):
                self.assertNotIn(secret, text)
        page = self.student.get(place).text
        self.assertIn("divides &lt;b&gt;", page)
        self.assertIn("7/0 is &lt;none&gt;", page)
        self.assertIn("1 of 3 passed.", page)
        self.assertIn("All eight cases were tried.", page)
        staff = self.teacher.get(place).text
        for shown in ("secret-output", "secret-tag", "hidden", "after_due_date"):
            self.assertIn(shown, staff)
        self.assertEqual(self.teacher.json(place)["run"]["results"]["leaderboard"],
                         [{"name": "Time", "value": "15.1", "order": "asc"}])
        self.assertEqual(self.other.get(place).status, 404)

    def test_html_of_a_stage_is_a_document_in_a_sandbox_and_as_secret_as_its_test(self):
        html = "<h1>Look</h1><script>parent.document.title='owned'</script><img src=https://evil.example/x>"
        results = {"output": html, "output_format": "html", "test_output_format": "html", "visibility": "hidden", "tests": [
            {"name": "seen", "output": html, "visibility": "visible"},
            {"name": "hidden", "output": "<b>secret-html</b>"},
            {"name": "as text", "output": "<i>plain</i>", "output_format": "md", "visibility": "visible"},
            {"name": "says nothing", "visibility": "visible"}]}
        place = self.grade("frames", writes("results.json", json.dumps(results)))
        frames = [test["frame"] for test in self.student.json(place)["run"]["results"]["tests"]]
        self.assertEqual(frames, [place + "/tests/1", None, None])
        self.assertIn(f'<iframe class="output" sandbox src="{place}/tests/1"', self.student.get(place).text)
        self.assertIn("&lt;i&gt;plain", self.student.get(place).text)
        answer = self.student.get(place + "/tests/1")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertIn("<h1>Look</h1>", answer.text)
        policy = answer.headers["Content-Security-Policy"].split("; ")
        for part in ("sandbox", "default-src 'none'", "form-action 'none'", "frame-ancestors 'self'"):
            self.assertIn(part, policy)
        for what in ("2", "3", "4", "5", "0", "-1", "1x", "all", "99999999999999999999"):
            self.assertEqual(self.student.get(f"{place}/tests/{what}").status, 404, what)
        self.assertIn("secret-html", self.teacher.get(place + "/tests/2").text)
        self.assertIn("<h1>Look</h1>", self.grader.get(place + "/tests/all").text)
        self.assertEqual(self.other.get(place + "/tests/1").status, 404)
        self.assertEqual(self.outsider.get(place + "/tests/1").status, 404)

    def test_tests_appear_when_the_due_date_is_over_and_when_they_are_released(self):
        place = self.grade("times", writes("results.json", json.dumps(RESULTS)))
        self.set_due("times", "2035-01-01T00:00")
        self.assertNotIn("later-case", self.names(self.student, place))
        before = self.student.get(place, Accept="application/json")
        self.set_due("times", "2020-01-01T00:00")
        after = self.student.get(place, Accept="application/json", **{"If-None-Match": before.headers["ETag"]})
        self.assertEqual(after.status, 200)
        self.assertIn("later-case", self.names(self.student, place))
        self.assertNotIn("released-case", self.names(self.student, place))
        self.assertEqual(self.student.post(self.base + "/results", {"released": "1"}).status, 403)
        self.assertEqual(self.grader.post(self.base + "/results", {"released": "1"}).status, 403)
        self.assertEqual(self.teacher.post(self.base + "/results", {"released": "1"}, csrf=False).status, 403)
        self.assertNotIn("released-case", self.names(self.student, place))
        tag = after.headers["ETag"]
        self.assertIn("Release results", self.teacher.get(self.base + "/edit").text)
        self.assertEqual(self.teacher.post(self.base + "/results", {"released": "1"}).status, 303)
        self.assertIn("Withhold results", self.teacher.get(self.base + "/edit").text)
        again = self.student.get(place, Accept="application/json", **{"If-None-Match": tag})
        self.assertEqual(again.status, 200)
        self.assertIn("released-case", self.names(self.student, place))
        self.assertNotIn("secret-case", self.names(self.student, place))
        self.teacher.post(self.base + "/results", {"released": "1"})
        self.teacher.post(self.base + "/results", {"released": "0"})
        self.assertNotIn("released-case", self.names(self.student, place))
        with sqlite3.connect(self.site.state / "gradeoven.db", timeout=20) as database:
            log = database.execute("SELECT actor, action, was, became FROM audit WHERE subject = 'times' "
                                   "AND action = 'results' ORDER BY id").fetchall()
        self.assertEqual(log, [("instructor", "results", "withheld", "released"),
                               ("instructor", "results", "released", "withheld")])

    def test_tests_for_after_the_due_date_wait_until_they_help_nobody(self):
        """They were shown from the due date on, while one could still hand in on time or late."""
        place = self.grade("waits", writes("results.json", json.dumps(RESULTS)))
        zone = zoneinfo.ZoneInfo(self.teacher.json("/courses/cs101")["course"]["zone"])
        at = lambda minutes: (datetime.datetime.now(zone) + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M")
        self.set_due("waits", at(-10))
        for changed, is_shown in (({}, True), ({"grace": "600"}, False), ({"grace": "5"}, True), ({"closes": at(600)}, False),
                                  ({"closes": at(-5)}, True)):
            self.assertEqual(self.teacher.post(self.base + "/rules", {**RULES, **changed}).status, 303)
            self.assertEqual("later-case" in self.names(self.student, place), is_shown, changed)
        # an extension of one's own is waited for as well
        self.teacher.post(self.base + "/rules", RULES)
        self.teacher.post(self.base + "/exceptions", {"username": "student", "days": "1"})
        self.assertNotIn("later-case", self.names(self.student, place))

    def test_a_student_for_whom_all_is_hidden_sees_no_table(self):
        place = self.grade("all-hidden", writes("results.json", json.dumps(
            {"visibility": "hidden", "output": "secret", "tests": [{"name": "secret", "score": 1, "max_score": 1}]})))
        self.assertEqual(self.run["score"]["earned"], "1")
        self.assertIsNone(self.run["results"])
        self.assertNotIn("secret", self.student.get(place).text)
        self.assertNotIn('id="tests"', self.student.get(place).text)
        self.assertEqual(self.names(self.teacher, place), ["secret"])

    def test_a_score_that_a_stage_wrote_goes_before_the_one_that_follows(self):
        self.grade("both-scores", "#!/bin/bash\necho 7/9 > /grade_oven/output/score\n" +
                   writes("results.json", json.dumps(RESULTS)))
        self.assertEqual((self.run["score"]["earned"], self.run["score"]["possible"]), ("7", "9"))

    def test_junit_xml_is_shown_and_a_malformed_results_file_is_told_to_staff_alone(self):
        place = self.grade("junit", writes("results.json", '{"tests": [{"name": "x", "status": "fine"}]}') + writes(
            "junit.xml", '<testsuite><testcase classname="A" name="works"/><testcase name="fails">'
                         '<failure message="3 is not 4"/></testcase></testsuite>') + "echo 1/2 > /grade_oven/output/score\n")
        self.assertEqual(self.names(self.student, place), ["fails", "A.works"])
        self.assertIn("3 is not 4", self.student.get(place).text)
        problem = self.teacher.json(place)["run"]["stages"][0]["problem"]
        self.assertIn('"results.json" cannot be used, so it was ignored: tests[0].status is none of', problem)
        self.assertNotIn("cannot be used", self.student.get(place).text)
        self.assertEqual(self.run["score"]["earned"], "1")

    def test_a_run_without_results_has_no_table(self):
        place = self.grade("without", "#!/bin/sh\necho 1/1 > /grade_oven/output/score\n")
        for browser in (self.student, self.teacher):
            self.assertIsNone(browser.json(place)["run"]["results"])
            self.assertNotIn('id="tests"', browser.get(place).text)

    def test_a_replay_compares_them(self):
        self.grade("replayed", writes("results.json", json.dumps(RESULTS)))
        run = self.run["made_with"]["run"]
        done = self.site.ctl("replay", run, check=False)
        self.assertEqual((done.returncode, done.stdout.strip()), (0, f"identical: run {run}, 2.3/2.6"), done.stderr)
        with sqlite3.connect(self.site.state / "gradeoven.db", timeout=20) as database:
            database.execute("UPDATE run_tests SET status = 'passed' WHERE run_id = ? AND name LIKE 'divides%'", (run,))
        done = self.site.ctl("replay", run, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, "^different: line 1 of the result of test 2 was .*passed.* and is .*failed")


if __name__ == "__main__":
    unittest.main()
