# The tests: a build with sanitizers and warnings as errors, and tests/run over all of them; and the
# measurements, of a release build.
# shellcheck shell=bash

: "${GRADEOVEN_TEST_PREFIX:=/opt/gradeoven-test}"
: "${GRADEOVEN_BENCH_PREFIX:=/opt/gradeoven-bench}"

browser_tools() {
    (cd tests/browser && [ -d node_modules/playwright-core ] && [ -d node_modules/axe-core ] && [ -d node_modules/oidc-provider ]) && return 0
    [ -e tests/browser/package.json ] || return 0
    say "installing the browser tests' npm packages"
    (cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund >/tmp/gradeoven-npm.log 2>&1) ||
        die "npm failed; see /tmp/gradeoven-npm.log"
}

build_tests() {
    build_into test --prefix="$GRADEOVEN_TEST_PREFIX" --enable-sanitizers --enable-warnings-as-errors \
        CFLAGS="-g -O1"
    make -s -C build/test -j"$(nproc)" check TESTS= >build/test/check.log 2>&1 ||
        { tail -n 30 build/test/check.log >&2; die "the unit tests cannot be built"; }
    export GRADEOVEN_INSTALL=$GRADEOVEN_TEST_PREFIX GRADEOVEN_IMAGE
    export GRADEOVEN_BUILD=$source_dir/build/test
    export GRADEOVENCTL=$GRADEOVEN_TEST_PREFIX/sbin/gradeovenctl
    export OVEN_BINARY=$GRADEOVEN_TEST_PREFIX/libexec/gradeoven/oven
}

run_tests() {
    build_tests
    browser_tools
    python3 tests/run
}

# The same with what costs more (tests/sanitize.py); it takes about twice as long.
run_strict_tests() {
    build_tests
    browser_tools
    GRADEOVEN_STRICT=1 python3 tests/run "$@"
}

run_bench() {
    build_into bench --prefix="$GRADEOVEN_BENCH_PREFIX"
    GRADEOVEN_INSTALL=$GRADEOVEN_BENCH_PREFIX GRADEOVEN_IMAGE=$GRADEOVEN_IMAGE tests/bench/grading "$@"
}

# run_faults [ROUNDS]: kills whoever takes part in grading, again and again; see tests/fault.
run_faults() {
    build_tests
    python3 -B -W ignore tests/fault/faults.py --rounds "${1:-300}"
}

# Docker only lends the image; the service is started for the tests and stopped after them.
run_podman_tests() {
    build_tests
    # without those that bring engines of their own
    python3 tests/grading/podman_harness.py python3 tests/run grading/demo grading/doctor \
        grading/executor grading/grade grading/hostile grading/oven grading/sandbox
}

run_hostile() {
    build_tests
    GRADEOVEN_SLOW=1 ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 python3 -B -W ignore tests/grading/hostile_test.py
}
