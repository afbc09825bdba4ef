#!/usr/bin/env python3
"""What an assignment can say and what becomes of it, through `gradeovenctl grade`."""
import concurrent.futures
import hashlib
import io
import json
import os
import signal
import subprocess
import tarfile
import threading
import unittest
import zipfile

from engine_proxy import LyingEngine
from grade_harness import GRADEOVENCTL, GradeTest, commands_in, containers_of, stage, wait_until


class Outputs(GradeTest):
    def test_score_is_exact_and_the_last_valid_one_wins(self):
        result, first = self.grade_main("cd ../output", "echo 1/3 > score", "sleep 0.1",
                                        "echo 99.5/100.125 > score")
        self.assertEqual(result["score"], {"earned": "99.5", "possible": "100.125"})
        self.assertIsNone(first["problem"])

    def test_a_later_stage_overrides_the_score_of_an_earlier_one(self):
        result = self.grade({"one": stage("echo 1/10 > ../output/score"),
                             "two": stage("echo 7/10 > ../output/score"), "three": stage(":")})
        self.assertEqual(result["score"], {"earned": "7", "possible": "10"})

    def test_no_score_is_null(self):
        result, _ = self.grade_main(":")
        self.assertIsNone(result["score"])
        self.assertEqual(result["progress"], {})

    def test_malformed_score_is_a_problem_for_staff_and_keeps_the_valid_one(self):
        for text in ("ninety", "5", "-1/2", "1,5/2", "1e3/2"):
            with self.subTest(text):
                result, first = self.grade_main("echo 3/4 > ../output/score", "sleep 0.1",
                                                f"echo '{text}' > ../output/score")
                self.assertEqual(result["score"], {"earned": "3", "possible": "4"})
                self.assertIn(text, first["problem"])

    def test_status_lines_keep_their_order_over_stages(self):
        result = self.grade({
            "one": stage("for i in 1 2 3; do echo Test Case $i >> ../output/status; done"),
            "two": stage("echo second >> ../output/status")})
        self.assertEqual(result["status"], ["Test Case 1", "Test Case 2", "Test Case 3", "second"])

    def test_progress_errors_and_debug(self):
        result, _ = self.grade_main("cd ../output", "echo 2.5/4 > progress",
                                    "printf 'line 3: no such thing\\nline 9\\n' > errors",
                                    "echo secret > debug")
        self.assertEqual(result["progress"], {"done": "2.5", "total": "4"})
        self.assertEqual(result["errors"], ["line 3: no such thing", "line 9"])
        self.assertEqual(result["debug"], "secret\n")

    def test_malformed_progress_is_a_problem(self):
        _, first = self.grade_main("echo half > ../output/progress")
        self.assertIn("progress", first["problem"])

    def test_hostile_bytes_become_clean_text(self):
        result, first = self.grade_main(r"printf '\033[2Jok\377\000\n' > ../output/status",
                                        r"printf '\033]0;title\007\200'")
        self.assertEqual(result["status"], ["ok\ufffd\u2400"])
        self.assertEqual(first["console"], "\ufffd")

    def test_a_flood_is_capped_and_told(self):
        result, first = self.grade_main(
            "yes 0123456789012345678901234567890 | head -c 3000000 | tee ../output/status "
            "../output/errors ../output/debug")
        self.assertLessEqual(sum(len(line) + 1 for line in result["status"]), 65536)
        self.assertLessEqual(len(result["debug"]), 1 << 20)
        self.assertGreater(len(result["debug"]), 1000000)
        self.assertLess(len(first["console"]), (128 << 10) + 200)
        self.assertIn("bytes are left out", first["console"])
        for name in ("status", "errors", "debug"):
            self.assertIn(f'"{name}"', first["problem"])


class Results(GradeTest):
    TESTS = json.dumps({"tests": [
        {"name": "adds", "number": "1.1", "score": 0.1, "max_score": 0.3, "tags": ["a"], "visibility": "hidden"},
        {"name": "halts", "status": "error", "score": 0.2, "max_score": 0.3, "output": "too late"}]})

    def write_results(self, text, name="results.json"):
        return f"cat > ../output/{name} <<'END'\n{text}\nEND"

    def test_tests_are_printed_and_the_score_follows(self):
        result, first = self.grade_main(self.write_results(self.TESTS))
        self.assertEqual(result["score"], {"earned": "0.3", "possible": "0.6"})
        self.assertIsNone(first["problem"])
        self.assertEqual(result["results"]["source"], "results.json")
        self.assertEqual(result["results"]["tests"][0], {
            "name": "adds", "number": "1.1", "status": "failed", "score": "0.1", "max_score": "0.3", "output": "",
            "tags": ["a"], "visibility": "hidden"})
        done = self.run_grade(self.path("assignment"), self.path("submission"))
        self.assertEqual(done.stdout, "test failed  1.1 adds  0.1/0.3  (hidden)\ntest error   halts  0.2/0.3\n"
                                      "score 0.3/0.6\n")

    def test_a_score_that_any_stage_wrote_wins(self):
        result = self.grade({"one": stage("echo 1/9 > ../output/score"), "two": stage(self.write_results(self.TESTS))})
        self.assertEqual(result["score"], {"earned": "1", "possible": "9"})

    def test_a_later_malformed_file_is_a_problem_and_keeps_the_valid_one(self):
        result = self.grade({"one": stage(self.write_results(self.TESTS)),
                             "two": stage(self.write_results('{"tests": [{"score": "many"}]}'))})
        self.assertEqual(result["score"], {"earned": "0.3", "possible": "0.6"})
        self.assertEqual(len(result["results"]["tests"]), 2)
        self.assertIn("tests[0].score is no number", result["stages"][1]["problem"])

    def test_json_goes_before_junit_and_staff_are_told(self):
        result, first = self.grade_main(
            self.write_results(self.TESTS), self.write_results('<testsuite><testcase name="x"/></testsuite>', "junit.xml"))
        self.assertEqual(result["results"]["source"], "results.json")
        self.assertIn("the first one counts", first["problem"])

    def test_junit_alone_gives_no_score(self):
        result, _ = self.grade_main(self.write_results('<testsuite><testcase name="x"/></testsuite>', "junit.xml"))
        self.assertIsNone(result["score"])
        self.assertEqual([(one["name"], one["status"]) for one in result["results"]["tests"]], [("x", "passed")])

    def test_an_untrusted_stage_has_no_say_in_them(self):
        result = self.grade({
            "build": {"main": stage(self.write_results(self.TESTS)), "metadata.json": '{"is_trusted_stage": false}'},
            "tests": stage(":")})
        self.assertIsNone(result["score"])
        self.assertEqual(result["results"]["tests"], [])


class Stages(GradeTest):
    def test_a_stage_sees_earlier_stages_and_no_later_ones(self):
        look = stage("ls /grade_oven | tr '\\n' ' '; pwd")
        result = self.grade({"one": look, "two": look})
        self.assertEqual(result["stages"][0]["console"],
                         "one output submission /grade_oven/submission\n")
        self.assertEqual(result["stages"][1]["console"],
                         "one output submission two /grade_oven/submission\n")

    def test_what_an_earlier_stage_made_is_there_later(self):
        result = self.grade({
            "build": stage("cp answer.txt ../build/kept; echo extra > made"),
            "tests": stage("cat ../build/kept made")})
        self.assertEqual(result["stages"][1]["console"], "42\nextra\n")

    def test_the_environment_says_what_is_graded(self):
        _, first = self.grade_main("env | grep ^GRADEOVEN_ | sort", "echo PATH=$PATH HOME=$HOME LANG=$LANG")
        lines = first["console"].splitlines()
        self.assertEqual([line.split("=")[0] for line in lines[:5]],
                         ["GRADEOVEN_ASSIGNMENT", "GRADEOVEN_ATTEMPT", "GRADEOVEN_COURSE",
                          "GRADEOVEN_STAGE", "GRADEOVEN_USERNAME"])
        self.assertIn("GRADEOVEN_STAGE=tests", lines)
        self.assertIn("GRADEOVEN_ASSIGNMENT=assignment", lines)
        self.assertIn("/usr/bin", lines[5])

    def test_exit_status_is_recorded_and_later_stages_still_run(self):
        result = self.grade({"one": stage("exit 3"), "two": stage("kill -TERM $$"),
                             "three": stage("echo 1/1 > ../output/score")})
        self.assertEqual([(one["exit"], one["signal"]) for one in result["stages"]],
                         [(3, 0), (0, 15), (0, 0)])
        self.assertEqual(result["score"], {"earned": "1", "possible": "1"})

    def test_stop_on_failure_skips_the_rest(self):
        result = self.grade({
            "build": {"main": stage("echo 0/1 > ../output/score; exit 1"),
                      "metadata.json": json.dumps({"stop_on_failure": True})},
            "tests": stage("echo 1/1 > ../output/score")})
        self.assertEqual([one["name"] for one in result["stages"]], ["build"])
        self.assertEqual(result["state"], "finished")
        self.assertEqual(result["score"], {"earned": "0", "possible": "1"})

    def test_a_main_that_cannot_start_is_a_problem(self):
        result = self.grade({"one": "#!/no/such/interpreter\n", "two": stage(":")})
        self.assertIn("could not be started", result["stages"][0]["problem"])
        self.assertEqual(len(result["stages"]), 2)

    def test_an_untrusted_stage_has_no_say_in_the_score(self):
        result = self.grade({
            "one": {"main": stage("echo 100/100 > ../output/score", "echo said >> ../output/status"),
                    "metadata.json": json.dumps({"is_trusted_stage": False})},
            "two": stage(":")})
        self.assertIsNone(result["score"])
        self.assertEqual(result["status"], ["said"])
        result = self.grade({
            "one": stage("echo 5/10 > ../output/score"),
            "two": {"main": stage("echo 10/10 > ../output/score"),
                    "metadata.json": json.dumps({"is_trusted_stage": False})}})
        self.assertEqual(result["score"], {"earned": "5", "possible": "10"})


class Limits(GradeTest):
    def test_a_stage_that_takes_too_long_is_ended_and_the_next_one_runs(self):
        result = self.grade({
            "one": {"main": stage("echo 1/2 > ../output/score", "sleep 60 & sleep 60"),
                    "metadata.json": json.dumps({"timeout_seconds": 1})},
            "two": stage("echo here")})
        self.assertTrue(result["stages"][0]["timed_out"])
        self.assertGreaterEqual(result["stages"][0]["wall_ms"], 1000)
        self.assertLess(result["stages"][0]["wall_ms"], 5000)
        self.assertEqual(result["stages"][1]["console"], "here\n")
        self.assertEqual(result["score"], {"earned": "1", "possible": "2"})

    def test_memory_is_limited_and_measured(self):
        result = self.grade({
            "one": stage("exec python3 -c 'b = bytearray(600 << 20)'"),
            "two": stage("exec python3 -c 'b = bytearray(20 << 20)'")},
            "--memory", "64", "--disk", "64")
        self.assertEqual(result["stages"][0]["signal"], signal.SIGKILL)
        self.assertIn("64 MiB", result["stages"][0]["problem"])
        self.assertEqual(result["stages"][1]["exit"], 0)
        self.assertGreater(result["stages"][1]["max_rss_kib"], 20 << 10)

    def test_a_stage_has_the_memory_it_asks_for(self):
        result = self.grade({
            "one": {"main": stage("exec python3 -c 'b = bytearray(300 << 20)'"),
                    "metadata.json": json.dumps({"memory_mb": 400})},
            "two": stage("exec python3 -c 'b = bytearray(300 << 20)'")},
            "--memory", "64", "--disk", "64")
        self.assertEqual(result["stages"][0]["exit"], 0, result)
        self.assertIsNone(result["stages"][0]["problem"])
        self.assertEqual(result["stages"][1]["signal"], signal.SIGKILL)

    def test_processes_are_limited(self):
        result, first = self.grade_main(
            "exec python3 - <<'E'", "import os, sys, time", "for made in range(200):",
            "    try:", "        if os.fork() == 0: time.sleep(30)",
            "    except OSError: print('limit at', made); sys.exit(0)", "print('no limit')", "E",
            options=("--pids", "40"))
        self.assertRegex(first["console"], r"^limit at [123]\d?\n$")

    def test_the_disk_is_limited(self):
        _, first = self.grade_main("head -c 100000000 /dev/zero > file; echo $?; rm file",
                                   "head -c 1000000 /dev/zero > file && echo fits",
                                   options=("--disk", "32"))
        self.assertIn("No space left", first["console"])
        self.assertTrue(first["console"].endswith("fits\n"))

    def test_a_submission_that_does_not_fit_is_finished_with_a_problem(self):
        submission = self.submission({"big": os.urandom(8 << 20)})
        result = self.grade({"tests": stage(":")}, "--disk", "8", submission=submission)
        self.assertEqual(result["state"], "finished")
        self.assertIn("No space left", result["problem"])
        self.assertEqual(result["stages"], [])

    def test_there_is_no_network_and_no_writable_root(self):
        _, first = self.grade_main("ls /sys/class/net | tr '\\n' ' '",
                                   "touch /usr/x 2>&1; touch /x 2>&1; grep ^Cap.*ff /proc/self/status")
        self.assertTrue(first["console"].startswith("lo "), first["console"])
        self.assertEqual(first["console"].count("Read-only file system"), 2)

    def test_a_program_reaches_itself_by_the_name_localhost(self):
        _, first = self.grade_main("python3 - 2>&1 <<END", "import socket",
                                   "server = socket.create_server(('localhost', 0))",
                                   "socket.create_connection(('localhost', server.getsockname()[1]))",
                                   "print('reached')", "END", "sandbox -- getent hosts localhost",
                                   "getent hosts example.org || echo nobody else")
        words = [line.split()[0] for line in first["console"].splitlines()]
        self.assertEqual((words[0], words[2:]), ("reached", ["nobody"]))
        self.assertIn(words[1], ("::1", "127.0.0.1"))  # which is first, the engine's /etc/hosts may say

    def test_a_flood_of_name_queries_holds_nothing_up(self):
        result, first = self.grade_main("sandbox --time 20 -- python3 -c 'import socket",
                                        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
                                        "while True: s.sendto(bytes(512), (\"127.0.0.1\", 53))' &",
                                        "for i in 1 2 3 4 5; do echo $i >> ../output/status; sleep .2; done",
                                        "echo 1/1 > ../output/score")
        self.assertEqual(result["status"], ["1", "2", "3", "4", "5"])
        self.assertEqual(result["score"], {"earned": "1", "possible": "1"})
        self.assertLess(first["wall_ms"], 15000)


class Submissions(GradeTest):
    look = {"tests": stage("find . -type f -printf '%P %m\\n' | sort; cat deep/a answer.txt 2>&1")}

    def test_a_single_file(self):
        path = os.path.join(self.submission(), "answer.txt")
        result = self.grade(self.look, submission=path)
        self.assertTrue(result["stages"][0]["console"].startswith("answer.txt "))
        self.assertTrue(result["stages"][0]["console"].endswith("42\n"))

    def test_archives(self):
        files = {"deep/a": b"inner\n", "answer.txt": b"7\n"}
        archives = {"s.zip": None, "s.tar": "w", "s.tar.gz": "w:gz", "s.tar.xz": "w:xz"}
        for name, mode in archives.items():
            with self.subTest(name):
                if mode is None:
                    with zipfile.ZipFile(self.path(name), "w") as archive:
                        for path, data in files.items():
                            archive.writestr(path, data)
                else:
                    with tarfile.open(self.path(name), mode) as archive:
                        for path, data in files.items():
                            member = tarfile.TarInfo(path)
                            member.size = len(data)
                            archive.addfile(member, io.BytesIO(data))
                result = self.grade(self.look, submission=self.path(name))
                self.assertTrue(result["stages"][0]["console"].endswith("inner\n7\n"), result)

    def test_every_byte_of_a_large_one_arrives(self):
        data = os.urandom(20 << 20)
        submission = self.submission({"big": data, **{f"small/{i}": str(i) for i in range(500)}})
        result = self.grade({"tests": stage("sha256sum < big; ls small | wc -l")},
                            submission=submission)
        self.assertEqual(result["stages"][0]["console"],
                         f"{hashlib.sha256(data).hexdigest()}  -\n500\n")

    def test_an_archive_that_leads_out_is_refused(self):
        with tarfile.open(self.path("s.tar"), "w") as archive:
            member = tarfile.TarInfo("../evil")
            archive.addfile(member, io.BytesIO())
        done = self.run_grade("--json", self.assignment(self.look), self.path("s.tar"), expect=2)
        self.assertIn("evil", done.stderr)
        self.assertEqual(done.stdout, "")


class Command(GradeTest):
    def test_lines_for_a_person_end_with_the_score(self):
        done = self.run_grade(self.assignment({"tests": stage(
            "cd ../output; echo Test Case 1 >> status; echo 99/100 > score; echo wrong >> errors")}),
            self.submission())
        self.assertEqual(done.stdout, "Test Case 1\nerror: wrong\nscore 99/100\n")
        self.assertIn("exit status 0", done.stderr)

    def test_status_comes_while_it_runs(self):
        command = self.command(self.assignment({"tests": stage(
            "echo first >> ../output/status; sleep 30; echo 1/1 > ../output/score")}),
            self.submission())
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True) as process:
            timer = threading.Timer(20, process.kill)
            timer.start()
            line = process.stdout.readline()
            timer.cancel()
            process.send_signal(signal.SIGINT)
            process.stdout.close()
            self.assertEqual(process.wait(20), 128 + signal.SIGINT)
        self.assertEqual(line, "first\n")

    def test_an_invalid_assignment_lists_every_problem(self):
        root = self.assignment({"empty": {"main": ""}, "fine": stage(":")},
                               listed=["empty", "fine", "fine", "missing", "../up", "output"])
        done = self.run_grade(root, self.submission(), expect=2)
        check = subprocess.run([GRADEOVENCTL, "assignment", "check", root], capture_output=True,
                               text=True, timeout=20)
        self.assertEqual(check.returncode, 1)
        for text in (done.stderr, check.stdout):
            errors = [line for line in text.splitlines() if line.startswith("error: ")]
            for word in ("empty", "fine", "missing", "../up", "output"):
                self.assertTrue(any(word in line for line in errors), (word, text))

    def test_a_valid_assignment_passes_the_check(self):
        root = self.assignment({"one": {"main": stage(":"),
                                        "metadata.json": json.dumps({"timeout_seconds": 7})}})
        done = subprocess.run([GRADEOVENCTL, "assignment", "check", root], capture_output=True,
                              text=True, timeout=20)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("one: 7 s", done.stdout)

    def test_the_check_warns_of_students_code_outside_the_sandbox(self):
        root = self.assignment({"one": {"main": stage("./program"), "check.sh": "make\n"}})
        done = subprocess.run([GRADEOVENCTL, "assignment", "check", root], capture_output=True,
                              text=True, timeout=20)
        self.assertEqual(done.returncode, 0, done.stderr)
        warnings = [line for line in done.stdout.splitlines() if line.startswith("warning: ")]
        self.assertEqual(len(warnings), 1, done.stdout)
        self.assertRegex(warnings[0], r'Stage "one", main, line \d+: "./program" runs .*sandbox --time')

    def test_wrong_usage_is_told(self):
        for arguments in ((), ("one",), ("--timeout", "soon", "a", "b"), ("--nonsense", "a", "b")):
            self.assertIn("Usage: gradeovenctl grade", self.run_grade(*arguments, expect=2).stderr)

    def test_trouble_with_the_engine_is_told_with_a_remedy(self):
        root, submission = self.assignment({"tests": stage(":")}), self.submission()
        done = self.run_grade("--image", "no-such-image:never", root, submission, expect=1)
        self.assertIn("no-such-image:never", done.stderr)
        self.assertIn("GradeOvenImage", done.stderr)
        done = self.run_grade("--docker", "unix:///no/such.sock", root, submission, expect=1)
        self.assertIn("/no/such.sock does not answer", done.stderr)
        self.run_grade("--docker", "nonsense", root, submission, expect=2)
        done = self.run_grade("--json", "--oven", "/no/oven", root, submission, expect=1)
        self.assertEqual(json.loads(done.stdout)["state"], "failed")

    def test_a_run_has_the_limits_of_a_site_without_directives(self):
        with LyingEngine(self.path("engine"), lambda body: None) as engine:
            self.run_grade("--docker", engine.address, self.assignment({"tests": stage(":")}), self.submission())
        (asked,) = engine.asked.values()
        self.assertEqual([asked["PidsLimit"], asked["NanoCpus"]], [256, 10**9])

    def test_four_at_once_do_not_disturb_one_another(self):
        def one(i):
            root = self.assignment({"tests": stage(
                "sleep 0.5; echo $(cat answer.txt)/10 > ../output/score; id -u")}, name=f"a{i}")
            submission = self.submission({"answer.txt": f"{i}\n"}, name=f"s{i}")
            return json.loads(self.run_grade("--json", root, submission).stdout)

        with concurrent.futures.ThreadPoolExecutor(4) as executor:
            results = list(executor.map(one, range(4)))
        self.assertEqual([result["score"]["earned"] for result in results], ["0", "1", "2", "3"])
        uids = {result["stages"][0]["console"] for result in results}
        self.assertEqual(len(uids), 4)


class Leftovers(GradeTest):
    def start(self):
        """A run that is in the middle of its stage, and the container it is in."""
        before = containers_of("gradeoven.owner")
        process = subprocess.Popen(
            self.command(self.assignment({"tests": stage(
                "echo started >> ../output/status; sleep 50")}), self.submission()),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "started\n")
        ours = {one for one in containers_of("gradeoven.owner") - before if self.runs_our_stage(one)}
        self.assertEqual(len(ours), 1)
        return process, ours.pop()

    @staticmethod
    def runs_our_stage(container):
        return "sleep 50" in commands_in(container)

    def expect_gone(self, container):
        wait_until(lambda: container not in containers_of("gradeoven.owner"),
                   "the container is removed", 15)

    def test_ctrl_c_removes_the_container_before_it_returns(self):
        process, container = self.start()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 128 + signal.SIGINT)
        self.assertNotIn(container, containers_of("gradeoven.owner"))

    def test_after_sigkill_the_container_goes_by_itself(self):
        process, container = self.start()
        process.kill()
        process.wait(20)
        self.expect_gone(container)


if __name__ == "__main__":
    unittest.main(verbosity=2)
