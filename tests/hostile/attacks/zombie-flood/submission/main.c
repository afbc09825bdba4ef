#include "attempt.h"
#include <unistd.h>
int main(void) {
    int children = 0;
    for (int i = 0; i < 5000; i++) {
        pid_t child = fork();
        if (child == 0) _exit(0);
        if (child > 0) children++;
    }
    attempt("more zombies than --processes", children >= 48);
    over();
    answer();
}
