# Docker: a daemon that answers, and the image that submissions are graded in.
# shellcheck shell=bash

readonly docker_socket=/var/run/docker.sock
readonly image_packages=gcc,g++,make,libc6-dev,python3,bash,coreutils,diffutils

# Asks the Engine API itself, as the executor does.
engine_answers() {
    curl -fsS --max-time 5 --unix-socket $docker_socket http://docker/_ping >/dev/null 2>&1
}

wait_for_engine() {
    local tries
    for ((tries = 0; tries < $1 * 5; tries++)); do
        engine_answers && return 0
        sleep 0.2
    done
    return 1
}

# A killed daemon leaves its pid file, and its successor believes it while even a zombie has that pid.
forget_dead() {
    local pid
    pid=$(cat "$1" 2>/dev/null) || return 0
    grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$pid/status" || rm -f "$1"
}

start_engine() {
    engine_answers && return 0
    say "starting the Docker daemon"
    # The init script fails where resource limits cannot be raised; the daemon itself does not.
    service docker start >/dev/null 2>&1 && wait_for_engine 15 && return 0
    mkdir -p "$GRADEOVEN_STATE"
    forget_dead /var/run/docker.pid
    forget_dead /var/run/docker/containerd/containerd.pid
    # not holding our output: whoever waits for this script must not wait for the daemon
    setsid nohup dockerd >"$GRADEOVEN_STATE/dockerd.log" 2>&1 </dev/null &
    wait_for_engine 60 || die "Docker did not start; see $GRADEOVEN_STATE/dockerd.log"
}

has_image() {
    curl -fsS --unix-socket $docker_socket "http://docker/images/$GRADEOVEN_IMAGE/json" >/dev/null 2>&1
}

# Where a registry answers: an ordinary build. Quick to see where none does.
build_image() {
    command -v docker >/dev/null || return 1
    timeout 120 docker pull -q debian:bookworm-slim >/tmp/gradeoven-image.log 2>&1 || return 1
    say "building the grading image $GRADEOVEN_IMAGE"
    docker build -q -t "$GRADEOVEN_IMAGE" conf/image >/tmp/gradeoven-image.log 2>&1
}

# Where none answers: from Debian's packages, without any registry.
assemble_image() {
    say "making the grading image $GRADEOVEN_IMAGE from Debian packages (about half a minute)"
    local archive
    archive=$(mktemp --suffix=.tar)
    mmdebstrap --quiet --variant=minbase --include="$image_packages" bookworm "$archive" \
        >/tmp/gradeoven-image.log 2>&1 ||
        { rm -f "$archive"; die "mmdebstrap failed; see /tmp/gradeoven-image.log"; }
    curl -fsS --unix-socket $docker_socket -X POST -H 'Content-Type: application/x-tar' \
        --data-binary @- "http://docker/images/create?fromSrc=-&repo=${GRADEOVEN_IMAGE%%:*}&tag=${GRADEOVEN_IMAGE##*:}" \
        <"$archive" >/tmp/gradeoven-image.log 2>&1 || true
    rm -f "$archive"
}

make_image() {
    has_image || build_image || assemble_image
    has_image || die "the image could not be made; see /tmp/gradeoven-image.log"
}
