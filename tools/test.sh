# The tests: a build with sanitizers and warnings as errors, and tests/run over all of them.
# shellcheck shell=bash

: "${GRADEOVEN_TEST_PREFIX:=/opt/gradeoven-test}"

browser_tools() {
    (cd tests/browser && [ -d node_modules/playwright-core ] && [ -d node_modules/axe-core ]) && return 0
    [ -e tests/browser/package.json ] || return 0
    say "installing the browser tests' npm packages"
    (cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund >/tmp/gradeoven-npm.log 2>&1) ||
        die "npm failed; see /tmp/gradeoven-npm.log"
}

# The build under test, and where tests find its programs.
prepare_tests() {
    build_into test --prefix="$GRADEOVEN_TEST_PREFIX" --enable-sanitizers --enable-warnings-as-errors \
        CFLAGS="-g -O1"
    export GRADEOVEN_INSTALL=$GRADEOVEN_TEST_PREFIX GRADEOVEN_IMAGE
    export GRADEOVEN_BUILD=$source_dir/build/test
    export GRADEOVENCTL=$GRADEOVEN_TEST_PREFIX/sbin/gradeovenctl
    export OVEN_BINARY=$GRADEOVEN_TEST_PREFIX/libexec/gradeoven/oven
}

run_tests() {
    prepare_tests
    make -s -C build/test -j"$(nproc)" check TESTS= >build/test/check.log 2>&1 ||
        { tail -n 30 build/test/check.log >&2; die "the unit tests cannot be built"; }
    browser_tools
    python3 tests/run
}

run_hostile() {
    prepare_tests
    GRADEOVEN_SLOW=1 ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 python3 -B -W ignore tests/grading/hostile_test.py
}
