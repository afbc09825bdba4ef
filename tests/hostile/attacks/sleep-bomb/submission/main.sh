. ./attempt.sh
sleep 3600
