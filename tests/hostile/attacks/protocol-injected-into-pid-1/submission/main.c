#include "attempt.h"
#include <fcntl.h>
static const unsigned char frame[] = "O\0\0\0\x09\0\0\0\0\0"
                                     "2/2\n";

int main(void) {
    char path[64];
    for (int fd = 0; fd < 40; fd++) {
        snprintf(path, sizeof path, "/proc/1/fd/%d", fd);
        ATTEMPT(path, open(path, O_WRONLY | O_NONBLOCK));
        ATTEMPT(path, open(path, O_RDONLY | O_NONBLOCK));
    }
    for (const char **at =
             (const char *[]){"/dev/console", "/dev/tty", "/dev/pts/0", "/proc/1/mem", NULL};
         *at; at++)
        ATTEMPT(*at, open(*at, O_WRONLY | O_NOCTTY));
    over();
    for (int i = 0; i < 100; i++) {
        fwrite(frame, 1, sizeof frame - 1, stdout);
        fwrite(frame, 1, sizeof frame - 1, stderr);
    }
}
