#include "attempt.h"
#include <stdlib.h>
#include <sys/resource.h>
int main(void) {
    memset(malloc(64 << 20), 1, 64 << 20);
    struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    ATTEMPT("raise the limit of core files", setrlimit(RLIMIT_CORE, &all));
    over();
    abort();
}
