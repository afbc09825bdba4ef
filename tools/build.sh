# Building: outside the source tree, in build/NAME, so that a release and a test build stand together.
# shellcheck shell=bash

# build_into NAME CONFIGURE-OPTION...: configures again when the options are other ones than before.
build_into() {
    local directory=$source_dir/build/$1
    shift
    [ -x configure ] && [ configure -nt configure.ac ] || autoreconf -i >build-autoreconf.log 2>&1 ||
        die "autoreconf failed; see build-autoreconf.log"
    mkdir -p "$directory"
    (
        cd "$directory"
        # what was compiled for another prefix holds its paths
        if [ -e config.status ] && [ "$*" != "$(cat configured-with 2>/dev/null)" ]; then
            make -s clean >/dev/null
            rm -f config.status
        fi
        if [ ! -e config.status ] || [ "$source_dir/configure" -nt config.status ]; then
            say "configuring $directory"
            "$source_dir/configure" -q "$@" || exit
            echo "$*" >configured-with
        fi
        say "building $directory"
        make -s -j"$(nproc)" V=0 >make.log 2>&1 || { tail -n 30 make.log >&2; exit 1; }
        make -s install >install.log 2>&1 || { tail -n 30 install.log >&2; exit 1; }
    ) || die "the build failed; see $directory/*.log"
}

build_release() {
    build_into run --prefix="$GRADEOVEN_PREFIX"
}
