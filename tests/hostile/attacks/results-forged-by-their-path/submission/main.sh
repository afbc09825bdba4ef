. ./attempt.sh
forged='{"score": 2, "max_score": 2, "tests": [{"name": "forged"}]}'
for file in results.json junit.xml; do
    for path in /grade_oven/output/$file ../output/$file /proc/self/root/grade_oven/output/$file /proc/1/root/grade_oven/output/$file; do
        attempt "write $path" write "$path" "$forged"
        attempt "make a FIFO of $path" mkfifo "$path"
        attempt "link $path" ln -sf "$PWD/attempt.sh" "$path"
    done
done
over
echo 0
