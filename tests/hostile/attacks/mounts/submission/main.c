#define _GNU_SOURCE
#include "attempt.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    const char *home = getenv("HOME");
    ATTEMPT("mount tmpfs on output", mount("none", "/grade_oven/output", "tmpfs", 0, NULL));
    ATTEMPT("mount tmpfs on home", mount("none", home, "tmpfs", 0, NULL));
    ATTEMPT("bind", mount("/grade_oven", home, NULL, MS_BIND, NULL));
    ATTEMPT("remount the root", mount(NULL, "/", NULL, MS_REMOUNT, NULL));
    ATTEMPT("a second proc", mount("proc", home, "proc", 0, NULL));
    ATTEMPT("overlay", mount("overlay", home, "overlay", 0,
                             "lowerdir=/grade_oven,upperdir=/tmp,workdir=/tmp"));
    ATTEMPT("umount", umount2("/grade_oven", MNT_DETACH));
    ATTEMPT("umount proc/sys", umount2("/proc/sys", MNT_DETACH));
    ATTEMPT("chroot", chroot(home));
    ATTEMPT("pivot_root", syscall(SYS_pivot_root, home, home));
#ifdef SYS_fsopen
    ATTEMPT("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
    ATTEMPT("open_tree", syscall(SYS_open_tree, AT_FDCWD, "/grade_oven", 1 /* OPEN_TREE_CLONE */));
    ATTEMPT("move_mount", syscall(SYS_move_mount, AT_FDCWD, "/tmp", AT_FDCWD, home, 0));
#endif
    ATTEMPT("open by handle", syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, O_RDONLY));
    ATTEMPT("swap", swapon("/tmp/swap", 0));
    over();
}
