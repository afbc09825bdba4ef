#!/usr/bin/env python3
"""sandbox: what a student's program may do, and how a call of it ends. Everything that must hold is
tried twice: with Landlock, and by uids and modes alone."""
import json
import struct
import time
import unittest

from oven_harness import OvenTest, set_up_module, tear_down_module

setUpModule, tearDownModule = set_up_module, tear_down_module

HELLO_C = "#include <stdio.h>\nint main(void) { char b[99]; while (fgets(b, 99, stdin)) printf(\"<%s\", b); }\n"


class Walls:
    """What a sandboxed program cannot do. `tries` writes each success as a line "BAD ..."."""

    def tries(self, program, before="true", options="", after="true"):
        return self.grade("#!/bin/bash\n" + before + f"\nsandbox {options} -- python3 - <<'PROGRAM'\n"
                          "import os, sys, signal, socket, stat\n"
                          "def bad(what, do):\n"
                          "    try: print('BAD', what, do())\n"
                          "    except (OSError, PermissionError) as e: print('good', what, e.strerror)\n"
                          + program + "\nprint('tried')\nPROGRAM\n" + after)

    def assert_good(self, out, count):
        self.assertNotIn("BAD", out)
        self.assertEqual(out.count("good"), count, out)
        self.assertIn("tried", out)

    def test_it_cannot_read_or_list_what_is_the_graders(self):
        out = self.tries("""
for path in ('/grade_oven/stage1/main', '/grade_oven/stage1/key', '/grade_oven/stage1/open/key', '/sandbox/0/x',
             '/grade_oven/output/status', '/tmp/private'):
    bad(path, lambda: open(path).read())
for path in ('/grade_oven', '/grade_oven/stage1', '/grade_oven/output', '/sandbox', '/sandbox/0', '/proc/1/fd',
             '/proc/%d/fd' % parent, '/proc/%d/cwd/' % parent):
    bad(path, lambda: os.listdir(path))
bad('environ', lambda: open('/proc/%d/environ' % parent).read())
bad('mem', lambda: open('/proc/%d/mem' % parent).read())
print(open('/grade_oven/submission/hello.txt').read())
""".replace("parent", "int(os.environ['PARENT'])"),
                         before="cd /grade_oven/stage1; echo k > key; mkdir -m 777 open; echo k > open/key; chmod 666 open/key"
                                "; echo x > $HOME/x; (umask 077; echo x > /tmp/private); cd -",
                         options="--env PARENT=$$")
        self.assert_good(out, 16)
        self.assertIn("hello\n", out)

    def test_it_cannot_write_what_is_not_its_own(self):
        out = self.tries("""
for path in ('/grade_oven/output/score', '/grade_oven/output/status', '/grade_oven/submission/hello.txt',
             '/grade_oven/submission/new', '/grade_oven/new', '/grade_oven/stage1/main', '/sandbox/new', '/sandbox/0/x',
             '/usr/x', '/etc/passwd', '/proc/1/oom_score_adj', '/grade_oven/output/x'):
    bad(path, lambda: open(path, 'w').write('0'))
bad('rename', lambda: os.rename('/grade_oven/output', '/grade_oven/x'))
bad('unlink', lambda: os.unlink('/grade_oven/submission/hello.txt'))
bad('chmod', lambda: os.chmod('/grade_oven/submission', 0o777))
""")
        self.assert_good(out, 15)
        self.assertEqual(self.oven.outputs["score"], b"")

    def test_what_the_grader_opens_to_all_is_closed_before_it_starts(self):
        for opened in ("chmod 777 /grade_oven/output", "chmod -R 777 /grade_oven"):
            with self.subTest(opened):
                self.oven = self.open()
                out = self.tries("""
for path in ('/grade_oven/output/score', '/grade_oven/output/new', '/grade_oven/new', '/grade_oven/stage1/new'):
    bad(path, lambda: open(path, 'w').write('2/2'))
bad('key', lambda: open('/grade_oven/stage1/key').read())
bad('unlink', lambda: os.unlink('/grade_oven/output/score'))
bad('rename', lambda: os.rename('/grade_oven/output', '/grade_oven/x'))
print(open('/grade_oven/submission/hello.txt').read())
""", before=f"echo 1/2 > ../output/score; echo k > ../stage1/key; chmod 666 ../output/score; {opened}",
                                 after="cd ..; touch output/score; ln -s submission src; sandbox -- cat src/hello.txt 2>&1")
                self.assert_good(out, 7)
                self.assertEqual(self.oven.history["score"], [b"1/2\n"])

    def test_it_cannot_signal_or_trace_the_grader(self):
        out = self.tries("""
parent = int(os.environ['PARENT'])
for pid in (1, parent):
    for sign in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT, 0):
        bad('kill', lambda: os.kill(pid, sign))
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def attach():
    if libc.ptrace(16, parent, 0, 0) < 0: raise OSError(ctypes.get_errno(), 'ptrace')
bad('ptrace', attach)
bad('setuid', lambda: os.setuid(int(os.environ['GRADER'])))
bad('setgroups', lambda: os.setgroups([0]))
bad('chroot', lambda: os.chroot('/tmp'))
try: os.kill(-1, signal.SIGKILL)   # nobody but itself, which -1 leaves out
except OSError: pass
""", options="--env PARENT=$$ --env GRADER=$(id -u)", after="echo grader lives")
        self.assert_good(out, 12)
        self.assertIn("grader lives", out)

    def test_it_cannot_use_sandbox_nor_keep_descriptors(self):
        out = self.tries("""
import subprocess
run = subprocess.run(['sandbox', '--', 'true'], stderr=subprocess.PIPE)
print('status', run.returncode, run.stderr)
print('fds', sorted(int(f) for f in os.listdir('/proc/self/fd'))[:4])
print('groups', os.getgroups(), os.getuid() == os.getgid(), os.getuid() > %d)
""" % self.oven.base)
        self.assertIn("status 125", out)
        self.assertIn("fds [0, 1, 2, 3]\n", out)  # 3 is listdir's own
        self.assertIn("groups [] True True", out)

    def test_calls_at_the_same_time_cannot_touch_each_other(self):
        out = self.grade("""#!/bin/bash
sandbox -- sh -c 'echo mine > secret; chmod 600 secret; touch /tmp/up; id -u; pwd; exec sleep 60' > $HOME/first &
until [ $(wc -l < $HOME/first) = 2 ]; do sleep .02; done
first=$(sed -n 1p $HOME/first) scratch=/sandbox/$(( first - $(id -u) ))
sandbox --env S=$scratch -- sh -c '
    cat $S/secret; ls $S; touch $S/x; kill -9 -1; pkill sleep; rm -rf $S /tmp/up; id -u' 2>&1
[ -e /tmp/up ] && echo still there
kill %1; wait; true
""")
        self.assertEqual(out.count("denied") + out.count("not permitted"), 6, out)
        self.assertIn("still there", out)

    def test_nothing_of_a_call_is_left(self):
        out = self.grade(r"""#!/bin/bash
mkdir -m 777 /tmp/open
sandbox -- bash -c '
    (setsid sleep 1000 &) ; (setsid bash -c "while :; do :; done" &)
    cd; mkdir -p a/b/c; touch a/b/c/d; chmod 0 a/b a; ln -s /etc e
    touch /tmp/f /dev/shm/s; mkdir -p /tmp/g/h/i; chmod 0 /tmp/g/h; touch /tmp/open/in
    python3 -c "
import ctypes
libc = ctypes.CDLL(None)
print(libc.shmget(0, 4096, 0o1000) >= 0, libc.semget(0, 1, 0o1000) >= 0, libc.msgget(0, 0o1000) >= 0,
      libc.mq_open(b\"/queue\", 0o102, 0o600, None) >= 0)
"
    ls -A ~ /tmp /tmp/open /dev/shm /dev/mqueue | wc -l; cat /proc/sysvipc/* | wc -l'
sandbox -- sh -c 'pwd; ls -A ~'
ls -A /tmp /tmp/open /dev/shm /dev/mqueue; cat /proc/sysvipc/* | wc -l; set -- /proc/[0-9]*; echo $#
""")
        self.assertEqual(out.splitlines(), [
            "True True True True", "17", "6", "/grade_oven/submission",
            "/dev/mqueue:", "", "/dev/shm:", "", "/tmp:", "open", "", "/tmp/open:", "3", "2"])

    def test_a_fork_bomb_is_contained_and_ended(self):
        before = time.monotonic()
        out = self.grade("""#!/bin/bash
sandbox --time 1 --report $HOME/r -- python3 -c '
import os
while True:
    try: os.fork()
    except OSError: pass'
echo status $?; cat $HOME/r; set -- /proc/[0-9]*; echo processes $#
sandbox -- echo next""")
        self.assertLess(time.monotonic() - before, 10)
        self.assertIn("status 124", out)
        self.assertIn("processes 2\n", out)
        self.assertIn("next", out)
        self.assertGreater(json.loads(out.splitlines()[1])["cpu_ms"], 300)

    def test_killers_of_their_own_uid_do_not_outlive_the_call(self):
        out = self.grade("""#!/bin/bash
sandbox --time 1 -- python3 -c '
import os, signal
for i in range(20): os.fork() if i < 4 else 0
while True:
    try: os.kill(-1, signal.SIGSTOP if os.getpid() % 2 else signal.SIGCONT)
    except OSError: pass
    if os.fork() == 0: os.setsid()' 2>/dev/null
echo $?; set -- /proc/[0-9]*; echo processes $#""")
        self.assertIn("processes 2\n", out)

    def test_programs_that_courses_use_work(self):
        out = self.grade("""#!/bin/bash
set -e
sandbox --dir build -- gcc -O1 -o prog /grade_oven/submission/hello.c
echo input | sandbox --dir build --time 5 -- ./prog
sandbox --dir build -- bash -c 'echo "#include <iostream>
int main() { std::cout << 42 << std::endl; }" > a.cc; printf "all: a\\n\\t./a\\n" > Makefile; make -s CXX=g++ a && make -s'
sandbox -- python3 -c 'import tempfile, subprocess, multiprocessing as m
if __name__ == "__main__":
    with m.get_context("fork").Pool(2) as p: print(p.map(len, ["a", "bb"]))
    print(subprocess.run(["sort"], input=b"b\\na\\n", stdout=subprocess.PIPE).stdout)
    f = tempfile.NamedTemporaryFile(); print(f.name.startswith("/sandbox/"))'
sandbox -- bash -c 'cat <(echo substituted) > /dev/stdout; echo err > /dev/stderr; cat /proc/self/comm; head -c 4 /dev/urandom | wc -c'
sandbox -- /grade_oven/submission/script.sh a b
sandbox -- python3 -c 'import socket; a, b = socket.socketpair(); a.send(b"x"); print(b.recv(1))'
sandbox --tcp -- python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 0)); c = socket.create_connection(s.getsockname()); print("tcp", s.accept()[0].getpeername()[0])'
""")
        for part in ("<input\n", "42\n", "[1, 2]\n", "b'a\\nb\\n'", "True\n", "substituted\n", "err\n", "cat\n", "4\n",
                     "script a b\n", "b'x'\n", "tcp 127.0.0.1\n"):
            self.assertIn(part, out)

    def setUp(self):
        self.oven = self.open(submission={"hello.txt": "hello\n", "hello.c": HELLO_C,
                                          "script.sh": "#!/bin/sh\necho script $*\n"})


class WithLandlock(Walls, OvenTest):
    def test_tcp_is_closed_unless_asked_for(self):
        if struct.unpack(">I", self.hello[4:8])[0] < 4:
            self.skipTest("this kernel's Landlock does not know TCP")
        out = self.tries("bad('bind', lambda: socket.create_server(('127.0.0.1', 0)))")
        self.assert_good(out, 1)

    def test_it_stays_the_first_to_go_when_memory_is_short(self):
        out = self.tries("bad('oom', lambda: os.open('/proc/self/oom_score_adj', os.O_WRONLY))")
        self.assert_good(out, 1)

    def test_abstract_sockets_outside_are_closed(self):
        if struct.unpack(">I", self.hello[4:8])[0] < 6:
            self.skipTest("this kernel's Landlock does not know scopes")
        out = self.tries("bad('connect', lambda: socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)"
                         ".connect('\\0gradeoven-sandbox'))")
        self.assert_good(out, 1)


class WithoutLandlock(Walls, OvenTest):
    arguments = ("--no-landlock",)


class Calls(OvenTest):
    """How a call runs and ends."""

    def test_streams_status_and_directory_pass_through(self):
        out = self.grade("""#!/bin/bash
echo in | sandbox -- sh -c 'cat; echo err >&2; pwd; exit 7' 2> $HOME/e; echo $?; cat $HOME/e
cd /tmp; sandbox -- pwd; cd $HOME; sandbox -- sh -c 'pwd; echo $HOME $TMPDIR'
sandbox sh -c 'kill -11 $$'; echo $?
sandbox -- env | sort; sandbox --env A=b=c --env PATH=/bin -- /usr/bin/env | grep -E '^(A|PATH)='
sandbox -- cat < /grade_oven/submission/hello.txt
sandbox -- sh -c 'echo closed' <&- ; sandbox -- sh -c 'for i in 1 2 3; do echo o$i; echo e$i >&2; done' 2>&1 | tr '\\n' ' '""")
        lines = out.splitlines()
        self.assertEqual(lines[:6], ["in", "/grade_oven/submission", "7", "err", "/tmp", "/sandbox/2"])
        self.assertEqual(lines[6:8], ["/sandbox/2 /sandbox/2", "139"])
        self.assertEqual([line.split("=")[0] for line in lines[8:12]], ["HOME", "LANG", "PATH", "TMPDIR"])
        self.assertEqual(sorted(lines[12:14]), ["A=b=c", "PATH=/bin"])
        self.assertEqual(lines[14:], ["hello", "closed", "o1 e1 o2 e2 o3 e3 "])

    def test_a_program_that_cannot_start_is_told_as_env_does(self):
        out = self.grade("""#!/bin/bash
sandbox -- no-such-program; echo $?; sandbox -- /etc/passwd; echo $?; sandbox -- ./hello.txt; echo $?
sandbox --time 0 -- true; echo $?; sandbox --bogus -- true; echo $?; sandbox; echo $?
sandbox --memory -5 true; echo $?; sandbox --collect ../x true; echo $?; sandbox --help | head -1
sandbox --report /no/where -- true; echo $?
sandbox -- true $(seq 30000); echo $?""")
        self.assertEqual([line for line in out.splitlines() if line.isdigit()],
                         ["127", "126", "126", "125", "125", "125", "125", "125", "125", "125"])
        self.assertIn("sandbox: cannot execute no-such-program: No such file or directory", out)
        self.assertIn("Usage: sandbox", out)

    def test_the_report_tells_how_it_ended(self):
        out = self.grade("""#!/bin/bash
sandbox --report r1 -- sh -c 'exit 3'
sandbox --report r2 -- sh -c 'kill -6 $$'
sandbox --report r3 --time 0.3 -- sleep 9; echo $?
sandbox --report r4 --output 1000 -- yes | wc -c
sandbox --report r5 -- python3 -c 'import time
x = bytearray(60 << 20)
while time.process_time() < .2: pass'
cat r1 r2 r3 r4 r5""")
        lines = out.splitlines()
        self.assertEqual(lines[0], "124")
        self.assertEqual([line for line in lines if line.strip() == "1000"], ["1000"])
        one, two, three, four, five = [json.loads(line) for line in lines if line.startswith("{")]
        self.assertEqual((one["exit"], one["signal"], one["timed_out"]), (3, None, False))
        self.assertEqual((two["exit"], two["signal"]), (None, 6))
        self.assertEqual((three["signal"], three["timed_out"]), (9, True))
        self.assertTrue(300 <= three["wall_ms"] < 3000)
        self.assertEqual((four["output_exceeded"], four["timed_out"]), (True, False))
        self.assertGreater(five["cpu_ms"], 190)
        self.assertGreater(five["max_rss_kib"], 60 << 10)

    def test_output_is_cut_at_the_limit_and_whole_below_it(self):
        out = self.grade("""#!/bin/bash
sandbox --output 100K -- head -c 102400 /dev/zero | wc -c; echo ${PIPESTATUS[0]}
sandbox --output 100K -- sh -c 'head -c 102401 /dev/zero; sleep 60' | wc -c; echo ${PIPESTATUS[0]}
sandbox -- head -c 10000000 /dev/zero | md5sum; head -c 10000000 /dev/zero | md5sum
sandbox --time 10 -- yes | head -1; echo ${PIPESTATUS[0]}""")
        lines = [line for line in out.splitlines() if not line.startswith("sandbox:")]
        self.assertEqual(lines[:4], ["102400", "0", "102400", "137"])
        self.assertEqual(lines[4], lines[5])
        self.assertEqual(lines[6:], ["y", "141"])
        self.assertIn("sandbox: stopped after 102400 bytes of output", out)

    def test_limits_hold(self):
        out = self.grade("""#!/bin/bash
sandbox --memory 100 -- python3 -c 'x = bytearray(200 << 20)' 2>&1 | tail -1
sandbox --file-size 10K -- sh -c 'cd; head -c 20000 /dev/zero > f; stat -c %s f' 2>/dev/null
sandbox --processes 3 -- sh -c 'sleep 9 & sleep 9 & sleep 9 & sleep 9 & wait' 2>&1 | grep -c ork
sandbox -- bash -c 'ulimit -c; ulimit -u; cat /proc/self/oom_score_adj'""")
        self.assertEqual(out.split(), ["MemoryError", "10240", "1", "0", "64", "1000"])

    def test_a_directory_is_kept_for_its_name_until_the_stage_ends(self):
        out = self.grade("""#!/bin/bash
sandbox --dir ../x/ -- sh -c 'echo kept > f; chmod 777 .; pwd'
sandbox -- sh -c 'ls -A /sandbox/2; cd; ls -A'
sandbox --dir other -- ls -A
sandbox --dir ../x/ -- sh -c 'cat f; stat -c %a .'
sandbox --dir ../x/ -- sh -c 'touch /tmp/up; sleep 60' & until [ -e /tmp/up ]; do sleep .02; done
sandbox --dir ../x/ -- true; echo $?; kill %1; wait; true""")
        lines = out.splitlines()
        self.assertEqual(lines[0], "/sandbox/2")
        self.assertIn("ls: cannot open directory '/sandbox/2': Permission denied", lines)
        self.assertEqual(lines[-4:-2], ["kept", "700"])
        self.assertIn("another call is using this --dir now", lines[-2])
        self.assertEqual(lines[-1], "125")
        self.assertEqual(self.grade("#!/bin/sh\nsandbox --dir ../x/ -- sh -c 'pwd; ls -A'"), "/sandbox/2\n")

    def test_files_are_collected_and_links_are_not(self):
        out = self.grade("""#!/bin/bash
cd $HOME; echo stale > link; echo stale > missing
sandbox --dir c --collect out --collect sub/b:$HOME/copy --collect link --collect missing --collect fifo --collect d/key \
    --collect big --collect-size 100K --report r -- bash -c '
    echo result > out; chmod 000 out; chmod 600 out; mkdir sub; head -c 1000 /dev/urandom > sub/b; md5sum < sub/b; chmod 0 ~
    chmod 700 ~; ln -s /grade_oven/submission/hello.txt link; mkfifo fifo; ln -s /grade_oven/submission d
    head -c 200000 /dev/zero > big; exit 3'
echo $?; cat out; md5sum < copy; ls -A | tr '\\n' ' '; stat -c %u out; id -u; grep -o '"not_collected":.' r
sandbox --dir k -- sh -c 'echo one > f'; sandbox --dir k --collect f:g -- true; cat g; sandbox --dir k -- cat f""")
        self.assertIn("link was not collected: it is a symbolic link", out)
        self.assertIn("missing was not collected: No such file", out)
        self.assertIn("fifo was not collected: it is not a regular file", out)
        self.assertIn("d/key was not collected", out)
        self.assertIn("big was not collected: it is larger", out)
        lines = [line for line in out.splitlines() if not line.startswith("sandbox:")]
        self.assertEqual(lines[1:3], ["3", "result"])
        self.assertEqual(lines[0], lines[3])
        self.assertEqual(lines[4].split()[:-1], ["copy", "out", "r"])
        self.assertEqual(lines[4].split()[-1], lines[5])
        self.assertEqual(lines[6:], ['"not_collected":5', "one", "one"])

    def test_many_calls_at_once_all_run(self):
        out = self.grade("""#!/bin/bash
for i in {1..40}; do echo $i | sandbox --processes 5 -- cat & done | sort -n | uniq | wc -l""")
        self.assertEqual(out, "40\n")

    def test_a_call_ends_with_its_caller(self):
        out = self.grade("""#!/bin/bash
sandbox -- sh -c 'touch /tmp/up; sleep 99' & until [ -e /tmp/up ]; do sleep .02; done
kill -9 %1; while [ -e /tmp/up ]; do sleep .02; done; cat /proc/[0-9]*/comm 2>/dev/null; true""")
        self.assertNotIn("sandbox\n", out)

    def test_the_end_of_the_stage_ends_its_calls(self):
        self.oven.store("a", {"main": "#!/bin/bash\nsandbox --dir x -- sh -c 'touch f /tmp/up; sleep 99' &\n"
                              "sandbox -- sh -c 'sleep 98' &\nuntil [ -e /tmp/up ]; do sleep .02; done"})
        end = self.oven.run("a")
        self.assertEqual((end.status, end.signal), (0, 0))
        self.assertLess(end.wall_us, 9_000_000)
        out = self.grade("#!/bin/bash\nset -- /proc/[0-9]*; echo $#; ls /tmp; sandbox --dir x -- ls")
        self.assertEqual(out, "2\n")

    def test_end_of_input_ends_the_oven_in_mid_call(self):
        self.oven.store("a", {"main": "#!/bin/sh\nsandbox -- sh -c 'echo on; sleep 99'"})
        self.oven.start("a")
        self.oven.wait_for(lambda: self.oven.console)
        self.assertEqual(self.oven.close(), 0)

    def test_memory_shortage_kills_the_program_and_not_the_stage(self):
        out = self.grade("#!/bin/sh\nsandbox -- python3 -c 'x = bytearray(1 << 30)'; echo $?")
        self.assertTrue(out.endswith("137\n"), out)

    def test_a_full_scratch_directory_is_emptied(self):
        out = self.grade("""#!/bin/sh
sandbox -- sh -c 'cd; head -c 100M /dev/zero > f; for i in 1 2 3; do mkdir $i; touch $i/f; done' 2>&1 | grep -c space
sandbox -- sh -c 'cd; head -c 30M /dev/zero > f; stat -c %s f'""")
        self.assertEqual(out.split()[-1], str(30 << 20), out)

    def test_a_very_deep_tree_is_removed(self):
        out = self.grade("""#!/bin/bash
sandbox -- python3 -c 'import os
os.chdir(os.environ["HOME"])
for i in range(5000): os.mkdir("d"); os.chdir("d")
print("deep")'
sandbox -- sh -c 'pwd; cd; pwd; ls -A'""")
        self.assertEqual(out.split(), ["deep", "/grade_oven/submission", "/sandbox/2"])


if __name__ == "__main__":
    unittest.main()
