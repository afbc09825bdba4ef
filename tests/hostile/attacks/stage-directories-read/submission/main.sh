. ./attempt.sh
for path in /grade_oven/tests/main /grade_oven/tests/cases/1.expected /grade_oven/tests/../tests/cases/2.in; do
    attempt "read $path" cat "$path"
    attempt "copy $path" cp "$path" "$HOME/x"
    attempt "execute $path" "$path"
done
attempt "list the stage" ls /grade_oven/tests
attempt "enter the stage" cd /grade_oven/tests
attempt "list the oven" ls /grade_oven
attempt "list homes" ls /sandbox
attempt "the grader's home" ls /sandbox/0
attempt "guess a name" test -e /grade_oven/tests/cases/1.expected
attempt "archive it" tar cf "$HOME/x.tar" /grade_oven/tests
over
echo 0
