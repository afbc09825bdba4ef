# A site of its own to try: Apache on 127.0.0.1 with nothing but Grade Oven, and the demo course.
# shellcheck shell=bash

modules_dir() { apxs -q LIBEXECDIR; }

make_certificate() {
    [ -e "$GRADEOVEN_STATE/tls/site.pem" ] && return 0
    mkdir -p "$GRADEOVEN_STATE/tls"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 \
        -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
        -keyout "$GRADEOVEN_STATE/tls/site.key" -out "$GRADEOVEN_STATE/tls/site.pem" 2>/dev/null
    chmod 600 "$GRADEOVEN_STATE/tls/site.key"
}

write_configuration() {
    local modules name
    modules=$(modules_dir)
    {
        echo "# Written by ./bootstrap run; changes are overwritten."
        echo "ServerRoot $GRADEOVEN_STATE"
        echo "ServerName localhost:$GRADEOVEN_PORT"
        echo "PidFile $GRADEOVEN_STATE/httpd.pid"
        echo "Listen 127.0.0.1:$GRADEOVEN_PORT"
        for name in mpm_event authn_core authz_core mime log_config headers deflate filter ssl socache_shmcb; do
            # some of these are built into httpd on some systems
            [ ! -e "$modules/mod_$name.so" ] || echo "LoadModule ${name}_module $modules/mod_$name.so"
        done
        cat <<END
LoadModule gradeoven_module $GRADEOVEN_PREFIX/lib/apache2/modules/mod_gradeoven.so
User www-data
Group www-data
TypesConfig /etc/mime.types
ErrorLog $GRADEOVEN_STATE/error.log
LogLevel warn gradeoven:info
LogFormat "%h %u %t \"%r\" %>s %b %D" timed
CustomLog $GRADEOVEN_STATE/access.log timed
SSLEngine on
SSLCertificateFile $GRADEOVEN_STATE/tls/site.pem
SSLCertificateKeyFile $GRADEOVEN_STATE/tls/site.key
GradeOvenState $GRADEOVEN_STATE/site
GradeOvenImage $GRADEOVEN_IMAGE
<Location "/">
    SetHandler gradeoven
</Location>
END
    } >"$GRADEOVEN_STATE/httpd.conf"
}

httpd_runs() {
    local pid
    pid=$(cat "$GRADEOVEN_STATE/httpd.pid" 2>/dev/null) && [ -n "$pid" ] &&
        grep -qs apache2 "/proc/$pid/cmdline"
}

site_url() { echo "https://127.0.0.1:$GRADEOVEN_PORT"; }

wait_for_site() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        curl -ksf -o /dev/null --max-time 5 "$(site_url)/login" && return 0
        sleep 0.1
    done
    die "Apache does not answer; see $GRADEOVEN_STATE/error.log"
}

start_httpd() {
    local action=start
    httpd_runs && action=graceful
    apache2 -f "$GRADEOVEN_STATE/httpd.conf" -t 2>/tmp/gradeoven-configtest.log ||
        { cat /tmp/gradeoven-configtest.log >&2; die "Apache refuses its configuration"; }
    say "Apache: $action"
    apache2 -f "$GRADEOVEN_STATE/httpd.conf" -k "$action"
    wait_for_site
}

load_demo() {
    local fresh
    fresh=$("$GRADEOVEN_PREFIX/sbin/gradeovenctl" --state "$GRADEOVEN_STATE/site" \
        demo load "$GRADEOVEN_PREFIX/share/gradeoven/demo")
    [ -n "$fresh" ] || return 0
    (umask 077; echo "$fresh" >"$GRADEOVEN_STATE/logins.json")
}

run_site() {
    mkdir -p "$GRADEOVEN_STATE"
    chmod 755 "$GRADEOVEN_STATE"
    make_certificate
    write_configuration
    start_httpd
    load_demo
    # a browser's way: log in, submit, wait for the score, print what there is to know
    python3 "$source_dir/tools/first-submission.py" "$(site_url)" "$GRADEOVEN_STATE/logins.json" \
        "$GRADEOVEN_PREFIX/share/gradeoven/demo" "$GRADEOVEN_STATE" ||
        die "the demo submission was not graded; see $GRADEOVEN_STATE/error.log"
    echo "Stop it with: ./bootstrap stop"
}

stop_site() {
    httpd_runs || { say "it does not run"; return 0; }
    local tries
    apache2 -f "$GRADEOVEN_STATE/httpd.conf" -k stop
    for ((tries = 0; tries < 100; tries++)); do
        httpd_runs || { say "stopped; the data stays in $GRADEOVEN_STATE, and Docker keeps running"; return 0; }
        sleep 0.1
    done
    die "Apache does not stop; its pid is in $GRADEOVEN_STATE/httpd.pid"
}
