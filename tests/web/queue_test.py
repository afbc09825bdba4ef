"""The queue as people meet it: turns, places and estimates, steering, and what cannot be graded."""
import json
import os
import sqlite3
import unittest

from harness import Site, wait_until
from pack import assignment, publish

SCORE = "#!/bin/sh\necho 1/1 > /grade_oven/output/score\n"
GATE = """#!/bin/bash
# goes on for as many tenths of a second as the submission says, or until staff stop it
echo started >> /grade_oven/output/status
for ((i = 0; i < $(cat tenths); i++)); do sleep 0.1; done
echo 1/1 > /grade_oven/output/score
"""


class QueueTest(unittest.TestCase):
    directives = "GradeOvenParallel 1\nGradeOvenWarm 1"

    def setUp(self):
        self.site = Site(directives=self.directives).start()
        self.addCleanup(self.site.stop)
        self.site.load_demo()
        self.student, self.other = self.site.browser("student"), self.site.browser("other")
        self.teacher, self.admin = self.site.browser("instructor"), self.site.browser("admin")

    def make(self, name, main):
        return publish(self.teacher, name, main)

    def occupy(self, who=None, tenths=600):
        """A run that takes the only place, until free() unless a test has to measure it. The page's address."""
        who = who or self.student
        place = who.submit("cs101", "gate", {"tenths": b"%d" % tenths})
        wait_until("it runs", lambda: who.json(place)["run"]["state"] == "running")
        return place

    def free(self, place):
        """Ends what occupy() began; cancelled runs count for no turn."""
        self.assertEqual(self.teacher.post(place + "/cancel").status, 303)

    def rows(self, sql, *values):
        with sqlite3.connect(self.site.state / "gradeoven.db", timeout=20) as database:
            return database.execute(sql, values).fetchall()


class Turns(QueueTest):
    def test_a_flood_of_500_by_one_student_delays_another_by_one_run(self):
        self.make("gate", GATE)
        self.make("last", SCORE)
        names = [f"flood{i}" for i in range(20)]
        for name in names:
            self.make(name, "#!/bin/sh\nsleep 0.2\necho 1/1 > /grade_oven/output/score\n")
        gate = self.occupy()
        for i in range(500):
            self.student.submit("cs101", names[i % len(names)], {"a": b"%d" % i})
        waiting = self.rows("SELECT count(*) FROM runs WHERE state = 'queued'")[0][0]
        self.assertEqual(waiting, len(names))  # the older of an assignment were superseded
        place = self.other.submit("cs101", "last", {"a": b"x"})
        self.assertEqual(self.other.json(place)["run"]["wait"]["ahead"], 0)
        self.free(gate)
        self.assertEqual(self.other.wait_for_run(place)["state"], "finished")
        (queued, started), = self.rows(
            "SELECT r.queued_us, r.started_us FROM runs r JOIN users u ON u.id = r.user_id WHERE u.username = 'other'")
        between = self.rows("SELECT count(*) FROM runs WHERE started_us > ? AND started_us < ?", queued, started)
        self.assertEqual(between[0][0], 0)  # only the run that went on already was waited for
        self.assertEqual(self.rows("SELECT count(*) FROM submissions")[0][0], 502)

    def test_a_newer_submission_supersedes_the_waiting_one_which_can_be_graded_on_demand(self):
        self.make("gate", GATE)
        self.make("twice", SCORE)
        gate = self.occupy(self.other)
        first = self.student.submit("cs101", "twice", {"a": b"1"})
        second = self.student.submit("cs101", "twice", {"a": b"2"})
        run = self.student.json(first)["run"]
        self.assertEqual((run["state"], run["can_demand"]), ("cancelled", True))
        self.assertIn("You submitted again", run["explanation"])
        self.assertIn("Grade this one as well", self.student.get(first).text)
        self.assertEqual(self.other.post(first + "/demand").status, 404)
        self.assertEqual(self.student.post(first + "/demand").status, 303)
        self.assertEqual(self.student.post(first + "/demand").status, 409)
        self.free(gate)
        for place in (first, second):
            self.assertEqual(self.student.wait_for_run(place)["score"]["earned"], "1")
        self.assertEqual(self.student.post(second + "/demand").status, 409)

    def test_the_wait_is_told_with_place_and_estimate(self):
        self.make("gate", GATE)
        place = self.occupy(self.other, tenths=20)
        self.assertEqual(self.student.json("/courses/cs101")["course"]["is_paused"], False)
        self.assertIsNone(self.other.json(place)["run"]["wait"])
        self.other.wait_for_run(place)
        self.occupy(self.other, tenths=30)
        waiting = self.student.submit("cs101", "gate", {"tenths": b"20"})
        run = self.student.json(waiting)["run"]
        self.assertEqual((run["wait"]["reason"], run["wait"]["ahead"]), ("turn", 0))
        # what a run took before: some 2 s; the one that goes on counts as half through
        (took,), = self.rows("SELECT run_us / 1e6 FROM assignments WHERE name = 'gate'")
        self.assertGreater(took, 2)
        self.assertAlmostEqual(run["wait"]["starts_in_seconds"], took / 2, delta=1)
        self.assertAlmostEqual(run["wait"]["ends_in_seconds"], took * 1.5, delta=1)
        self.assertIn("Next in the queue. The result should be there in about", run["explanation"])
        self.student.wait_for_run(waiting)

    def test_reruns_stand_behind_what_students_wait_for(self):
        self.make("gate", GATE)
        self.make("fresh", SCORE)
        old = self.student.submit("cs101", "fresh", {"a": b"1"})
        self.student.wait_for_run(old)
        gate = self.occupy(self.other)
        self.assertEqual(self.teacher.post(old + "/rerun").status, 303)
        new = self.other.submit("cs101", "fresh", {"a": b"2"})
        self.assertEqual(self.student.json(old)["run"]["wait"]["ahead"], 1)
        self.assertEqual(self.other.json(new)["run"]["wait"]["ahead"], 0)
        self.free(gate)
        self.other.wait_for_run(new)
        self.student.wait_for_run(old)
        started = self.rows("SELECT reason FROM runs ORDER BY started_us DESC LIMIT 2")
        self.assertEqual(started, [("rerun",), ("submit",)])


class Steering(QueueTest):
    def test_staff_cancel_what_waits_and_what_runs(self):
        self.make("gate", GATE)
        running = self.occupy()
        waiting = self.other.submit("cs101", "gate", {"tenths": b"0"})
        self.assertEqual(self.student.post(running + "/cancel").status, 403)
        self.assertEqual(self.teacher.post(waiting + "/cancel").status, 303)
        self.assertEqual(self.teacher.post(waiting + "/cancel").status, 409)
        self.assertEqual(self.teacher.post(running + "/cancel").status, 303)
        for who, place in ((self.student, running), (self.other, waiting)):
            run = who.json(place)["run"]
            self.assertEqual((run["state"], run["explanation"]), ("cancelled", "Grading was stopped by staff."))
            self.assertFalse(run["can_demand"])
        # the place is free at once, and not when the ten minutes are over
        last = self.other.submit("cs101", "gate", {"tenths": b"0"})
        self.assertEqual(self.other.wait_for_run(last, 20)["state"], "finished")
        self.assertEqual(self.rows("SELECT ended_by FROM runs WHERE state = 'cancelled'"), [("instructor",)] * 2)

    def test_staff_put_a_run_first(self):
        self.make("gate", GATE)
        self.make("quick", SCORE)
        gate = self.occupy()
        early = self.student.submit("cs101", "quick", {"a": b"1"})
        late = self.other.submit("cs101", "quick", {"a": b"2"})
        third = self.student.submit("cs101", "order-report", {"report.sh": b"1"})
        self.assertEqual(self.student.post(third + "/prioritise").status, 403)
        self.assertEqual(self.teacher.post(third + "/prioritise").status, 303)
        self.assertEqual(self.student.json(third)["run"]["wait"]["ahead"], 0)
        self.free(gate)
        for who, place in ((self.student, early), (self.other, late), (self.student, third)):
            who.wait_for_run(place)
        order = self.rows("SELECT a.name FROM runs r JOIN assignments a ON a.id = r.assignment_id ORDER BY r.started_us")
        self.assertEqual([name for name, in order], ["gate", "order-report", "quick", "quick"])

    def test_a_paused_course_keeps_what_is_submitted_until_it_goes_on(self):
        self.make("quick", SCORE)
        self.assertEqual(self.student.post("/courses/cs101/pause", {"pause": "1"}).status, 403)
        self.assertEqual(self.teacher.post("/courses/cs101/pause", {"pause": "1"}).status, 303)
        place = self.student.submit("cs101", "quick", {"a": b"1"})
        run = self.student.json(place)["run"]
        self.assertEqual((run["state"], run["wait"]["reason"]), ("queued", "paused"))
        self.assertIn("paused", run["explanation"])
        self.assertIn("Grading is paused", self.student.get("/courses/cs101").text)
        self.assertTrue(self.admin.json("/admin")["queue"][0]["is_paused"])
        self.assertEqual(self.teacher.post("/courses/cs101/pause", {"pause": "0"}).status, 303)
        self.assertEqual(self.student.wait_for_run(place)["state"], "finished")

    def test_an_admin_drains_the_queue_and_lets_it_go_on(self):
        self.make("gate", GATE)
        running = self.occupy(tenths=10)
        self.assertEqual(self.teacher.post("/admin/drain", {"drain": "1"}).status, 403)
        self.assertEqual(self.admin.post("/admin/drain", {"drain": "1"}).status, 303)
        place = self.other.submit("cs101", "gate", {"tenths": b"0"})
        self.assertEqual(self.student.wait_for_run(running)["state"], "finished")
        run = self.other.json(place)["run"]
        self.assertEqual((run["state"], run["wait"]["reason"]), ("queued", "drained"))
        page = self.admin.json("/admin")
        self.assertTrue(page["is_drained"])
        self.assertEqual((page["queue"][0]["course"], page["queue"][0]["awaited"]), ("cs101", 1))
        self.assertEqual(self.admin.post("/admin/drain", {"drain": "0"}).status, 303)
        self.assertEqual(self.other.wait_for_run(place)["state"], "finished")

    def test_an_admin_weighs_a_course(self):
        self.assertEqual(self.admin.post("/admin/weight", {"course": "cs101", "weight": "3"}).status, 303)
        self.assertEqual(self.admin.json("/admin/courses")["courses"][0]["weight"], 3)
        for wrong in ("0", "101", "x", ""):
            answer = self.admin.post("/admin/weight", {"course": "cs101", "weight": wrong})
            self.assertEqual(answer.status, 422)
            self.assertIn("from 1 to 100", answer.text)
        self.assertEqual(self.admin.json("/admin/courses")["courses"][0]["weight"], 3)


class Outcomes(QueueTest):
    def test_a_broken_stage_is_told_to_staff_and_not_held_against_the_student(self):
        self.make("broken", "#!/no/such/interpreter\n")
        place = self.student.submit("cs101", "broken", {"a": b"1"})
        run = self.student.wait_for_run(place)
        self.assertEqual((run["state"], run["outcome"], run["label"]),
                         ("finished", "cannot be graded", "cannot be graded"))
        self.assertIn("It does not count against you", run["explanation"])
        self.assertNotIn("troubles", json.dumps(self.student.json("/courses/cs101")))
        listed = [one for one in self.teacher.json("/courses/cs101")["assignments"] if one["name"] == "broken"]
        self.assertEqual(listed[0]["troubles"], 1)
        page = self.teacher.json("/courses/cs101/assignments/broken/submissions?show=trouble")
        self.assertEqual([one["username"] for one in page["submissions"]], ["student"])
        self.teacher.upload("/courses/cs101/assignments/broken/versions", {},
                            [("archive", "a.tar.gz", assignment(SCORE))])
        self.assertEqual(self.teacher.post(place + "/rerun").status, 303)
        wait_until("it is graded", lambda: self.student.json(place)["run"]["outcome"] == "graded")
        page = self.teacher.get("/courses/cs101/assignments/broken/submissions?show=trouble")
        self.assertIn("All of them are graded", page.text)

    def test_a_graded_run_says_what_it_was_made_with(self):
        self.make("quick", SCORE)
        place = self.student.submit("cs101", "quick", {"a": b"1"})
        made = self.student.wait_for_run(place)["made_with"]
        self.assertEqual(made["version"], 1)
        self.assertRegex(made["submission"], "^[0-9a-f]{64}$")
        self.assertRegex(made["stages"], "^[0-9a-f]{64}$")
        self.assertIn("sha256:", made["image"])
        self.assertIn("512 MiB", made["limits"])
        self.assertRegex(made["oven"], "^[0-9a-f]{12,}$")
        self.assertNotIn("engine", made)
        self.assertIn("docker.sock", self.teacher.json(place)["run"]["made_with"]["engine"])
        self.assertIn("How it was graded", self.student.get(place).text)


class NoOven(QueueTest):
    directives = "GradeOvenDocker unix:///run/no-such-engine.sock"

    def test_without_an_engine_a_submission_waits_for_an_oven_and_the_admin_sees_why(self):
        place = self.student.submit("cs101", "order-report", {"report.sh": b"x"})
        run = wait_until("the trouble is told", lambda: (
            lambda one: one if one["wait"]["reason"] == "oven" else None)(self.student.json(place)["run"]))
        self.assertEqual(run["state"], "queued")
        self.assertIn("Waiting for an oven", run["explanation"])
        self.assertNotIn("no-such-engine", json.dumps(run))
        self.assertEqual(self.rows("SELECT attempts FROM runs"), [(0,)])
        self.assertIn("/run/no-such-engine.sock", self.admin.get("/admin").text)


if __name__ == "__main__":
    unittest.main()
