"""From the browser to the score and back: real httpd, real executor, real Docker; and what happens
when one of them dies on the way."""
import os
import pathlib
import signal
import subprocess
import unittest

from pack import assignment, publish
from harness import DEMO, SOURCE, Site, wait_until

HW = "/courses/cs101/assignments/roman-numerals"


class Grading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(directives="GradeOvenStageTimeout 60s 120s").start()
        cls.addClassCleanup(cls.site.stop)
        cls.site.load_demo()
        cls.student, cls.teacher = cls.site.browser("student"), cls.site.browser("instructor")

    def make(self, name, main):
        """A published assignment of one stage."""
        return publish(self.teacher, name, main)

    def slow(self, name, steps=40):
        """One that says a line every tenth of a second, and then gives a score."""
        return self.make(name, f"""#!/bin/bash
out=/grade_oven/output
for ((i = 1; i <= {steps}; i++)); do
    echo "Step $i" >> $out/status; echo "$i/{steps}" > $out/progress; echo "hidden $i" >> $out/debug
    sleep 0.1
done
echo "one error" >> $out/errors
echo "to the console"
echo 7.5/10 > $out/score
""")

    def running(self, place, lines=3):
        return wait_until("some status lines", lambda: (
            lambda run: run if run["state"] == "running" and len(run["status"]) >= lines else None)(
                self.student.json(place)["run"]))

    def check_finished(self, place, steps=40):
        run = self.student.wait_for_run(place)
        self.assertEqual(run["state"], "finished")
        self.assertEqual(run["score"], {"earned": "7.5", "possible": "10", "percent": 75})
        self.assertEqual(run["status"], [f"Step {i}" for i in range(1, steps + 1)])
        self.assertEqual(run["errors"], ["one error"])

    def test_every_demo_solution_and_mistake_through_the_browser(self):
        for name in ("roman-numerals", "python-functions", "order-report"):
            folder = DEMO / name / "solution"
            files = {str(path.relative_to(folder)): path.read_bytes()
                     for path in folder.rglob("*") if path.is_file()}
            place = self.student.submit("cs101", name, files)
            run = self.student.wait_for_run(place)
            self.assertEqual(run["state"], "finished", run)
            self.assertEqual(run["score"]["earned"], run["score"]["possible"], name)

    def test_a_run_is_watched_while_it_goes_on(self):
        self.slow("live")
        place = self.student.submit("cs101", "live", {"a": b"x"})
        run = self.running(place)
        self.assertIsNotNone(run["progress"])
        self.assertLess(run["progress"]["percent"], 100)
        self.assertNotIn("debug", run)
        staff = self.teacher.json(place)["run"]
        self.assertIn("hidden 1", staff["debug"])
        self.check_finished(place)
        staff = self.teacher.json(place)["run"]
        self.assertEqual(staff["stages"][0]["console"], "to the console\n")
        student = self.student.get(place)
        self.assertNotIn("hidden 1", student.text)
        self.assertNotIn("to the console", student.text)

    def test_an_unchanged_run_is_not_sent_again(self):
        place = self.student.submit("cs101", "roman-numerals", {"roman.c": b"int main(void) { return 0; }"})
        self.student.wait_for_run(place)
        first = self.student.get(place, Accept="application/json")
        again = self.student.get(place, Accept="application/json", **{"If-None-Match": first.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))
        other = self.teacher.get(place, Accept="application/json", **{"If-None-Match": first.headers["ETag"]})
        self.assertEqual(other.status, 200)

    def test_a_late_submission_is_marked(self):
        self.make("late", "#!/bin/sh\necho 1/1 > /grade_oven/output/score\n")
        self.teacher.post("/courses/cs101/assignments/late/edit",
                          {"title": "late", "description": "", "due": "2020-01-01T00:00"})
        place = self.student.submit("cs101", "late", {"a": b"x"})
        self.assertTrue(self.student.json(place)["submission"]["is_late"])

    def test_staff_grade_again_with_a_new_version(self):
        base = self.make("again", "#!/bin/sh\necho 1/2 > /grade_oven/output/score\n")
        place = self.student.submit("cs101", "again", {"a": b"x"})
        self.assertEqual(self.student.wait_for_run(place)["score"]["earned"], "1")
        self.teacher.upload(base + "/versions", {}, [("archive", "a.tar.gz", assignment(
            "#!/bin/sh\necho 2/2 > /grade_oven/output/score\n"))])
        self.assertEqual(self.teacher.post(place + "/rerun").status, 303)
        run = wait_until("the second run", lambda: (
            lambda one: one if one["version"] == 2 and not one["is_waiting"] else None)(self.student.json(place)["run"]))
        self.assertEqual(run["score"]["earned"], "2")
        self.assertEqual(self.student.post(place + "/rerun").status, 403)

    def test_outputs_of_a_stage_are_shown_as_text(self):
        attack = "<script>alert(1)</script>\\x1b[31m\\xff\\0<b>"
        self.make("html", f"#!/bin/bash\nfor f in status errors debug; do printf '{attack}\\n' >> "
                          "/grade_oven/output/$f; done\nprintf '<script>x'\necho 1/1 > /grade_oven/output/score\n")
        place = self.student.submit("cs101", "html", {"a": b"x"})
        self.student.wait_for_run(place)
        for visitor in (self.student, self.teacher):
            text = visitor.get(place).text
            self.assertNotIn("<script>alert", text)
            self.assertNotIn("<script>x", text)
            self.assertIn("&lt;script&gt;alert(1)", text)

    def test_a_stage_that_gives_no_score_is_said_so(self):
        self.make("none", "#!/bin/sh\necho nonsense > /grade_oven/output/score\nexit 3\n")
        place = self.student.submit("cs101", "none", {"a": b"x"})
        run = self.student.wait_for_run(place)
        self.assertEqual((run["state"], run["score"]), ("finished", None))
        self.assertFalse(run["stages"][0]["is_ok"])
        self.assertIn("score", self.teacher.json(place)["run"]["stages"][0]["problem"])

    def test_a_killed_executor_loses_nothing(self):
        self.slow("kill-executor")
        place = self.student.submit("cs101", "kill-executor", {"a": b"x"})
        self.running(place)
        before = self.site.executors()
        self.assertEqual(len(before), 1)
        os.kill(before[0], signal.SIGKILL)
        self.check_finished(place)
        wait_until("another executor", lambda: self.site.executors() and self.site.executors() != before)
        wait_until("no oven of the dead one is left",
                   lambda: len(self.site.containers()) <= 2 + 2, 60)

    def test_an_executor_that_may_only_read_at_first_opens_the_database_again(self):
        """SQLite's shared memory is for a moment its maker's alone: who opened it then read only graded
        nothing for as long as it lived."""
        self.make("reader", "#!/bin/sh\necho 1/1 > /grade_oven/output/score\n")
        shared = self.site.state / "gradeoven.db-shm"
        was, before = shared.stat(), self.site.executors()
        os.chown(shared, 0, 0)
        os.chmod(shared, 0o644)
        try:
            os.kill(before[0], signal.SIGKILL)

            def reads_only():
                for pid in set(self.site.executors()) - set(before):
                    for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
                        try:
                            if os.readlink(fd) == str(shared):
                                return int(pathlib.Path(f"/proc/{pid}/fdinfo/{fd.name}").read_text().split()[3], 8) & 3 == 0
                        except FileNotFoundError:  # closed meanwhile
                            pass
                return False
            wait_until("an executor reads only", reads_only)
        finally:
            os.chown(shared, was.st_uid, was.st_gid)
            os.chmod(shared, was.st_mode & 0o777)
        place = self.student.submit("cs101", "reader", {"a": b"x"})
        self.assertEqual(self.student.wait_for_run(place)["score"]["earned"], "1")

    def test_a_graceful_restart_lets_a_run_finish(self):
        self.slow("graceful")
        place = self.student.submit("cs101", "graceful", {"a": b"x"})
        self.running(place)
        before = self.site.executors()
        self.site.graceful()
        wait_until("a new executor", lambda: set(self.site.executors()) - set(before))
        self.check_finished(place)
        wait_until("the old executor leaves", lambda: not set(self.site.executors()) & set(before), 60)
        second = self.student.submit("cs101", "graceful", {"a": b"y"})
        self.check_finished(second)

    def test_a_killed_docker_daemon_loses_nothing(self):
        self.slow("kill-docker")
        self.slow("kill-docker-2")
        place = self.student.submit("cs101", "kill-docker", {"a": b"x"})
        self.running(place)
        os.kill(int(pathlib.Path("/var/run/docker.pid").read_text()), signal.SIGKILL)  # and no other daemon
        wait_until("the run waits again", lambda: self.student.json(place)["run"]["state"] == "queued")
        queued = self.student.submit("cs101", "kill-docker-2", {"a": b"while it is down"})
        subprocess.run([SOURCE / "bootstrap", "image"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.STDOUT, timeout=180)
        self.check_finished(place)
        self.check_finished(queued)

    def test_many_at_once_are_all_graded_once(self):
        people = []
        for i in range(12):
            self.site.add_user(f"many{i}")
            self.site.ctl("user", "role", f"many{i}", "cs101", "student")
            people.append(self.site.browser(f"many{i}"))
        places = [one.submit("cs101", "roman-numerals", {"roman.c": b"int main(void){return 0;}"}) for one in people]
        for one, place in zip(people, places):
            self.assertEqual(one.wait_for_run(place)["state"], "finished")
        log = self.site.log()
        runs = [line.split("run=")[1].split()[0] for line in log.splitlines() if "run=" in line and "finished," in line]
        self.assertEqual(len(runs), len(set(runs)))


class Mounts(unittest.TestCase):
    def test_two_sites_on_two_hosts_below_a_path_under_prefork(self):
        site = Site(mpm="prefork", mount="/grading/here")
        other = site.root / "other"
        site.sections = f"""
Listen 127.0.0.1:{site.port + 1 if site.port < 65000 else site.port - 1}
<VirtualHost 127.0.0.1:{site.port + 1 if site.port < 65000 else site.port - 1}>
    SSLEngine on
    SSLCertificateFile {site.root}/cert.pem
    SSLCertificateKeyFile {site.root}/key.pem
    GradeOvenState {other}
    GradeOvenSiteName "The other <site>"
    <Location "/">
        SetHandler gradeoven
    </Location>
</VirtualHost>
"""
        site.write_configuration()
        site.start()
        self.addCleanup(site.stop)
        site.load_demo()
        student = site.browser("student")
        place = student.submit("cs101", "order-report", {
            "report.sh": (DEMO / "order-report/solution/report.sh").read_bytes()})
        self.assertTrue(place.startswith("/courses/"))
        self.assertEqual(student.wait_for_run(place)["state"], "finished")
        for link in student.get("/").text.split('href="')[1:]:
            self.assertTrue(link.startswith(("/grading/here/", "#main")), link[:60])
        self.assertEqual(site.browser().request("GET", "/").status, 404)
        port = site.port + 1 if site.port < 65000 else site.port - 1
        page = site.browser().request("GET", "/login", port=port)
        self.assertIn("The other &lt;site&gt;", page.text)
        answer = site.browser().request("POST", "/login", f"username=student&password={site.passwords['student']}",
                                        {"Content-Type": "application/x-www-form-urlencoded"}, port=port)
        self.assertEqual(answer.status, 422)
        self.assertEqual(len(site.executors()), 2)


class Configuration(unittest.TestCase):
    def refuse(self, directive, *words):
        site = Site(executor=False, directives=directive)
        self.addCleanup(site.stop)
        done = site.configtest()
        self.assertNotEqual(done.returncode, 0, directive)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_wrong_values_fail_configtest_with_file_line_and_range(self):
        for directive, allowed in (("GradeOvenParallel 0", "1 to 64"), ("GradeOvenWarm 65", "0 to 64"),
                                   ("GradeOvenMaxUpload 9T", "1M to 4G"), ("GradeOvenSessionIdle 5s", "60s to 720h"),
                                   ("GradeOvenSessionMax x", "300s to 2160h"), ("GradeOvenStageTimeout 0", "1s to 24h"),
                                   ("GradeOvenMemory 1M", "32M to 256G"), ("GradeOvenDisk 8M", "16M to 64G"),
                                   ("GradeOvenPids 1", "32 to 32768"), ("GradeOvenCpus 0", "0.1 to 256")):
            with self.subTest(directive=directive):
                self.refuse(directive, "httpd.conf", "line ", directive.split()[0], allowed)

    def test_what_does_not_fit_together_fails_configtest_with_a_remedy(self):
        self.refuse("GradeOvenTemplates /nonexistent", "/nonexistent", "GradeOvenTemplates")
        self.refuse("GradeOvenExecutor on nosuchuser", "nosuchuser", "adduser")
        self.refuse("GradeOvenSessionIdle 720h", "GradeOvenSessionMax")
        self.refuse("GradeOvenDatabase sqlite3", "driver")
        self.refuse('<LocationMatch "^/x">\nSetHandler gradeoven\n</LocationMatch>', "<Location")

    def test_a_link_in_the_state_directory_is_not_followed_by_root(self):
        # whoever may write there (a worker that was taken over) must not get /etc given by a restart
        site = Site(executor=False)
        self.addCleanup(site.stop)
        victim = site.root / "victim"
        victim.mkdir(mode=0o700)
        site.state.mkdir()
        (site.state / "tmp").symlink_to(victim)
        with self.assertRaises(AssertionError):
            site.start()
        self.assertIn("could not be opened", site.log())
        self.assertEqual((victim.stat().st_uid, victim.stat().st_mode & 0o7777), (0, 0o700))

    def test_a_good_configuration_passes(self):
        site = Site(executor=False, directives="GradeOvenMemory 1G 2G\nGradeOvenCpus 0.5\nGradeOvenWarm 0")
        self.addCleanup(site.stop)
        done = site.configtest()
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
