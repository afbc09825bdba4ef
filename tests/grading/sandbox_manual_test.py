#!/usr/bin/env python3
"""man/sandbox.1.scd is true: its examples are taken from the page and run as stages, with honest and
with cheating submissions, and its lists of options and of the report's keys are the program's."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from oven_harness import OvenTest, set_up_module, tear_down_module

setUpModule, tearDownModule = set_up_module, tear_down_module

ROOT = pathlib.Path(os.environ.get("srcdir", pathlib.Path(__file__).resolve().parents[2]))
PAGE = (ROOT / "man/sandbox.1.scd").read_text(encoding="utf-8")


def section(title):
    return re.search(rf"^# {title}\n(.*?)(?=^# |\Z)", re.sub(r"^(```.*?^```)$", hide, PAGE, flags=re.M | re.S),
                     re.M | re.S).group(1).replace("\0", "#")


def hide(block):
    """A line of a program that begins with # is no heading."""
    return re.sub(r"^#", "\0", block.group(0), flags=re.M)


def blocks(text):
    return [block.replace("\\\\", "\\") for block in re.findall(r"^```\n(.*?)^```$", text, re.M | re.S)]


def examples():
    """Heading -> the files of the stage; a block is `main`, or begins with "# NAME:"."""
    found = {}
    for part in re.split(r"^## ", re.sub(r"^#(?!#)", "\0", section("EXAMPLES"), flags=re.M), flags=re.M)[1:]:
        heading, text = part.replace("\0", "#").split("\n", 1)
        found[heading] = {"main" if block.startswith("#!") else re.match(r"# ([\w.]+):", block).group(1): block
                          for block in blocks(text)}
    return found


EXAMPLES = examples()
TRIED = set()

FORGE_PY = """
import os
for path, text in (("/grade_oven/output/score", "1/1"), ("/grade_oven/stage/expected", "forged")):
    try: open(path, "w").write(text)
    except OSError: pass
"""


class Manual(OvenTest):
    def bake(self, heading, files, submission):
        """Score and everything told, of a submission in a fresh oven whose one stage is the example."""
        TRIED.add(heading)
        oven = self.open(submission=submission, memory="512m")
        end = oven.stage("stage", EXAMPLES[heading]["main"],
                         {**{name: text for name, text in EXAMPLES[heading].items() if name != "main"}, **files},
                         env=("GRADEOVEN_STAGE=stage",))
        self.assertEqual(end.signal, 0)
        return oven.outputs["score"].decode().strip(), oven

    def test_programs_in_c(self):
        heading = "Programs in C, with an input and an expected output for each test"
        tests = {f"{n}.in": f"{n}\n" for n in range(1, 11)} | {f"{n}.expected": f"{n * n}\n" for n in range(1, 11)}
        right = '#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); printf("%d\\n", n * n); }\n'
        score, oven = self.bake(heading, tests, {"program.c": right})
        self.assertEqual((score, oven.outputs["errors"], oven.outputs["progress"].strip()), ("10/10", b"", b"10/10"))
        score, oven = self.bake(heading, tests, {"program.c": right.replace("n * n", "n + n")})
        self.assertEqual((score, oven.outputs["errors"].count(b"failed")), ("1/10", 9))
        score, oven = self.bake(heading, tests, {"program.c": '#include "/grade_oven/stage/1.expected"\n'})
        self.assertEqual(score, "0/10")
        self.assertIn(b"Permission denied", oven.outputs["errors"])
        cheat = ('#include <stdlib.h>\nint main(void) { system("echo 10/10 > /grade_oven/output/score;'
                 ' cat /grade_oven/stage/*.expected; kill -9 -1"); }\n')
        self.assertEqual(self.bake(heading, tests, {"program.c": cheat})[0], "0/10")

    def test_a_program_in_python(self):
        heading = "A program in Python, and why it failed"
        files = {"input": "1 2\n", "expected": "3\n"}
        score, oven = self.bake(heading, files, {"submission.py": "print(sum(map(int, input().split())))"})
        self.assertEqual(score, "1/1")
        self.assertIn(b'"timed_out":false', oven.outputs["debug"])
        for program, reason in (("while True: pass", b"longer than 5 seconds"), ("1 / 0", b"with an error"),
                                (FORGE_PY + "print(4)", b"something else")):
            score, oven = self.bake(heading, files, {"submission.py": program})
            self.assertEqual(score, "0/1")
            self.assertIn(reason, oven.outputs["errors"])

    def test_files_in_and_out(self):
        heading = "A file that the program reads, and one that it writes"
        files = {"data.csv": "b\na\n", "expected.csv": "a\nb\n"}
        right = "import sys\nopen('result.csv', 'w').writelines(sorted(open(sys.argv[1])))"
        self.assertEqual(self.bake(heading, files, {"analyse.py": right})[0], "1/1")
        for wrong in (right.replace("sorted", ""), "pass", FORGE_PY,
                      "import os\nos.symlink('/grade_oven/stage/expected.csv', 'result.csv')"):
            self.assertEqual(self.bake(heading, files, {"analyse.py": wrong})[0], "0/1", wrong)

    def test_unit_tests_in_python(self):
        heading = "Unit tests of functions in Python"
        right = "def fibonacci(n):\n    a, b = 0, 1\n    for _ in range(n): a, b = b, a + b\n    return a\n"
        self.assertEqual(self.bake(heading, {}, {"student.py": "print('hello')\n" + right})[0], "2/2")
        score, oven = self.bake(heading, {}, {"student.py": right.replace("0, 1", "1, 1")})
        self.assertEqual((score, oven.outputs["errors"]), ("0/2", b""))
        self.assertIn(b"!= 832040", oven.outputs["debug"])
        for cheat in ("import unittest, sys\nunittest.TestCase.assertEqual = print\nsys.exit(0)",
                      FORGE_PY + "class Any(int):\n    __eq__ = lambda *_: True\nfibonacci = lambda n: Any(n + 7)",
                      "import os\nos.write(3, b'{}')\nos._exit(0)", "print('0')\nfibonacci = print"):
            self.assertEqual(self.bake(heading, {}, {"student.py": cheat})[0], "0/2", cheat)
        planted = {name + ".py": "import os\nos.write(1, b'832040')\nos._exit(0)\n" for name in ("json", "os", "sys")}
        self.assertEqual(self.bake(heading, {}, {"student.py": right, **planted})[0], "2/2")

    def test_the_students_makefile(self):
        heading = "The student's makefile"
        files = {"expected": "hello\n"}
        program = {"hello.c": '#include <stdio.h>\nint main(void) { puts("hello"); }\n'}
        self.assertEqual(self.bake(heading, files, {**program, "Makefile": "hello: hello.c\n"})[0], "1/1")
        score, oven = self.bake(heading, files, {**program, "Makefile": "hello:\n\tgcc nothing.c\n"})
        self.assertEqual(score, "0/1")
        self.assertIn(b"nothing.c", oven.outputs["errors"])
        forging = "hello:\n\techo 1/1 > /grade_oven/output/score; cp /bin/false hello\n\tkill -9 -1\n"
        self.assertEqual(self.bake(heading, files, {**program, "Makefile": forging})[0], "0/1")

    def test_options_and_the_report_are_as_the_page_says(self):
        out = self.grade("#!/bin/sh\nsandbox --help; sandbox --report r -- true; cat r")
        documented = re.findall(r"^\*--([a-z-]+)\*", section("OPTIONS"), re.M)
        self.assertEqual(sorted(re.findall(r"^  --([a-z-]+)", out, re.M)), sorted(documented))
        self.assertEqual(list(json.loads(blocks(section("REPORT"))[0])), list(json.loads(out.splitlines()[-1])))

    def test_no_example_is_warned_about_by_the_check_of_assignments(self):
        with tempfile.TemporaryDirectory() as place:
            root = pathlib.Path(place)
            for number, files in enumerate(EXAMPLES.values()):
                for name, text in files.items():
                    path = root / str(number) / name
                    path.parent.mkdir(exist_ok=True)
                    path.write_text(text)
                    path.chmod(0o755)
            (root / "stages").write_text("".join(f"{number}\n" for number in range(len(EXAMPLES))))
            done = subprocess.run([os.environ.get("GRADEOVENCTL", "gradeovenctl"), "assignment", "check", root],
                                  capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("warning", done.stdout)

    def test_zz_every_example_of_the_page_was_tried(self):
        self.assertEqual(sorted(EXAMPLES), sorted(TRIED))
        self.assertEqual(sum(map(len, EXAMPLES.values())), len(blocks(section("EXAMPLES"))))


if __name__ == "__main__":
    unittest.main()
