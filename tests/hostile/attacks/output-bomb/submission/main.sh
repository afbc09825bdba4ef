. ./attempt.sh
exec yes
