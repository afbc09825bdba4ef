#define _GNU_SOURCE
#include "attempt.h"
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
#define TRY(name, ...) ATTEMPT(#name, syscall(SYS_##name, __VA_ARGS__))

int main(void) {
    char page[4096] = {0};
    TRY(add_key, "user", "grade", "2/2", 3, -3);
    TRY(add_key, "user", "grade", "2/2", 3, -4);
    TRY(request_key, "user", "grade", NULL, -3);
    TRY(keyctl, 0, -3, 1);
    TRY(keyctl, 0, -4, 1);
    TRY(keyctl, 22, -1, -3);
    TRY(bpf, 0, page, 72);
    TRY(perf_event_open, page, 0, -1, -1, 0);
    TRY(userfaultfd, 0);
    TRY(userfaultfd, 1);
    TRY(io_uring_setup, 8, page);
    TRY(init_module, page, 10, "");
    TRY(delete_module, "x", 0);
    TRY(kexec_load, 0, 0, NULL, 0);
    TRY(reboot, 0xfee1dead, 672274793, 0, NULL);
    TRY(settimeofday, page, NULL);
    TRY(clock_settime, 0, page);
    TRY(adjtimex, (*(int *)page = 1, page));
    TRY(sethostname, "x", 1);
    TRY(setdomainname, "x", 1);
    TRY(acct, NULL);
    TRY(quotactl, 0x80000100, NULL, 0, page);
    TRY(syslog, 3, page, sizeof page);
    ATTEMPT("vhangup", syscall(SYS_vhangup));
    TRY(fanotify_init, 0, 0);
    TRY(name_to_handle_at, AT_FDCWD, "/grade_oven/output/score", page, page + 200, 0);
    TRY(lookup_dcookie, 0, page, 10);
    TRY(move_pages, 1, 1, page, NULL, page + 8, 0);
    TRY(migrate_pages, 1, 1, page, page);
#ifdef SYS_iopl
    TRY(iopl, 3);
    TRY(ioperm, 0, 10, 1);
    TRY(modify_ldt, 1, page, 16);
#endif
#ifdef SYS_pidfd_getfd
    TRY(pidfd_getfd, 0, 1, 0);
#endif
    over();
}
