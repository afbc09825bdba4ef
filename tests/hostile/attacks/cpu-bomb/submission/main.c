#include "attempt.h"
#include <pthread.h>
static void *spin(void *unused) {
    for (volatile long i = 0;; i++)
        ;
    return unused;
}

int main(void) {
    pthread_t thread;
    for (int i = 0; i < 40; i++)
        pthread_create(&thread, NULL, spin, NULL);
    spin(NULL);
}
