"""The same stages, run three ways: by the site, by `docker run --rm` with one container a stage as
a plain autograder would, and by fork and exec with no isolation at all.

A stage finds its output directory in $OUT, and its sandbox, if there is one, by itself; so that the
three do the same work. The way of the site does more: its sandbox isolates.
"""
import atexit
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time

from bench_site import COURSE, engine_containers, harness

LABEL = f"gradeoven.bench={os.getpid()}"  # of the containers that the CLI makes
HEAD = "#!/bin/sh\nout=${OUT:-/grade_oven/output}\n"
TRIVIAL = {"test": HEAD + 'echo "Test 1" >> $out/status\necho 1/1 > $out/score\n'}
THREE = {name: HEAD + f'echo "{name}" >> $out/status\necho 1/1 > $out/score\n' for name in ("one", "two", "three")}
C_PROGRAM = """#include <stdio.h>
int main(void) {
    int a, b;
    while (scanf("%d %d", &a, &b) == 2) printf("%d\\n", a + b);
    return 0;
}
"""
C_BUILD_TEST = {
    "build": HEAD + 'echo "Compiling" >> $out/status\ngcc -O1 -Wall -o program main.c || echo "no build" >> $out/errors\n',
    "tests": HEAD + """box=$(command -v sandbox >/dev/null && echo "sandbox --time 5 --")
points=0
for case in 1 2 3; do
    echo "Test $case" >> $out/status
    [ "$(echo "$case 40" | $box ./program)" = $((case + 40)) ] && points=$((points + 1))
done
echo $points/3 > $out/score
"""}
SPIN = {"test": HEAD + 'echo "Computing" >> $out/status\ntimeout 3 sh -c "while :; do :; done"\necho 1/1 > $out/score\n'}
# assignment: (its stages, what is handed in)
ASSIGNMENTS = {"trivial": (TRIVIAL, {"answer.txt": b"42\n"}),
               "three": (THREE, {"answer.txt": b"42\n"}),
               "c": (C_BUILD_TEST, {"main.c": C_PROGRAM.encode()}),
               "spin": (SPIN, {"answer.txt": b"42\n"})}


class Workshop:
    """The files of an assignment on the host, for the contestants without a site."""

    def __init__(self, name):
        self.stages, files = ASSIGNMENTS[name]
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="go-bench-", dir="/tmp"))
        atexit.register(self.remove)  # also when a measurement fails
        for stage, main in self.stages.items():
            (self.root / stage).mkdir()
            (self.root / stage / "main").write_text(main)
            (self.root / stage / "main").chmod(0o755)
        self.files = files

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def begin(self):
        """A fresh submission and output directory, as each run has."""
        place = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=self.root))
        for name in ("submission", "output"):
            (place / name).mkdir()
        for name, content in self.files.items():
            (place / "submission" / name).write_bytes(content)
        return place

    def check(self, place):
        score = (place / "output/score").read_text()
        assert re.fullmatch(r"(\d+)/\1\n", score), score

    def docker_run(self):
        """Seconds from the first container's start to the score."""
        place = self.begin()
        began = time.perf_counter()
        for stage in self.stages:
            subprocess.run(["docker", "run", "--rm", "--network=none", f"--label={LABEL}", "-w", "/grade_oven/submission",
                            "-v", f"{self.root / stage}:/grade_oven/{stage}:ro",
                            "-v", f"{place}/submission:/grade_oven/submission",
                            "-v", f"{place}/output:/grade_oven/output",
                            harness.IMAGE, f"/grade_oven/{stage}/main"],
                           check=True, capture_output=True, timeout=60)
        self.check(place)
        seconds = time.perf_counter() - began
        shutil.rmtree(place)
        return seconds

    @staticmethod
    def wait_until_gone():
        """The CLI does not wait for the removal of its containers; it belongs to their cost."""
        harness.wait_until("no container of docker run is left",
                           lambda: not engine_containers(label=LABEL), 30)

    def fork_exec(self):
        place = self.begin()
        environment = {"PATH": "/usr/bin:/bin", "OUT": str(place / "output")}
        old = os.getcwd()
        os.chdir(place / "submission")
        try:
            began = time.perf_counter()
            for stage in self.stages:
                main = str(self.root / stage / "main")
                _, status = os.waitpid(os.posix_spawn(main, [main], environment), 0)
                assert status == 0, stage
            self.check(place)
            seconds = time.perf_counter() - began
        finally:
            os.chdir(old)
        shutil.rmtree(place)
        return seconds

    def docker_runs(self, count, workers):
        """`count` runs by so many workers at once; the seconds of all together."""
        began = time.perf_counter()
        left = list(range(count))

        def work():
            while left:
                try:
                    left.pop()
                except IndexError:
                    return
                self.docker_run()
        crew = [threading.Thread(target=work) for _ in range(workers)]
        for one in crew:
            one.start()
        for one in crew:
            one.join()
        return time.perf_counter() - began


class Watched:
    """One submission through the page, polled like a browser does, without a pause. Seconds:
    `post` for the request itself; from its answer: `first` status line, final `score`."""

    def __init__(self, site, name, seconds=60):
        visitor, base = site.student, f"/courses/{COURSE}/assignments/{name}"
        once = visitor.json(base)["once"]
        files = [("files", file, content) for file, content in ASSIGNMENTS[name][1].items()]
        began = time.perf_counter()
        answer = visitor.upload(base + "/submissions", {"once": once}, files)
        answered = time.perf_counter()
        assert answer.status == 303, answer.text
        self.post, self.first, self.polls = answered - began, None, 0
        place = re.sub(r"^https?://[^/]*|\?.*$", "", answer.location)
        headers = {"Accept": "application/json"}
        while True:
            answer = visitor.get(place, **headers)
            now = time.perf_counter()
            self.polls += 1
            assert now - answered < seconds, f"no score in {seconds} s: {answer.text}"
            if answer.status == 304:
                continue
            headers["If-None-Match"] = answer.headers["ETag"]
            run = answer.json()["run"]
            if self.first is None and run["status"]:
                self.first = now - answered
            if not run["is_waiting"]:
                break
        assert run["state"] == "finished" and run["score"]["earned"] == run["score"]["possible"], run
        self.score = now - answered
