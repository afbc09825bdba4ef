. ./attempt.sh
for path in /grade_oven/output/score /grade_oven/output/../output/score ../output/score \
    /proc/self/root/grade_oven/output/score /proc/1/root/grade_oven/output/score /proc/self/cwd/../output/score; do
    attempt "write $path" write "$path"
done
attempt "make a file in output" touch /grade_oven/output/new
attempt "read the score" cat /grade_oven/output/score
attempt "list output" ls /grade_oven/output
over
echo 0
