"""Small assignments made in temporary directories, baked by `gradeovenctl grade`.

Environment: GRADEOVENCTL and OVEN_BINARY (the two programs), GRADEOVEN_IMAGE [gradeoven:latest].
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

GRADEOVENCTL = os.environ.get("GRADEOVENCTL", "gradeovenctl")
OVEN_BINARY = os.environ.get("OVEN_BINARY", "oven")
IMAGE = os.environ.get("GRADEOVEN_IMAGE", "gradeoven:latest")
DEADLINE = 60  # seconds; nothing here takes nearly as long


def wait_until(condition, what, seconds=DEADLINE):
    """Asks again until `condition()` is true; fails after the deadline, with `what` or what it answers."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what() if callable(what) else what}: not within {seconds} s")
        time.sleep(0.05)


def containers_of(owner_filter):
    """The ids of all containers, running or not, with this label."""
    out = subprocess.run(["docker", "ps", "-aq", "--no-trunc", "--filter", f"label={owner_filter}"],
                         check=True, capture_output=True, text=True).stdout
    return set(out.split())


def commands_in(container):
    """The command lines of all processes in a container; "top" says them for Docker alone."""
    return subprocess.run(["docker", "exec", container, "sh", "-c",
                           r"cat /proc/[0-9]*/cmdline | tr '\0' ' '"], capture_output=True, text=True).stdout


def write(root, files):
    """Writes {path: content}; what begins with "#!" can be executed. None makes a directory."""
    for name, content in files.items():
        path = pathlib.Path(root, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir(exist_ok=True)
            continue
        data = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(data)
        path.chmod(0o755 if data.startswith(b"#!") else 0o644)


def stage(*lines):
    """A stage's main, from lines of shell."""
    return "\n".join(("#!/bin/sh", *lines)) + "\n"


class GradeTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="grade-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def assignment(self, stages, name="assignment", listed=None):
        """Makes an assignment of {stage: main, or {path: content}}, run in this order."""
        root = self.path(name)
        shutil.rmtree(root, ignore_errors=True)
        for stage_name, files in stages.items():
            write(os.path.join(root, stage_name), files if isinstance(files, dict) else {"main": files})
        write(root, {"stages": "".join(f"{one}\n" for one in (listed or stages))})
        return root

    def submission(self, files=None, name="submission"):
        root = self.path(name)
        os.makedirs(root, exist_ok=True)
        write(root, files or {"answer.txt": "42\n"})
        return root

    def command(self, *arguments):
        return [GRADEOVENCTL, "grade", "--oven", OVEN_BINARY, "--image", IMAGE, *arguments]

    def run_grade(self, *arguments, expect=0):
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True,
                              timeout=DEADLINE)
        self.assertEqual(done.returncode, expect, done.stderr + done.stdout)
        return done

    def grade(self, stages, *options, submission=None, expect=0):
        """Bakes stages against a submission; the object that --json prints."""
        done = self.run_grade("--json", *options, self.assignment(stages),
                              submission or self.submission(), expect=expect)
        return json.loads(done.stdout)

    def grade_main(self, *lines, options=(), **more):
        """The same for one stage, whose result comes as well."""
        result = self.grade({"tests": stage(*lines)}, *options, **more)
        self.assertEqual(result["state"], "finished", result)
        return result, result["stages"][0]
