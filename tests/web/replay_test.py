"""gradeovenctl replay: a grade can be made again, and what makes it come out differently is named."""
import sqlite3
import unittest

from harness import DEMO, Site
from pack import publish

STEADY = """#!/bin/bash
echo "Case 1 of $GRADEOVEN_USERNAME" >> /grade_oven/output/status
echo "attempt $GRADEOVEN_ATTEMPT, $(ulimit -n) files" >> /grade_oven/output/debug
cat /proc/sys/kernel/random/uuid > /dev/null
echo "to the console"
echo 3.5/10 > /grade_oven/output/score
exit 4
"""


class Replay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(directives="GradeOvenMemory 300M").start()
        cls.addClassCleanup(cls.site.stop)
        cls.site.load_demo()
        cls.student, cls.teacher = cls.site.browser("student"), cls.site.browser("instructor")

    def grade(self, name, main):
        publish(self.teacher, name, main)
        return self.run_of("cs101", name, {"a": b"x"})

    def run_of(self, course, name, files):
        place = self.student.submit(course, name, files)
        return self.student.wait_for_run(place)["made_with"]["run"]

    def change(self, sql, *values):
        with sqlite3.connect(self.site.state / "gradeoven.db", timeout=20) as database:
            self.assertEqual(database.execute(sql, values).rowcount, 1)

    def replay(self, run, *options):
        done = self.site.ctl("replay", *options, run, check=False)
        return done.returncode, done.stdout.strip(), done.stderr.strip()

    def test_a_demo_solution_is_graded_the_same_again(self):
        source = (DEMO / "roman-numerals/solution/roman.c").read_bytes()
        run = self.run_of("cs101", "roman-numerals", {"roman.c": source})
        self.assertEqual(self.replay(run)[:2], (0, f"identical: run {run}, 10/10"))

    def test_username_attempt_limits_and_a_failing_stage_come_out_the_same(self):
        run = self.grade("steady", STEADY)
        self.assertEqual(self.replay(run)[:2], (0, f"identical: run {run}, 3.5/10"))

    def test_a_stage_that_rolls_dice_is_found_out_by_its_first_other_line(self):
        run = self.grade("dice", "#!/bin/bash\necho same >> /grade_oven/output/status\n"
                                 "cat /proc/sys/kernel/random/uuid >> /grade_oven/output/status\n"
                                 "echo 1/1 > /grade_oven/output/score\n")
        status, said, _ = self.replay(run)
        self.assertEqual(status, 1)
        self.assertRegex(said, '^different: line 2 of the status was "[0-9a-f-]{36}" and is "[0-9a-f-]{36}"$')

    def test_a_score_that_was_changed_in_the_database_is_found_out(self):
        run = self.grade("forged", STEADY)
        self.change("UPDATE runs SET earned = 10000 WHERE id = ?", run)
        self.assertEqual(self.replay(run)[:2], (1, "different: the score was 10/10 and is 3.5/10"))

    def test_another_end_of_a_stage_and_another_console_are_found_out(self):
        run = self.grade("ends", STEADY)
        self.change("UPDATE run_stages SET exit_code = 0 WHERE run_id = ?", run)
        self.assertEqual(self.replay(run)[1], 'different: the stage "test" ended with exit status 0 and '
                                              "now with exit status 4")
        self.change("UPDATE run_stages SET exit_code = 4, console = 'other' || char(10) WHERE run_id = ?", run)
        self.assertIn('line 1 of the console of "test" was "other" and is "to the console"', self.replay(run)[1])

    def test_what_cannot_be_replayed_is_said(self):
        self.assertIn("There is no run 99999", self.replay(99999)[2])
        self.assertEqual(self.replay("x")[0], 2)
        run = self.grade("waiting", STEADY)
        self.change("UPDATE runs SET state = 'failed' WHERE id = ?", run)
        status, _, why = self.replay(run)
        self.assertEqual(status, 1)
        self.assertIn("Only a run that has finished", why)
        self.change("UPDATE runs SET state = 'finished', image = 'gone@sha256:' || ? WHERE id = ?", "0" * 64, run)
        self.assertIn("does not exist on the Docker engine", self.replay(run)[2])
        self.assertEqual(self.replay(run, "--image", "gradeoven:latest")[0], 0)


if __name__ == "__main__":
    unittest.main()
