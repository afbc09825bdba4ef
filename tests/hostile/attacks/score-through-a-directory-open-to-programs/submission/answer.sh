# Where the kernel has Landlock the modes are the second wall; test -w and -r ask for them alone.
. ./attempt.sh
output=/grade_oven/output
attempt "write the score" write $output/score 1/1
attempt "output is open for writing" test -w $output
attempt "output is open for reading" test -r $output
attempt "the score is open for writing" test -w $output/score
attempt "the key is open for reading" test -r /grade_oven/tests/key
attempt "/grade_oven is open for writing" test -w /grade_oven
over
