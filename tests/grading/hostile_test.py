#!/usr/bin/env python3
"""The kit of attacks (tests/hostile), baked by `gradeovenctl hostile`: each attack is a test here. Then
what one run alone cannot show: that nothing is left, that the judge sees what gets through, what
happens when files change while they are read, and what a neighbour feels.

Environment: GRADEOVEN_SLOW=1 also tries the slow attacks and the neighbours, for minutes.
"""
import glob
import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import threading
import time
import unittest

from grade_harness import DEADLINE, GRADEOVENCTL, IMAGE, OVEN_BINARY, GradeTest, stage, wait_until, write

KIT = pathlib.Path(GRADEOVENCTL).resolve().parent.parent / "share/gradeoven/hostile"
SLOW = os.environ.get("GRADEOVEN_SLOW") == "1"
SURVIVORS = (b"/grade_oven/", b"sleep\x003600")


def hostile(*arguments):
    return [GRADEOVENCTL, "hostile", "--oven", OVEN_BINARY, "--image", IMAGE, *arguments]


def orphans():
    """Containers of gradeovenctl whose owner lives no more."""
    found = subprocess.run(["docker", "ps", "-a", "--filter", "label=gradeoven.owner", "--format",
                            '{{.ID}} {{.Label "gradeoven.owner"}} {{.Label "gradeoven.site"}}'],
                           check=True, capture_output=True, text=True)
    alive = pathlib.Path("/proc/net/unix").read_text()
    containers = [line.split(" ", 2) for line in found.stdout.splitlines()]
    return [container for container, owner, site in containers
            if site.startswith("gradeovenctl@") and "@gradeoven/owner/" + owner not in alive]


def survivors():
    """Processes of the host that the kit has started, in whatever container."""
    found = {}
    for path in glob.glob("/proc/[0-9]*"):
        try:
            command = pathlib.Path(path, "cmdline").read_bytes()
            if os.stat(path).st_uid >= 20000 and any(part in command for part in SURVIVORS):
                found[path] = command
        except OSError:
            pass
    return found


def files():
    return set(glob.glob("/tmp/gradeovenctl-*") + glob.glob("/tmp/slipped-*"))


class Kit(unittest.TestCase):
    """One test for each attack is added below."""

    @classmethod
    def setUpClass(cls):
        cls.files_before, cls.survivors_before = files(), set(survivors())
        done = subprocess.run(hostile("--json", *(["--all"] if SLOW else [])), capture_output=True, text=True,
                              timeout=900)
        cls.errors, cls.status = done.stderr, done.returncode
        cls.results = {one["name"]: one for one in json.loads(done.stdout)}

    def test_there_are_at_least_sixty(self):
        self.assertGreaterEqual(len(self.results), 60, self.errors)

    def test_no_container_is_left(self):
        wait_until(lambda: not orphans(), lambda: f"containers are left: {orphans()}")

    def test_no_process_is_left(self):
        wait_until(lambda: set(survivors()) <= self.survivors_before, lambda: f"processes are left: {survivors()}")

    def test_no_file_is_left(self):
        wait_until(lambda: files() <= self.files_before, lambda: f"files are left: {files() - self.files_before}")

    def test_the_exit_status_says_whether_all_held(self):
        self.assertEqual(self.status, 0 if all(one["held"] for one in self.results.values()) else 1, self.errors)


def add_test(path):
    expected = json.loads(path.read_text())
    if expected.get("slow") and not SLOW:
        return
    name = path.parent.name

    def test(self):
        self.assertIn(name, self.results, self.errors)
        self.assertTrue(self.results[name]["held"], f"{expected['attack']} {self.results[name]['why']}")
    setattr(Kit, "test_" + name.replace("-", "_"), test)


for expectation in sorted(KIT.glob("attacks/*/expect.json")):
    add_test(expectation)


class Judge(GradeTest):
    """A kit that always holds would be worthless: each way in which an attack can get through is told."""

    def judge(self, expected, submission=None, assignment=None):
        """Bakes a kit of one attack, graded by the kit's sum unless it has its own assignment."""
        kit = self.path("kit")
        shutil.rmtree(kit, ignore_errors=True)
        shutil.copytree(KIT / "assignments", kit + "/assignments")
        shutil.copytree(KIT / "common", kit + "/common")
        shared = {} if assignment else {"assignment": "sum"}
        write(kit, {"attacks/one/expect.json": json.dumps({"attack": "It tries.", **shared, **expected})})
        if assignment:
            write(kit + "/attacks/one/assignment", {"stages": "tests\n", **assignment})
        write(kit + "/attacks/one/submission", submission or {"main.sh": ". ./attempt.sh\nanswer\n"})
        done = subprocess.run(hostile("--kit", kit), capture_output=True, text=True, timeout=DEADLINE)
        return done.returncode, done.stdout + done.stderr

    def assert_told(self, what, *arguments, **named):
        status, text = self.judge(*arguments, **named)
        self.assertEqual(status, 1, text)
        self.assertIn("FAILED one: ", text)
        self.assertIn(what, text)

    def test_what_is_as_expected_holds(self):
        self.assertEqual(self.judge({"score": "2/2"})[0], 0)

    def test_a_score_that_should_not_be_is_told(self):
        self.assert_told("its score is 2/2 instead of 0/2", {"score": "0/2"})
        self.assert_told("its score is 2/2 instead of none", {"score": None})

    def test_an_attack_that_reports_a_breach_is_told(self):
        self.assert_told("BREACH: it can be done", {"score": "2/2"},
                         {"main.sh": ". ./attempt.sh\nattempt 'it can be done' true\nanswer\n"})

    def test_what_a_call_leaves_behind_is_told(self):
        main = ("#!/bin/bash\n. /grade_oven/tests/inspect\ntouch /tmp/left\necho 1/1 > /grade_oven/output/score\n"
                "inspect >> /grade_oven/output/debug\n")
        self.assert_told("BREACH: files are left: /tmp/left", {"score": "1/1"}, assignment={
            "tests/main": main, "tests/inspect": (KIT / "assignments/sum/tests/inspect").read_text()})

    def test_missing_and_forbidden_texts_are_told(self):
        self.assert_told('status lacks "Case 3"', {"score": "2/2", "texts": {"status": {"has": ["Case 3"]}}})
        self.assert_told("status has: Case 2", {"score": "2/2", "texts": {"status": {"lacks": ["Case 2"]}}})

    def test_another_end_of_a_stage_and_too_much_time_are_told(self):
        self.assert_told('ended by "exit 0" instead of "timed out"', {"score": "2/2", "stages": ["timed out"]})
        self.assert_told("and may take 0.0 s", {"score": "2/2", "max_seconds": 0.001})

    def test_an_archive_that_is_taken_in_is_told(self):
        self.assert_told("it was not refused", {"state": "refused", "error": "slip"})

    def test_an_expectation_that_is_misspelt_is_told(self):
        self.assert_told("expect.json", {"score": "2/2", "max_second": 3})
        self.assert_told('needs "error" when refused', {"state": "refused"})
        self.assert_told('"podman" needs', {"score": "2/2", "podman": {"score": "0/2"}})


class WhileItIsRead(GradeTest):
    """Files that change under the reader: a clear end, whatever it is, and never a crash."""

    def grade_while(self, change, submission):
        ends, stop = set(), threading.Event()

        def keep_changing():
            while not stop.is_set():
                change()
        changer = threading.Thread(target=keep_changing)
        changer.start()
        try:
            for _ in range(8):
                done = subprocess.run(self.command("--json", self.assignment({"tests": stage("echo 1/1 > ../output/score")}),
                                                   submission), capture_output=True, text=True, timeout=DEADLINE)
                self.assertIn(done.returncode, (0, 1, 2), done.stderr)
                self.assertNotIn("Sanitizer", done.stderr)
                if done.returncode == 2:
                    self.assertTrue(done.stderr.startswith("gradeovenctl: "), done.stderr)
                else:
                    run = json.loads(done.stdout)
                    self.assertEqual(run["score"] is not None, run["state"] == "finished", run)
                    self.assertEqual(run["problem"] is None, run["state"] == "finished", run)
                ends.add(done.returncode)
        finally:
            stop.set()
            changer.join()
        return ends

    def test_an_archive_that_changes_while_it_is_read(self):
        path = self.path("a.tar")
        with tarfile.open(path, "w") as archive:
            for i in range(400):
                info = tarfile.TarInfo(f"file{i}")
                info.size = 20000
                archive.addfile(info, io.BytesIO(os.urandom(20000)))
        whole = pathlib.Path(path).read_bytes()
        state = [0]

        def change():
            state[0] += 1
            with open(path, "r+b") as file:
                if state[0] % 3 == 0:
                    file.truncate(len(whole) // 2)
                elif state[0] % 3 == 1:
                    file.write(whole)
                else:
                    file.seek(len(whole) // 3)
                    file.write(os.urandom(4096))
        self.assertTrue(self.grade_while(change, path) & {1, 2})

    def test_a_directory_that_changes_while_it_is_read(self):
        root = pathlib.Path(self.submission({"a.bin": b"x" * 3000000, "b.bin": b"y" * 3000000}))
        state = [0]

        def change():
            state[0] += 1
            one = root / "a.bin"
            kind = state[0] % 4
            if kind == 0:
                os.truncate(root / "b.bin", 100)
            elif kind == 1:
                (root / "b.bin").write_bytes(b"y" * 3000000)
            elif kind == 2:
                one.unlink(missing_ok=True)
                one.symlink_to("/etc/passwd")
            else:
                one.unlink(missing_ok=True)
                one.write_bytes(b"x" * 3000000)
        self.grade_while(change, str(root))


@unittest.skipUnless(SLOW, "takes minutes: GRADEOVEN_SLOW=1")
class Neighbours(GradeTest):
    """An honest run beside a bomb takes as long as beside an honest one that keeps a processor busy for
    the same time; both are started again and again, since making containers costs as much for either."""
    ALLOWED = 1.10
    TRIES = 6  # what the machine does besides is not ours: the best of them counts, on both sides
    BOMBS = ("fork-bomb", "fork-bomb-that-starts-again", "cpu-bomb", "memory-bomb-of-many-processes", "inode-bomb",
             "descriptor-bomb", "output-bomb", "exec-bomb", "status-lines-without-end", "flood-of-file-events",
             "progress-updates-without-end", "sandbox-protocol-fuzzed", "disk-bomb-that-is-cleared-up")
    WORK = "python3 -c 'x = 0\nfor i in range(12000000): x = (x * 31 + i) % 1000003\nprint(x)'\necho 1/1 > ../output/score"

    def measure(self, beside):
        """Wall and CPU milliseconds of the honest run, while `beside` is started again and again."""
        stop = threading.Event()

        def keep_going():
            while not stop.is_set():
                subprocess.run(beside, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        neighbour = threading.Thread(target=keep_going)
        neighbour.start()
        try:
            time.sleep(0.5)  # so that it is in the middle of it, not for anything to be true
            result, ended = self.grade_main(*self.WORK.split("\n"))
            self.assertEqual(result["score"]["earned"], "1")
        finally:
            stop.set()
            neighbour.join()
        return ended["wall_ms"], ended["cpu_ms"]

    def test_no_bomb_slows_its_neighbour(self):
        empty, slowed = self.seconds(self.busy(0)), {}
        for bomb in self.BOMBS:
            busy = self.busy(max(self.seconds(hostile(bomb)) - empty, 0))
            beside, ordinary = [], []
            for _ in range(self.TRIES):
                beside.append(self.measure(hostile(bomb)))
                ordinary.append(self.measure(busy))
                wall, cpu = (min(a) / min(b) for a, b in zip(zip(*beside), zip(*ordinary)))
                if wall <= self.ALLOWED:
                    break
            print(f"beside {bomb}: {wall:.2f} of the wall time, {cpu:.2f} of the CPU time", flush=True)
            if wall > self.ALLOWED:
                slowed[bomb] = wall, cpu
        self.assertFalse(slowed)

    @staticmethod
    def seconds(command):
        started = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=120)
        return time.monotonic() - started

    def busy(self, seconds):
        """What bakes an honest run that computes for so long."""
        kit = self.path(f"busy-{seconds}")
        write(kit, {"attacks/busy/expect.json": '{"attack": "Nothing.", "score": null}', "common/x": "",
                    "attacks/busy/submission/x.txt": "x", "attacks/busy/assignment/stages": "tests\n",
                    "attacks/busy/assignment/tests/main": "#!/usr/bin/env python3\nimport time\n"
                    f"end = time.monotonic() + {seconds}\nwhile time.monotonic() < end: pass\n"})
        return hostile("--kit", kit)


if __name__ == "__main__":
    unittest.main()
