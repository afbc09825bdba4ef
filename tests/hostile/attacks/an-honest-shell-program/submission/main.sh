. ./attempt.sh
answer
