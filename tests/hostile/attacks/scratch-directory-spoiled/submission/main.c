#include "attempt.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    answer();
    const char *home = getenv("HOME");
    ATTEMPT("rename it", rename(home, "/tmp/mine"));
    ATTEMPT("remove it", rmdir(home));
    ATTEMPT("make another", mkdir("/sandbox/2x", 0777));
    ATTEMPT("give it away", chown(home, 0, 0));
    symlink("/", "root");
    mkdir("a", 0777), mkdir("a/b", 0777), mkdir("a/b/c", 0777);
    chmod("a/b", 0), chmod("a", 0);
    chmod(home, 0);
    over();
}
