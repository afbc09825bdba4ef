. ./attempt.sh
exec 2>>/grade_oven/output/debug
attempt "make it" mkdir /grade_oven/score
attempt "link it" ln -s /tmp /grade_oven/score
attempt "a file of this name" touch /grade_oven/score
mkdir -p /grade_oven/submission/score; ln -s /grade_oven/output/score /grade_oven/submission/out; mkfifo /grade_oven/submission/in
over
