#include "attempt.h"
#include <pthread.h>
#include <unistd.h>
static void *idle(void *unused) {
    pause();
    return unused;
}

int main(void) {
    pthread_attr_t small;
    pthread_t thread;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 16384);
    int threads = 0;
    while (threads < 100000 && pthread_create(&thread, &small, idle, NULL) == 0)
        threads++;
    attempt("more threads than --processes", threads >= 48);
    over();
    pause();
}
