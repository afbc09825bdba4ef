. ./attempt.sh
bomb() { bomb | bomb & }
bomb
sleep 60
