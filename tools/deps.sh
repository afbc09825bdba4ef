# The Debian packages that Grade Oven needs, and installing what is missing of them.
# shellcheck shell=bash

readonly build_packages="autoconf automake libtool pkg-config gcc g++ make libc6-dev sed
    apache2-dev libapr1-dev libaprutil1-dev libjansson-dev libcurl4-openssl-dev libarchive-dev
    libsodium-dev liboath-dev libqrencode-dev libgd-dev libcmark-dev libicu-dev libexpat1-dev libdbi-dev check scdoc"
# httpd with APR's driver for SQLite; openssl for the certificate, curl for the first submission
readonly run_packages="apache2 libaprutil1-dbd-sqlite3 sqlite3 tzdata openssl curl ca-certificates python3"
# an engine, and what makes the grading image where no registry answers
readonly docker_packages="docker.io mmdebstrap adduser"
# the second engine of the tests, root and rootless; runc, which it uses, comes with Docker
readonly podman_packages="podman uidmap"
# the institution's database of the tests
readonly sync_packages="postgresql libdbd-pgsql libdbd-sqlite3"
# an OpenID client for httpd, whose provider npm has
readonly sso_packages="libapache2-mod-auth-openidc"
readonly test_packages="$podman_packages $sync_packages $sso_packages chromium fonts-dejavu-core clang libclang-rt-14-dev clang-format clang-tidy cppcheck shellcheck zip xz-utils procps"

is_installed() {
    dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q '^install ok installed$'
}

# install_deps [test]: quick when nothing is missing.
install_deps() {
    local wanted="$build_packages $run_packages $docker_packages" missing="" package
    if [ "${1:-}" = test ]; then
        wanted="$wanted $test_packages"
        # a Node that is there already (Debian's or another) will do
        command -v npm >/dev/null || wanted="$wanted nodejs npm"
    fi
    for package in $wanted; do
        is_installed "$package" || missing="$missing $package"
    done
    if [ -n "$missing" ]; then
        say "installing:$missing"
        apt-get update -qq
        # shellcheck disable=SC2086  # a list of words
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
            >/tmp/gradeoven-apt.log 2>&1 || die "apt-get failed; see /tmp/gradeoven-apt.log"
    fi
    id gradeoven >/dev/null 2>&1 ||
        adduser --quiet --system --group --no-create-home --home /nonexistent gradeoven
    id -nG gradeoven | grep -qw docker || adduser --quiet gradeoven docker
}
