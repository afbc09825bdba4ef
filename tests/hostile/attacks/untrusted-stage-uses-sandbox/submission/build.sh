. ./attempt.sh
exec 2>>/grade_oven/output/debug
attempt "sandbox" sandbox -- true
attempt "sandbox with a directory" sandbox --dir build -- true
attempt "the grader's home" ls /sandbox/0
attempt "become the grader" python3 -c 'import os; os.setresuid(*[os.stat("/grade_oven").st_uid] * 3)'
attempt "kill PID 1" kill -9 1
over
