"""`gradeovenctl doctor` on sites with a real httpd and executor. Engines that lie and stores that are
damaged are in tests/grading/doctor_test.py."""
import json
import os
import subprocess
import unittest

from harness import INSTALL, Site, sanitize, wait_until

LIMITS = "GradeOvenMemory 96M 1G\nGradeOvenDisk 32M\nGradeOvenPids 64\nGradeOvenWarm 1\n"


def doctor(site, *options):
    """The exit status, and the checks."""
    done = subprocess.run([INSTALL / "sbin/gradeovenctl", "--httpd-conf", site.conf, "doctor", "--json", *options],
                          capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, **sanitize.options()))
    return done.returncode, json.loads(done.stdout)["checks"]


def problems(checks):
    return {check["name"]: check["text"] for check in checks if check["verdict"] == "problem"}


class GoodSite(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(directives=LIMITS + "GradeOvenRuntime runc").start()
        cls.addClassCleanup(cls.site.stop)
        cls.site.load_demo()

        def is_warm():
            return any(check["name"] == "executor" and check["text"].startswith("1 warm, ")
                       for check in doctor(cls.site, "--docker", "none")[1])
        wait_until("an oven is warm", is_warm)

    def test_nothing_is_wrong_with_it(self):
        status, checks = doctor(self.site)
        self.assertEqual(problems(checks), {})
        self.assertEqual(status, 0)
        found = {check["name"]: check["verdict"] for check in checks}
        for name in ("httpd", "state", "disk", "clock", "doorbell", "database", "schema", "files", "receipts", "executor",
                     "queue", "engine", "image", "oven", "memory", "network", "capabilities", "sandbox"):
            self.assertEqual(found.get(name), "ok", name)

    def test_what_it_is_configured_with_is_what_is_tried(self):
        oven = next(check for check in doctor(self.site)[1] if check["name"] == "oven")
        self.assertIn("96 MiB of memory, 32 MiB of files and 64 processes", oven["text"])

    def test_nobody_may_write_but_the_executor_and_httpd(self):
        directory = self.site.state / "objects"
        info = directory.stat()
        os.chown(directory, 0, 0)
        directory.chmod(0o700)
        try:
            self.assertIn('"gradeoven" may not write', problems(doctor(self.site)[1])["state"])
        finally:
            os.chown(directory, info.st_uid, info.st_gid)
            directory.chmod(0o2770)


class SiteWithAWrongRuntime(unittest.TestCase):
    def test_the_executor_and_the_doctor_name_it(self):
        site = Site(directives=LIMITS + "GradeOvenRuntime no-such-runtime").start()
        self.addCleanup(site.stop)

        def found():
            wrong = problems(doctor(site)[1])
            return wrong if "no-such-runtime" in wrong.get("executor", "") else None
        wrong = wait_until("the executor's trouble", found)
        self.assertIn("no-such-runtime", wrong["runtime"])


class SiteThatStopped(unittest.TestCase):
    def test_it_is_said_that_nobody_grades(self):
        site = Site(directives=LIMITS).start()
        self.addCleanup(site.stop)
        wait_until("the executor listens", lambda: (site.state / "run/doorbell").exists())
        site.process.terminate()
        site.process.wait(30)
        wait_until("it is told", lambda: "doorbell" in problems(doctor(site, "--docker", "none")[1]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
