"""Every solution and every typical mistake of the demo course gets exactly the score that its
expected.json says, through `gradeovenctl grade`, two at a time as an instructor might run them."""
import concurrent.futures
import decimal
import json
import pathlib
import subprocess
import unittest

from grade_harness import DEADLINE, GRADEOVENCTL, IMAGE, OVEN_BINARY

DEMO = pathlib.Path(__file__).resolve().parents[2] / "conf/demo"
ASSIGNMENTS = sorted(path.parent for path in DEMO.glob("*/expected.json"))


def grade(assignment, submission):
    """What `gradeovenctl grade --json` says about a submission of the demo course."""
    done = subprocess.run(
        [GRADEOVENCTL, "grade", "--json", "--oven", OVEN_BINARY, "--image", IMAGE,
         assignment / "assignment", assignment / submission],
        capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert done.returncode == 0, f"{assignment.name} {submission}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def fraction(earned, possible):
    return decimal.Decimal(earned), decimal.Decimal(possible)


class DemoTest(unittest.TestCase):
    def test_each_submission_is_expected_and_each_expectation_has_its_submission(self):
        self.assertEqual(len(ASSIGNMENTS), 3)
        for assignment in ASSIGNMENTS:
            found = {"solution", *(f"wrong/{path.name}" for path in (assignment / "wrong").iterdir())}
            self.assertEqual(found, set(json.loads((assignment / "expected.json").read_text())))
            self.assertGreaterEqual(len(found), 4, f"{assignment.name}: three mistakes at least")

    def test_each_assignment_passes_its_check_without_a_warning(self):
        for assignment in ASSIGNMENTS:
            with self.subTest(assignment.name):
                done = subprocess.run([GRADEOVENCTL, "assignment", "check", assignment / "assignment"],
                                      capture_output=True, text=True, timeout=DEADLINE, check=False)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertNotIn("warning:", done.stdout + done.stderr)


def test_of(assignment):
    """A test that grades all submissions of one assignment."""
    def test(self):
        expected = json.loads((assignment / "expected.json").read_text())
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            results = pool.map(lambda submission: grade(assignment, submission), expected)
        for (submission, right), result in zip(expected.items(), results):
            with self.subTest(submission):
                self.assertEqual(result["state"], right["state"], result)
                self.assertEqual(fraction(**result["score"]), fraction(*right["score"].split("/")),
                                 result)
                self.assertTrue(result["status"], "a person who waits is told something")
    return test


for each in ASSIGNMENTS:
    setattr(DemoTest, f"test_scores_of_{each.name.replace('-', '_')}", test_of(each))

if __name__ == "__main__":
    unittest.main()
