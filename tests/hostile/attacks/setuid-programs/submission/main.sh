. ./attempt.sh
attempt "privileges at exec are possible" grep -q 'NoNewPrivs:.0' /proc/self/status
attempt "capabilities" grep -Eq 'Cap(Prm|Eff|Inh|Amb):.*[1-9a-f]' /proc/self/status
attempt "no seccomp filter" grep -Eq 'Seccomp:.0' /proc/self/status
for program in $(find / -xdev -perm -4000 -type f 2>/dev/null); do
    found=$("$program" --version </dev/null 2>/dev/null; cat /proc/self/status | grep -c 'Uid:.0')
    case $program in
    *su) attempt "$program" "$program" -c true </dev/null ;;
    *mount) attempt "$program" "$program" /grade_oven </dev/null ;;
    esac
done
cp "$(command -v id)" "$HOME/id" && chmod 6755 "$HOME/id"
[ "$("$HOME/id" -u)" = "$(id -u)" ] || echo "BREACH: another user" >&2
attempt "give a file away" chown 0 "$HOME/id"
attempt "give a file to the grader's group" chgrp "$(stat -c %g /grade_oven)" "$HOME/id"
attempt "become root" python3 -c 'import os; os.setuid(0)'
attempt "become the grader" python3 -c 'import os; os.setresuid(*[os.stat("/grade_oven").st_uid] * 3)'
attempt "join groups" python3 -c 'import os; os.setgroups([0])'
attempt "set capabilities" python3 -c 'import ctypes, sys; l = ctypes.CDLL(None); h = (ctypes.c_uint32 * 2)(0x20080522, 0); d = (ctypes.c_uint32 * 6)(*[2**32 - 1] * 6); sys.exit(l.capset(h, d) != 0)'
over
echo 0
