# For attacks in shell: tries a command that must not work, and says on stderr how it went.
# shellcheck shell=bash
attempt() {
    local what=$1 status
    shift
    "$@" >/dev/null 2>&1
    status=$?
    case $status in
    0) echo "BREACH: $what" >&2 ;;
    127) echo "no such command: $*" >&2; exit 1 ;; # a mistake in the attack is no refusal
    *) echo "held: $what - status $status" >&2 ;;
    esac
}

write() { echo "${2:-2/2}" >"$1"; }

over() { echo "all tried" >&2; }

# What an honest program does.
answer() { local a b; read -r a b; echo $((a + b)); }
