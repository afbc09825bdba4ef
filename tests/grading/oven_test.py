#!/usr/bin/env python3
"""The oven's contract with stages: what they see, what of them is seen, and how they end."""
import hashlib
import os
import signal
import subprocess
import struct
import time
import unittest

from oven_harness import Oven, OvenTest, docker, set_up_module, tear_down_module, is_podman, touch, wait_until

setUpModule, tearDownModule = set_up_module, tear_down_module

# Forks twice and leaves the session, so that nothing of main's is left in it but the uid.
SURVIVOR = r"""#!/usr/bin/env python3
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 3)
        while True:
            with open('/grade_oven/output/status', 'a') as status:
                status.write('survivor\n')
    os._exit(0)
while not os.path.getsize('/grade_oven/output/status'):
    pass
"""


class Storing(OvenTest):
    def test_hello_names_protocol_landlock_and_processors(self):
        version, abi, processors = struct.unpack(">III", self.hello[:12])
        self.assertEqual(version, 3)
        self.assertLess(abi, 100)
        self.assertEqual(processors, len(os.sched_getaffinity(0)))
        self.assertTrue(self.hello[12:])

    def test_files_arrive_with_bytes_modes_and_directories(self):
        data = bytes(range(256)) * 1000
        kind, why = self.oven.store("stage", {
            "main": "#!/bin/bash\ncd /grade_oven/stage\nstat -c '%n %a' . deep/er/file run empty zero\n"
                    "sha256sum deep/er/file | cut -c1-64\nstat -c '%a %U:%g' ../submission",
            "deep/er/file": data, "run": "#!/bin/sh\n", "empty": None, "zero": b""})
        self.assertEqual(kind, b"S", why)
        self.oven.run("stage")
        lines = self.oven.console.decode().splitlines()
        self.assertEqual(lines[:5], [". 750", "deep/er/file 640", "run 750", "empty 750", "zero 640"])
        self.assertEqual(lines[5], hashlib.sha256(data).hexdigest())
        self.assertEqual(lines[6], f"2775 UNKNOWN:{self.oven.base + 1}")

    def test_a_tree_that_does_not_fit_is_broken_and_the_oven_goes_on(self):
        kind, why = self.oven.store("big", {"a": b"x" * (40 << 20), "b": "after"})
        self.assertEqual((kind, why), (b"B", b"a: No space left on device"))
        self.assertEqual(self.grade("#!/bin/sh\necho fine").strip(), "fine")

    def test_a_writer_without_memory_is_broken_and_the_oven_goes_on(self):
        oven = self.open(memory="24m", oven_size="1g")
        kind, why = oven.store("big", {"a": b"x" * (40 << 20)})
        self.assertEqual(kind, b"B")
        self.assertIn(b"memory", why)

    def test_paths_that_lead_out_are_refused(self):
        for path in ("../x", "/etc/x", "a/../../x", "a//b", ".", "a/.", "x" * 300):
            kind, why = self.oven.store("stage", {path: "x"})
            self.assertEqual(kind, b"B", path)
        kind, why = self.oven.store("stage", {"a": "x", "a/b": "y"})
        self.assertEqual((kind, why), (b"B", b"a/b: Not a directory"))

    def test_a_directory_that_an_earlier_stage_made_is_replaced(self):
        self.grade("#!/bin/bash\nmkdir -p /grade_oven/next/{a/b,c}; ln -s /etc /grade_oven/next/main\n"
                   "touch /grade_oven/next/stale; chmod 0 /grade_oven/next/a /grade_oven/next")
        self.oven.stage("next", "#!/bin/sh\nls /grade_oven/next")
        self.assertEqual(self.oven.console, b"main\n")

    def test_a_link_that_an_earlier_stage_made_is_not_followed(self):
        self.grade("#!/bin/sh\nln -s /tmp /grade_oven/next")
        self.oven.stage("next", "#!/bin/sh\nls /tmp; ls /grade_oven/next; echo")
        self.assertEqual(self.oven.console, b"main\n\n")

    def test_frames_may_be_cut_anywhere_and_need_no_waiting(self):
        text = b"#!/bin/sh\necho pipelined"
        frames = [(b"t", b"s"), (b"f", struct.pack(">BQ", 1, len(text)) + b"main"), (b"x", text[:7]),
                  (b"p", b""), (b"x", text[7:]), (b"e", b""),
                  (b"r", struct.pack(">BI", 1, 9000) + b"s\0")]
        stream = b"".join(struct.pack(">cI", kind, len(body)) + body for kind, body in frames)
        for at in range(0, len(stream), 3):
            self.oven.send_raw(stream[at:at + 3])
        self.oven.finish()
        self.assertEqual(self.oven.console, b"pipelined\n")


class Processors(OvenTest):
    WIDEN = ("#!/usr/bin/env python3\nimport os\nown = os.sched_getaffinity(0)\ntry:\n"
             "    os.sched_setaffinity(0, range(os.cpu_count()))\nexcept PermissionError: pass\n"
             "print(*sorted(own), *sorted(os.sched_getaffinity(0) - own))\n")

    def setUp(self):
        self.host = sorted(os.sched_getaffinity(0))

    def unprepared(self):
        oven = Oven()
        self.addCleanup(oven.close)
        oven.expect(b"H")
        return oven

    def given(self, *some):
        """An oven that was told to keep to these, with a submission that looks."""
        oven = self.unprepared()
        if some:
            oven.send(b"c", struct.pack(">II", *some))
        oven.store("submission", {"try": self.WIDEN})
        return oven

    def test_an_oven_that_was_given_none_may_use_all(self):
        oven = self.given()
        oven.stage("stage", self.WIDEN)
        self.assertEqual(oven.console.decode().split(), [str(one) for one in self.host])

    def test_all_programs_keep_to_those_that_were_given(self):
        for first in {0, len(self.host) - 1}:
            oven = self.given(first, 1)
            oven.stage("stage", self.WIDEN)
            oven.stage("next", self.WIDEN)
            self.assertEqual(oven.console.decode().split(), [str(self.host[first])] * 2)

    def test_a_sandboxed_program_keeps_to_them_too(self):
        oven = self.given(len(self.host) - 1, 1)
        oven.stage("stage", "#!/bin/sh\nsandbox -- ./try")
        self.assertEqual(oven.console.decode().split(), [str(self.host[-1])])

    def test_what_is_not_there_or_comes_too_late_breaks_the_protocol(self):
        for first, count in ((0, 0), (0, len(self.host) + 1), (len(self.host), 1), (2**32 - 1, 2), (2**31, 2**31)):
            oven = self.unprepared()
            oven.send(b"c", struct.pack(">II", first, count))
            self.assert_broken(oven, b"PROCESSORS that are not there")
        for early in ((b"c", struct.pack(">II", 0, 1)), (b"t", b"stage"), (b"e", b"")), ((b"c", struct.pack(">II", 0, 1)),):
            oven = self.unprepared()
            for kind, payload in early:
                oven.send(kind, payload)
            if early[-1][0] == b"e":
                oven.expect(b"S")
            oven.send(b"c", struct.pack(">II", 0, 1))
            self.assert_broken(oven, b"PROCESSORS came too late")


class Stages(OvenTest):
    def test_a_stage_sees_the_stages_up_to_itself(self):
        self.assertEqual(self.grade("#!/bin/sh\nls /grade_oven").split(), ["output", "stage1", "submission"])
        self.assertEqual(self.grade("#!/bin/sh\nls /grade_oven").split(),
                         ["output", "stage1", "stage2", "submission"])

    def test_the_working_directory_is_the_submission_and_stdin_is_empty(self):
        self.assertEqual(self.grade("#!/bin/sh\npwd; ls; cat; ls -l /proc/self/fd | grep -c '[0-9] ->'"),
                         "/grade_oven/submission\nhello.txt\n4\n")  # 0, 1, 2, and ls's own

    def test_the_environment_is_clean_and_as_told(self):
        out = self.grade("#!/bin/sh\n/usr/bin/env | sort", env=("GRADEOVEN_USERNAME=ann", "GRADEOVEN_X=a b"))
        names = dict(line.split("=", 1) for line in out.splitlines())
        self.assertEqual(names.pop("GRADEOVEN_USERNAME"), "ann")
        self.assertEqual(names.pop("GRADEOVEN_X"), "a b")
        self.assertEqual(names.pop("LANG"), "C.UTF-8")
        self.assertEqual(set(names), {"PATH", "HOME", "TMPDIR", "PWD"})

    def test_home_is_writable_and_survives_to_the_next_stage(self):
        self.grade("#!/bin/sh\necho kept > $HOME/x")
        self.assertEqual(self.grade("#!/bin/sh\ncat $HOME/x; umask"), "kept\n0002\n")

    def test_signals_are_as_a_program_expects(self):
        out = self.grade("#!/bin/sh\ngrep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status; ulimit -c")
        self.assertEqual(out.split()[1::2][:2], ["0" * 16] * 2)

    def test_exit_status_signal_and_resources_are_told(self):
        end = self.oven.stage("a", "#!/bin/sh\nexit 7")
        self.assertEqual((end.status, end.signal, end.flags, end.errno), (7, 0, 0, 0))
        end = self.oven.stage("b", "#!/bin/sh\nkill -11 $$")
        self.assertEqual((end.status, end.signal), (0, 11))
        end = self.oven.stage("c", "#!/usr/bin/env python3\nimport time\nx = bytearray(50 << 20)\n"
                                   "while time.process_time() < .3: pass")
        self.assertGreater(end.cpu_us, 290_000)
        self.assertGreaterEqual(end.wall_us, 290_000)
        self.assertGreater(end.rss_kib, 50 << 10)
        self.assertLess(end.rss_kib, 200 << 10)

    def test_cpu_time_of_background_processes_counts(self):
        end = self.oven.stage("a", "#!/bin/bash\n(setsid python3 -c 'import time\n"
                                   "while time.process_time() < .4: pass\nopen(\"/tmp/done\",\"w\")\n"
                                   "time.sleep(99)' &)\nuntil [ -e /tmp/done ]; do sleep .05; done")
        self.assertGreater(end.cpu_us, 390_000)

    def test_a_main_that_cannot_be_executed_is_told_by_errno(self):
        self.assertEqual(self.oven.stage("a", "#!/no/such/thing\n").errno, 2)
        self.assertEqual(self.oven.stage("b", "echo no interpreter\n").errno, 8)
        self.oven.store("c", {"readme": "x"})
        self.assertEqual(self.oven.run("c").errno, 2)
        self.oven.store("d", {"main": None})
        self.assertEqual(self.oven.run("d").errno, 13)

    def test_a_timeout_ends_everything(self):
        end = self.oven.stage("a", "#!/bin/bash\ntrap '' TERM\n(setsid sleep 99 &)\nsleep 98", timeout_ms=300)
        self.assertEqual((end.flags, end.signal), (1, 9))
        self.assertGreaterEqual(end.wall_us, 300_000)
        self.assertNotIn("sleep", self.grade("#!/bin/sh\ncat /proc/[0-9]*/comm"))

    def test_nobody_can_write_after_the_end(self):
        self.oven.stage("a", SURVIVOR)
        out = self.grade("#!/bin/sh\ncat /proc/[0-9]*/comm; wc -l < /grade_oven/output/status; sleep .3;"
                         " wc -l < /grade_oven/output/status")
        self.assertNotIn("python3", out)
        before, after = out.split()[-2:]
        self.assertEqual(before, after)

    def test_a_fork_bomb_of_a_stage_is_ended(self):
        end = self.oven.stage("a", "#!/usr/bin/env python3\nimport os\nwhile True:\n"
                                   "    try: os.fork()\n    except OSError: pass", timeout_ms=1500)
        self.assertEqual(end.flags, 1)
        self.assertEqual(self.grade("#!/bin/sh\nset -- /proc/[0-9]*; echo $#"), "2\n")  # PID 1 and main

    def test_a_stage_cannot_harm_pid_1(self):
        out = self.grade("#!/bin/bash\nkill -9 1; kill -STOP 1; ls /proc/1/fd; cat /proc/1/environ;"
                         "cat /proc/1/mem; rm -rf /sandbox/2; touch /sandbox/x; touch /usr/x; id -u")
        self.assertEqual(int(out.split()[-1]), self.oven.base)
        self.assertEqual(out.count("denied") + out.count("not permitted") + out.count("Read-only"), 8, out)

    def test_memory_shortage_kills_the_stage_and_not_the_oven(self):
        end = self.oven.stage("a", "#!/usr/bin/env python3\nx = bytearray(1 << 30)")
        self.assertEqual(end.signal, 9)
        self.grade("#!/bin/sh\ntrue")


class Outputs(OvenTest):
    def test_outputs_are_seen_while_the_stage_runs(self):
        self.oven.store("a", {"main": "#!/bin/bash\ncd /grade_oven/output\necho one >> status\n"
                              "echo 1/2 > progress\necho 5/10 > score\n"
                              "until [ -e go ]; do sleep .02; done; echo two >> status"})
        self.oven.start("a")
        self.oven.wait_for(lambda: self.oven.outputs["status"] == b"one\n"
                           and self.oven.outputs["progress"] == b"1/2\n"
                           and self.oven.outputs["score"] == b"5/10\n")
        touch(self.oven, "/grade_oven/output/go")
        self.oven.finish()
        self.assertEqual(self.oven.outputs["status"], b"one\ntwo\n")
        sent = [payload for kind, payload in self.oven.seen if kind == b"O" and payload[0] == 1]
        self.assertEqual(sent[-1], b"\x01\0\0\0\x04two\n")  # only the difference

    def test_a_later_stage_that_truncates_takes_nothing_back(self):
        self.grade("#!/bin/sh\ncd /grade_oven/output; echo a > errors; echo b >> errors; echo x > status")
        self.grade("#!/bin/sh\ncd /grade_oven/output; echo c > errors; echo y >> status")
        self.grade("#!/bin/sh\ncd /grade_oven/output; rm errors; echo d > errors; : > status")
        self.assertEqual(self.oven.outputs["errors"], b"a\nb\nc\nd\n")
        self.assertEqual(self.oven.outputs["status"], b"x\ny\n")

    def test_a_stage_may_rewrite_what_it_said_itself(self):
        self.grade("#!/bin/sh\ncd /grade_oven/output; echo first > debug; sleep .2; echo 2 > debug")
        self.assertEqual(self.oven.outputs["debug"], b"2\n")
        self.assertIn(b"first\n", self.oven.history["debug"])

    def test_files_that_are_renamed_into_place_are_seen(self):
        self.grade("#!/bin/sh\ncd /grade_oven/output; echo 3/4 > .s; mv .s score; echo s > .t; mv .t status")
        self.assertEqual((self.oven.outputs["score"], self.oven.outputs["status"]), (b"3/4\n", b"s\n"))

    def test_an_emptied_or_removed_score_is_not_sent(self):
        self.grade("#!/bin/sh\ncd /grade_oven/output; echo 3/4 > score; sleep .1; : > score; sleep .1; rm score")
        self.assertEqual(self.oven.history["score"], [b"3/4\n"])

    def test_a_score_is_said_by_the_stage_that_writes_it(self):
        self.grade("#!/bin/sh\necho 3/4 > ../output/score")
        self.grade("#!/bin/sh\ncat ../output/score")
        self.grade("#!/bin/sh\ncd ../output; echo 1/4 > score; sleep .1; echo 3/4 > score")
        self.assertEqual(self.oven.history["score"], [b"3/4\n", b"1/4\n", b"3/4\n"])

    def test_results_of_tests_are_sent_once_at_the_end_of_a_stage_that_changed_them(self):
        self.grade("#!/bin/sh\ncd /grade_oven/output; for i in 1 2 3; do echo $i > results.json; sleep 0.1; done")
        self.assertEqual(self.oven.history["results.json"], [b"3\n"])
        self.grade("#!/bin/sh\ncat /grade_oven/output/results.json")
        self.grade("#!/bin/sh\ncd /grade_oven/output; head -c 2000000 /dev/zero > junit.xml; rm results.json")
        self.assertEqual(self.oven.outputs["results.json"], b"3\n")
        self.assertEqual(self.oven.outputs["junit.xml"], bytes(1 << 20))
        self.assertEqual(self.oven.oversize, ["junit.xml"])

    def test_every_change_of_the_score_is_sent_promptly(self):
        self.grade("#!/bin/bash\ncd /grade_oven/output; for i in {1..5}; do echo $i/5 > score; sleep .05; done")
        self.assertEqual(self.oven.history["score"], [b"%d/5\n" % i for i in range(1, 6)])

    def test_logs_are_coalesced(self):
        self.grade("#!/bin/bash\nfor i in {1..3000}; do echo $i >> /grade_oven/output/status; done")
        self.assertEqual(self.oven.outputs["status"].split(), [b"%d" % i for i in range(1, 3001)])
        self.assertLess(len(self.oven.history["status"]), 60)

    def test_what_is_over_the_limit_is_left_out_and_told_once(self):
        self.grade("#!/bin/bash\ncd /grade_oven/output; head -c 65536 /dev/zero | tr '\\0' a > status\n"
                   "for i in 1 2 3; do echo more >> status; sleep .06; done; head -c 5000 /dev/zero > score\n"
                   "yes 1234567 | head -c 2000000 > debug")
        self.assertEqual(self.oven.outputs["status"], b"a" * 65536)
        self.assertEqual(self.oven.outputs["score"], bytes(4096))
        self.assertEqual(self.oven.outputs["debug"], (b"1234567\n" * 131072))
        self.assertEqual(sorted(self.oven.oversize), ["debug", "score", "status"])
        self.grade("#!/bin/sh\necho again >> /grade_oven/output/status")
        self.assertEqual(self.oven.outputs["status"], b"a" * 65536)

    def test_an_executor_that_does_not_read_holds_nothing_up(self):
        self.oven.store("a", {"main": "#!/usr/bin/env python3\nimport os, time\n"
                              "for i in range(60):\n"
                              "    with open('/grade_oven/output/debug', 'wb') as f: f.write(b'%d\\n' % i * 300000)\n"
                              "    time.sleep(.03)\n"
                              "open('/grade_oven/output/done', 'w')\n"})
        self.oven.start("a")
        self.oven.wait_for(lambda: self.oven.outputs["debug"])
        self.oven.process.send_signal(signal.SIGSTOP)  # the other end of our pipes

        def is_done():
            try:
                return b"done" in docker("exec", "--user", str(self.oven.base), self.oven.name,
                                         "ls", "/grade_oven/output")
            except subprocess.CalledProcessError:
                return False  # our ls has the grader's uid: the sweep at the end takes it too
        try:
            wait_until(is_done)
        finally:
            self.oven.process.send_signal(signal.SIGCONT)
        self.assertLess(self.oven.finish().wall_us, 15_000_000)
        self.assertEqual(self.oven.outputs["debug"], (b"59\n" * 300000)[:1 << 20])

    def test_any_byte_may_be_in_them(self):
        self.grade("#!/bin/sh\nprintf '\\000\\377\\n\\000' > /grade_oven/output/errors")
        self.assertEqual(self.oven.outputs["errors"], b"\0\xff\n\0")

    def test_what_is_no_regular_file_counts_as_absent(self):
        self.grade("#!/bin/sh\ncd /grade_oven/output; rm status errors debug; ln -s /etc/passwd status\n"
                   "mkfifo errors; mkdir debug; ln -s /etc/passwd score; mknod progress c 1 5; sleep .2")
        self.assertEqual(set(self.oven.outputs.values()), {b""})
        self.grade("#!/bin/sh\ncd /grade_oven/output; rm -rf *; echo back > status", trusted=True)
        self.assertEqual(self.oven.outputs["status"], b"back\n")

    def test_an_output_directory_that_was_replaced_is_watched(self):
        self.grade("#!/bin/sh\ncd /grade_oven; rm -rf output; mkdir output; echo 1/1 > output/score")
        self.assertEqual(self.oven.outputs["score"], b"1/1\n")
        self.grade("#!/bin/sh\nrm -rf /grade_oven/output")
        self.grade("#!/bin/sh\necho 0/1 > /grade_oven/output/score")
        self.assertEqual(self.oven.outputs["score"], b"0/1\n")

    def test_the_console_is_sent_head_live_and_tail_at_the_end(self):
        self.oven.store("a", {"main": "#!/bin/bash\necho out; echo err >&2\n"
                              "until [ -e /grade_oven/output/go ]; do sleep .02; done; yes 1234567 | head -c 1000000"})
        self.oven.start("a")
        self.oven.wait_for(lambda: self.oven.console == b"out\nerr\n")
        touch(self.oven, "/grade_oven/output/go")
        self.oven.finish()
        everything = b"out\nerr\n" + b"1234567\n" * 125000
        self.assertEqual(self.oven.console, everything[:65536] + everything[-65536:])
        self.assertEqual(self.oven.left_out, len(everything) - 131072)

    def test_a_console_within_the_limit_is_whole(self):
        everything = b"12345678901\n" * 10000
        self.oven.stage("a", "#!/bin/bash\nyes 12345678901 | head -n 10000")
        self.assertEqual((self.oven.console, self.oven.left_out), (everything, 0))


class Untrusted(OvenTest):
    def test_it_may_build_and_log_but_not_score(self):
        self.grade("#!/bin/sh\necho 1/10 > /grade_oven/output/score; echo secret > /grade_oven/stage1/key")
        out = self.grade("#!/bin/bash\ncd /grade_oven/output\nfor f in status errors progress debug; do echo $f >> $f; done\n"
                         "echo 10/10 > score; rm -f score; mv score x; echo 10/10 > new\n"
                         "echo x >> ../stage1/main; touch ../stage1/x; rm -f ../stage1/main; touch ../x; mv ../output ../x\n"
                         "echo built > ../submission/built; echo mine > ../stage2/mine; mkdir ../stage2/d; id -u\n"
                         "cat /sandbox/0/x; touch /sandbox/0/x; true", trusted=False)
        self.assertEqual(self.oven.outputs["score"], b"1/10\n")
        for name in ("status", "errors", "progress", "debug"):
            self.assertEqual(self.oven.outputs[name], name.encode() + b"\n")
        self.assertIn(f"\n{self.oven.base + 1}\n", out)
        self.assertEqual(out.count("denied"), 11, out)
        self.assertEqual(self.grade("#!/bin/sh\ncd /grade_oven; cat output/score submission/built stage2/mine"),
                         "1/10\nbuilt\nmine\n")

    def test_a_file_that_a_trusted_stage_replaced_is_writable_again(self):
        self.grade("#!/bin/sh\ncd /grade_oven/output; echo a > $HOME/s; chmod 600 $HOME/s; mv $HOME/s status;"
                   "rm errors; ln -s ../stage1/main debug2; mv debug2 debug; chmod 666 score 2>/dev/null; true")
        self.grade("#!/bin/sh\ncd /grade_oven/output; echo b >> status; echo e > errors; echo d > debug", trusted=False)
        self.assertEqual(self.oven.outputs["status"], b"a\nb\n")
        self.assertEqual(self.oven.outputs["errors"], b"e\n")
        self.assertEqual(self.oven.outputs["debug"], b"d\n")

    def test_its_results_of_tests_are_never_sent(self):
        self.grade("#!/bin/sh\ncd /grade_oven/output; echo 1 > results.json; chmod 666 results.json; chmod 777 .")
        self.assertEqual(self.oven.outputs["results.json"], b"1\n")
        out = self.grade("#!/bin/bash\ncd /grade_oven/output; echo 2 >> results.json; rm -f results.json\n"
                         "echo 3 > results.json; echo 3 > junit.xml; true", trusted=False)
        self.assertEqual(out.count("denied"), 4, out)
        self.grade("#!/bin/sh\ntouch /grade_oven/output/results.json /grade_oven/output/junit.xml")
        self.assertEqual(self.oven.history["results.json"], [b"1\n"])
        self.assertEqual(self.oven.history["junit.xml"], [])

    def test_a_score_left_where_it_may_write_is_not_its_to_forge(self):
        for opened in ("chmod 777 /grade_oven/output", "chmod -R 777 /grade_oven", "chmod 0 /grade_oven/output",
                       "cd ../output; rm score; echo 1/10 > score; chmod 022 score; chmod 777 ."):
            with self.subTest(opened):
                self.oven = self.open()
                self.grade(f"#!/bin/bash\necho 1/10 > /grade_oven/output/score; {opened}")
                self.grade("#!/bin/bash\ncd /grade_oven/output; echo 9/10 > score; rm -f score; echo 10/10 > score\n"
                           "mv /grade_oven/output /grade_oven/x; echo tried >> status", trusted=False)
                self.grade("#!/bin/sh\necho after >> /grade_oven/output/status; touch /grade_oven/output/score")
                self.assertEqual(self.oven.outputs["status"], b"tried\nafter\n")
                self.assertEqual(self.oven.history["score"], [b"1/10\n"])

    def test_what_a_stage_shut_behind_itself_counts_all_the_same(self):
        for shut in ("chmod 0 score", "chmod 0 .", "chmod 022 score; chmod 111 ."):
            with self.subTest(shut):
                self.oven = self.open()
                # without a moment in which it could be read: it is put there as it stays
                self.grade(f"#!/bin/bash\ncd /grade_oven/output; rm -f score; umask 777; echo 3/4 > score; {shut}")
                self.assertEqual(self.oven.outputs["score"], b"3/4\n")

    def test_an_output_directory_of_its_own_says_nothing(self):
        self.grade("#!/bin/sh\nmkdir ../submission/made; echo 9/10 > ../submission/made/score", trusted=False)
        self.grade("#!/bin/sh\ncd /grade_oven; rm -r output; mv submission/made output; touch output/score")
        self.assertEqual(self.oven.history["score"], [])

    def test_what_it_left_elsewhere_may_be_taken_as_the_score(self):
        self.grade("#!/bin/sh\necho 3/4 > ../submission/score", trusted=False)
        self.grade("#!/bin/sh\nmv ../submission/score ../output/score")
        self.assertEqual(self.oven.outputs["score"], b"3/4\n")

    def test_it_cannot_use_sandbox(self):
        out = self.grade("#!/bin/sh\nsandbox -- true; echo $?", trusted=False)
        self.assertIn("only a trusted stage can use sandbox", out)
        self.assertTrue(out.endswith("125\n"), out)


class Endings(OvenTest):
    def test_end_of_input_ends_the_oven_in_mid_stage(self):
        self.oven.store("a", {"main": "#!/bin/sh\ntrap '' HUP TERM\necho on\nsleep 99"})
        self.oven.start("a")
        self.oven.wait_for(lambda: self.oven.console)
        before = time.monotonic()
        self.assertEqual(self.oven.close(), 0)
        self.assertLess(time.monotonic() - before, 5)
        wait_until(lambda: not self.oven.exists())

    def test_docker_stop_ends_the_oven_at_once_and_a_stage_cannot(self):
        self.grade("#!/bin/sh\nkill -TERM 1; kill -INT 1; kill -HUP 1; true")
        self.grade("#!/bin/sh\ntrue")
        before = time.monotonic()
        docker("stop", "-t", "20", self.oven.name)
        self.assertLess(time.monotonic() - before, 10)

    def assert_breaks(self, data, why):
        oven = self.open()
        oven.send_raw(data)
        self.assert_broken(oven, why)

    def test_what_is_not_the_protocol_ends_the_oven_with_70(self):
        frame = lambda kind, body=b"": struct.pack(">cI", kind, len(body)) + body
        self.assert_breaks(b"GET / HTTP/1.1\r\n\r\n", b"bytes")
        self.assert_breaks(frame(b"?"), b"unknown frame")
        self.assert_breaks(frame(b"x", b"data"), b"out of order")
        self.assert_breaks(frame(b"t", b"a/b"), b"TREE")
        self.assert_breaks(frame(b"t", b"output"), b"TREE")
        self.assert_breaks(frame(b"r", struct.pack(">BI", 1, 0) + b"submission\0"), b"RUN")
        self.assert_breaks(frame(b"r", struct.pack(">BI", 1, 0) + b"unended"), b"RUN")
        self.assert_breaks(frame(b"t", b"a") + frame(b"f", struct.pack(">BQ", 0, 2) + b"b") + frame(b"x", b"abc")
                           + frame(b"e"), b"more DATA")


if __name__ == "__main__":
    unittest.main()
