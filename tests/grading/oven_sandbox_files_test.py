#!/usr/bin/env python3
"""sandbox --file: files of the grader that a student's program can read and nothing more. What must
hold is tried twice: with Landlock, and by uids and modes alone."""
import unittest

from oven_harness import OvenTest, set_up_module, tear_down_module

setUpModule, tearDownModule = set_up_module, tear_down_module

TRY = r"""
import os
files = os.environ['SANDBOX_FILES']
def bad(what, do):
    try: print('BAD', what, do())
    except OSError as e: print('good', what, e.strerror)
"""


class Walls:
    def test_a_program_reads_its_files_by_variable_and_by_name(self):
        out = self.grade("""#!/bin/bash
cd "$(dirname "$0")"; echo data > data.csv; chmod 600 data.csv; echo 2 > x:y; echo 'echo "ran with $1"' > run; chmod 700 run
sandbox --dir d --file data.csv --file run:tool.sh --file "$PWD/x:y:a" -- sh -c '
    cat $SANDBOX_FILES/data.csv data.csv $SANDBOX_FILES/tool.sh; sh tool.sh links
    test -x $SANDBOX_FILES/tool.sh && ! test -x data.csv && echo modes are kept
    ls $SANDBOX_FILES; pwd'
cd /grade_oven/submission
sandbox --file $OLDPWD/data.csv -- sh -c 'cat "$SANDBOX_FILES/data.csv" "$HOME/data.csv"; pwd'
sandbox -- sh -c 'echo "none: $SANDBOX_FILES"'""")
        self.assertEqual(out.splitlines(), [
            "data", "data", 'echo "ran with $1"', "ran with links", "modes are kept", "a", "data.csv", "tool.sh",
            "/sandbox/2", "data", "data", "/grade_oven/submission", "none: "])

    def test_a_program_cannot_change_its_files(self):
        out = self.grade("""#!/bin/bash
cd "$(dirname "$0")"; echo key > key; chmod 666 key
sandbox --file key -- python3 - <<'PROGRAM'
""" + TRY + """
bad('write', lambda: open(files + '/key', 'w'))
bad('append', lambda: open(os.environ['HOME'] + '/key', 'a'))
bad('truncate', lambda: os.truncate(files + '/key', 0))
bad('chmod', lambda: os.chmod(files + '/key', 0o777))
bad('remove', lambda: os.unlink(files + '/key'))
bad('rename', lambda: os.rename(files + '/key', files + '/old'))
open(os.environ['HOME'] + '/mine', 'w').write('forged')
bad('replace', lambda: os.rename(os.environ['HOME'] + '/mine', files + '/key'))
bad('link', lambda: os.symlink('/etc/passwd', files + '/new'))
bad('new', lambda: open(files + '/new', 'w'))
bad('rename all', lambda: os.rename(files, files + 'x'))
bad('open up', lambda: os.chmod(files, 0o777))
bad('look around', lambda: os.listdir('/sandbox/files'))
print(open(files + '/key').read())
PROGRAM
cat key""")
        self.assertNotIn("BAD", out)
        self.assertEqual(out.count("good"), 12, out)
        self.assertTrue(out.endswith("key\n\nkey\n"), out)

    def test_another_call_at_the_same_time_cannot_read_them(self):
        out = self.grade("""#!/bin/bash
cd "$(dirname "$0")"; echo key > key
sandbox --file key -- sh -c 'echo $SANDBOX_FILES > /tmp/where; touch /tmp/up; exec sleep 60' &
until [ -e /tmp/up ]; do sleep .02; done
sandbox -- sh -c 'F=$(cat /tmp/where); echo $F; ls $F; cat $F/key' 2>&1
kill %1; wait; true""")
        self.assertEqual(out.splitlines()[0], "/sandbox/files/2")
        self.assertEqual(out.count("Permission denied"), 2, out)

    def test_an_earlier_program_cannot_put_its_own_in_the_place_of_a_file(self):
        out = self.grade("""#!/bin/bash
cd "$(dirname "$0")"; echo graders > f
for trick in 'echo forged > f' 'mkdir -p f/g/h; touch f/g/h/i; chmod 0 f/g f' 'ln -s /etc/passwd f' 'mkfifo f' \
        'ln -s ~ f; chmod 0 ~'; do
    sandbox --dir d -- sh -c "rm -rf f; $trick"
    sandbox --dir d --time 9 --file f -- sh -c 'cat f $SANDBOX_FILES/f; rm f; echo forged > f; cat $SANDBOX_FILES/f'
done""")
        self.assertEqual(out, "graders\n" * 15)

    def test_files_are_gone_after_the_call(self):
        out = self.grade("""#!/bin/bash
cd "$(dirname "$0")"; echo 1 > f
sandbox --file f -- true; sandbox --dir d --file f -- true
sandbox --file f --time 0.2 -- sleep 9; sandbox --file f -- no-such-program
sandbox --file f -- sleep 98 & until ls /sandbox/files/* 2>/dev/null | grep -q f; do sleep .02; done
kill -9 %1; wait; while [ "$(ls -A /sandbox/files)" ]; do sleep .02; done
sandbox --dir d -- sh -c 'test -e f || echo the link leads nowhere; ls -A'
ls -A /sandbox/files | wc -l""")
        self.assertEqual(out.splitlines()[-3:], ["the link leads nowhere", "f", "0"])


class WithLandlock(Walls, OvenTest):
    pass


class WithoutLandlock(Walls, OvenTest):
    arguments = ("--no-landlock",)


class Refusals(OvenTest):
    def test_what_is_no_regular_file_of_the_grader_is_refused(self):
        out = self.grade("""#!/bin/bash
cd "$(dirname "$0")"; echo x > f; ln -s f link; mkfifo fifo; mkdir dir
try() { sandbox "$@" -- echo RAN; echo "status $?"; }
try --file link; try --file fifo; try --file dir; try --file none; try --file /dev/null
try --file f:a/b; try --file f:..; try --file f: ; try --file :f; try --file f --file dir/../f
try $(for i in {1..65}; do echo --file f:$i; done)
try $(for i in {1..64}; do echo --file f:$i; done)""")
        self.assertEqual([line for line in out.splitlines() if line.startswith(("status", "RAN"))],
                         ["status 125"] * 11 + ["RAN", "status 0"])
        for message in ("--file link: it is a symbolic link", "--file fifo: it is not a regular file",
                        "--file dir: it is not a regular file", "--file none: No such file or directory",
                        "--file /dev/null: it is not a regular file", "--file: two files with the name f",
                        "--file: more than 64 files", "--file f:a/b: expected a file, and after"):
            self.assertIn(f"sandbox: {message}", out)

    def test_files_have_a_limit_and_need_room(self):
        out = self.grade("""#!/bin/bash
cd "$(dirname "$0")"; truncate -s 33M half; truncate -s 65M big; truncate -s 40M much
sandbox --file big -- true; echo $?; sandbox --file half --file half:other -- true; echo $?
sandbox --dir d -- sh -c 'head -c 40M /dev/zero > f'
sandbox --file much -- true; echo $?
sandbox --dir d -- rm f; sandbox --file much -- sh -c 'stat -c %s $SANDBOX_FILES/much'""")
        self.assertEqual([line for line in out.splitlines() if line.isdigit()],
                         ["125", "125", "125", str(40 << 20)])
        self.assertEqual(out.count("all files together exceed 64M"), 2, out)
        self.assertIn("cannot hand the files to true: No space left on device", out)

    def test_the_limits_of_the_program_are_not_those_of_the_files(self):
        out = self.grade("""#!/bin/bash
cd "$(dirname "$0")"; head -c 1M /dev/zero > f
sandbox --file-size 10K --memory 50 --output 100 --file f -- sh -c 'stat -L -c %s ~/f'""")
        self.assertEqual(out, "1048576\n")


if __name__ == "__main__":
    unittest.main()
