. ./attempt.sh
exec 2>>/grade_oven/output/debug
output=/grade_oven/output
for file in results.json junit.xml; do
    attempt "write $file" write $output/$file '{"score": 1, "max_score": 1, "tests": [{"name": "forged"}]}'
    attempt "rename errors to $file" mv -f $output/errors $output/$file
    attempt "link $file to status" ln -sf status $output/$file
    attempt "hard link of $file" ln -f $output/status $output/$file
    attempt "FIFO at $file" mkfifo $output/$file
done
over
