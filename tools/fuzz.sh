# Fuzzing by libFuzzer: a program for each file of tests/fuzz/targets, with sanitizers, on all processors.
# What it keeps is in build/fuzz: found/NAME grows from run to run, crash-* is an input that broke something.
# shellcheck shell=bash

# The libraries are the ones that everything else uses, compiled by clang to say which branches are taken.
build_fuzz() {
    local target flags libraries
    autoreconf -i >build-autoreconf.log 2>&1 || die "autoreconf failed; see build-autoreconf.log"
    mkdir -p build/fuzz
    say "building the libraries for libFuzzer in build/fuzz"
    (
        cd build/fuzz
        [ -e config.status ] && [ ! ../../configure -nt config.status ] ||
            ../../configure -q CC=clang CFLAGS="-g -O1" --enable-sanitizers=fuzzer || exit
        make -s V=0 schema.inc && make -s -j"$(nproc)" V=0 libgradeoven.la libgradeovenweb.la libgradeovenexecutor.la >make.log 2>&1
    ) || die "the build failed; see build/fuzz/make.log"
    flags="-std=gnu17 -g -O1 -D_GNU_SOURCE -DFUZZ_ALONE -Itests -Imod_gradeoven -Iexecutor -Ibuild/fuzz
        $(apr-1-config --cppflags --includes) $(pkg-config --cflags jansson libarchive)
        -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined"
    libraries="$(apu-1-config --link-ld --libs) $(apr-1-config --link-ld --libs)
        $(pkg-config --libs jansson libarchive libsodium liboath libqrencode gdlib libcmark expat icu-i18n icu-uc libcurl)"
    mkdir -p build/fuzz/programs
    for target in $(fuzz_targets); do
        # shellcheck disable=SC2086  # lists of words
        clang $flags "tests/fuzz/targets/$target.c" tests/fuzz/fuzz.c $(fuzz_parts "$target") \
            -o "build/fuzz/programs/$target" -Wl,--start-group build/fuzz/.libs/libgradeovenweb.a \
            build/fuzz/.libs/libgradeovenexecutor.a build/fuzz/.libs/libgradeoven.a -Wl,--end-group \
            $libraries || die "the fuzz target $target cannot be built"
    done
}

fuzz_targets() { sed -n 's/^TARGET(\(.*\))$/\1/p' tests/fuzz/targets.inc; }

fuzz_parts() {
    [ "$1" != oven ] || echo executor/oven/inbox.c executor/oven/sandbox_wire.c executor/oven/util.c
}

# fuzz_one TARGET SECONDS: one line of what came of it.
fuzz_one() {
    local log=build/fuzz/$1.log
    mkdir -p "build/fuzz/found/$1"
    "build/fuzz/programs/$1" -max_total_time="$2" -max_len=65536 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/crash-$1-" "build/fuzz/found/$1" "tests/fuzz/corpus/$1" >"$log" 2>&1 && set -- "$1" ok ||
        set -- "$1" "not ok"
    echo "$2 $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") executions," \
        "$(grep -c . <(ls "build/fuzz/found/$1")) inputs found; $log"
    [ "$2" = ok ]
}

# run_fuzz [SECONDS [TARGET...]]: of each target for so long, two at once on two processors.
run_fuzz() {
    local seconds=${1:-60}
    [ $# -eq 0 ] || shift
    build_fuzz
    export -f fuzz_one
    # shellcheck disable=SC2016  # the inner shell expands
    { if [ $# -gt 0 ]; then printf '%s\n' "$@"; else fuzz_targets; fi; } |
        xargs -P "$(nproc)" -I{} bash -c 'fuzz_one {} "$0"' "$seconds"
}
