. ./attempt.sh
for place in /usr/local/bin /usr/bin /bin /sandbox/0 /usr/local/sbin; do
    attempt "plant in $place" cp ./cmp $place/cmp
done
over
echo 0
