. ./attempt.sh
answer
exec >&- 2>&- <&-
sleep 3600
