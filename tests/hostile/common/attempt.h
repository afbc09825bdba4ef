/* For attacks in C: tries what must not work, and says on stderr how it went. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

static inline void attempt(const char *what, int worked) {
    if (worked)
        fprintf(stderr, "BREACH: %s\n", what);
    else
        fprintf(stderr, "held: %s - %s\n", what, strerror(errno));
}

/* What answers -1 when it is refused. */
#define ATTEMPT(what, expression) (errno = 0, attempt(what, (expression) != -1))

static inline void over(void) {
    fprintf(stderr, "all tried\n");
}

/* What an honest program does. */
static inline void answer(void) {
    int a, b;
    if (scanf("%d %d", &a, &b) == 2) printf("%d\n", a + b);
    fflush(stdout);
}
