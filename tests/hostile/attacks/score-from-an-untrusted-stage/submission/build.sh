. ./attempt.sh
exec 2>>/grade_oven/output/debug
output=/grade_oven/output
attempt "write it" write $output/score 1/1
attempt "another file" write $output/new 1/1
attempt "rename errors to score" mv -f $output/errors $output/score
attempt "link score to status" ln -sf status $output/score
attempt "hard link" ln -f $output/status $output/score
attempt "replace output" mv $output /tmp/o
attempt "remove output" rmdir $output
attempt "open it for all" chmod 777 $output
over
