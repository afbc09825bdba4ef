#include "oven/sandbox.h"

#include "oven/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

static bool copy(int from, int to) {
    char bytes[64 * 1024];
    for (;;) {
        ssize_t got = read(from, bytes, sizeof bytes);
        if (got == 0) return true;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        for (ssize_t done = 0, sent; done < got; done += sent) {
            sent = write(to, bytes + done, (size_t)(got - done));
            if (sent < 0 && errno != EINTR) return false;
            if (sent < 0) sent = 0;
        }
    }
}

static const char *why_not(int error) {
    if (error == EINVAL) return "it is not a regular file";
    if (error == EFBIG) return "it is larger than --collect-size allows";
    if (error == ELOOP) return "it is a symbolic link";
    return strerror(error);
}

bool sandbox_save(const struct sandbox_options *options, const struct sandbox_answer *answer,
                  int fd) {
    const char *file = options->request.collect[answer->index];
    const char *destination = options->destinations[answer->index];
    if (fd < 0) {
        fprintf(stderr, "sandbox: %s was not collected: %s\n", file, why_not(answer->error));
        return false;
    }
    CLEANUP_FD int to =
        open(destination, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0660);
    if (to >= 0 && copy(fd, to)) return true;
    fprintf(stderr, "sandbox: %s: %s\n", destination, strerror(errno));
    if (to >= 0) unlink(destination); /* half a file would be taken for the whole */
    return false;
}

void sandbox_write_report(int fd, const struct sandbox_outcome *outcome) {
    const struct sandbox_answer *answer = &outcome->answer;
    char exited[16] = "null", signalled[16] = "null";
    if (WIFSIGNALED(answer->status))
        snprintf(signalled, sizeof signalled, "%d", WTERMSIG(answer->status));
    else
        snprintf(exited, sizeof exited, "%d", WEXITSTATUS(answer->status));
    int written = dprintf(
        fd,
        "{\"exit\":%s,\"signal\":%s,\"timed_out\":%s,\"output_exceeded\":%s,\"wall_ms\":%llu,"
        "\"cpu_ms\":%llu,\"max_rss_kib\":%llu,\"not_collected\":%u}\n",
        exited, signalled, answer->timed_out ? "true" : "false",
        outcome->output_exceeded ? "true" : "false", (unsigned long long)answer->wall_us / 1000,
        (unsigned long long)answer->cpu_us / 1000, (unsigned long long)answer->max_rss_kib,
        outcome->not_collected);
    if (written < 0) sandbox_fail(SANDBOX_EXIT_FAILED, "the report: %s", strerror(errno));
}
