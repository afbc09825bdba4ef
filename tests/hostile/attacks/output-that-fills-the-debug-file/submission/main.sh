. ./attempt.sh
head -c 900000 /dev/urandom >&2
answer
