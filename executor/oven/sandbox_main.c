#include "oven/sandbox.h"

#include "oven/handover.h"
#include "oven/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

_Noreturn void sandbox_fail(int exit_status, const char *format, ...) {
    va_list arguments;
    fputs("sandbox: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(exit_status);
}

/* Descriptors 0, 1 and 2 that the caller has closed must not become something else. */
static void fill_standard_descriptors(void) {
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            sandbox_fail(SANDBOX_EXIT_FAILED, "/dev/null: %s", strerror(errno));
}

static int connect_to_oven(void) {
    struct sockaddr_un address;
    socklen_t size = sandbox_address(&address);
    int connection = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (connection < 0 || connect(connection, (struct sockaddr *)&address, size))
        sandbox_fail(SANDBOX_EXIT_FAILED, "the oven cannot be reached: %s", strerror(errno));
    return connection;
}

/* One file for stdout and stderr (2>&1)? Then one pipe keeps their order. */
static bool is_same_file(int a, int b) {
    struct stat first, second;
    return !fstat(a, &first) && !fstat(b, &second) && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static void make_pipe(int *from, int *to) {
    int ends[2];
    /* The program has another uid; others may write, so that it can open /dev/stdout again. */
    if (pipe2(ends, O_CLOEXEC) || fcntl(ends[0], F_SETFL, O_NONBLOCK) || fchmod(ends[1], 0622))
        sandbox_fail(SANDBOX_EXIT_FAILED, "pipe: %s", strerror(errno));
    *from = ends[0];
    *to = ends[1];
}

/* Opens what --file names, with the grader's own rights and before anything else is done. */
static void open_files(const struct sandbox_options *options, int *fds) {
    unsigned long long total = 0;
    for (uint32_t i = 0; i < options->request.head.filec; i++) {
        const char *path = options->sources[i];
        struct stat found;
        /* O_NONBLOCK: a FIFO is refused, not waited for */
        fds[i] = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fds[i] < 0 || fstat(fds[i], &found))
            sandbox_fail(SANDBOX_EXIT_FAILED, "--file %s: %s", path,
                         errno == ELOOP ? "it is a symbolic link" : strerror(errno));
        if (!S_ISREG(found.st_mode))
            sandbox_fail(SANDBOX_EXIT_FAILED, "--file %s: it is not a regular file", path);
        total += (unsigned long long)found.st_size;
        if (total > HANDOVER_BYTES_MAX)
            sandbox_fail(SANDBOX_EXIT_FAILED, "--file %s: all files together exceed %lluM", path,
                         HANDOVER_BYTES_MAX >> 20);
    }
}

/* Sends the request with descriptors for the program; from[] are the ends that stay here. */
static void send_request(int connection, const struct sandbox_request *request,
                         int fds[SANDBOX_FDS_MAX], int from[2]) {
    static uint8_t packet[SANDBOX_REQUEST_MAX];
    size_t size = sandbox_pack(request, packet);
    if (size == 0)
        sandbox_fail(SANDBOX_EXIT_FAILED, "arguments and environment are longer than %d bytes",
                     SANDBOX_REQUEST_MAX);
    from[1] = -1;
    fds[0] = STDIN_FILENO;
    make_pipe(&from[0], &fds[1]);
    fds[2] = fds[1];
    if (!is_same_file(STDOUT_FILENO, STDERR_FILENO)) make_pipe(&from[1], &fds[2]);
    /* A refusal may have closed the connection already: then it is there to be read. */
    if (sandbox_send(connection, packet, size, fds, SANDBOX_FDS + request->head.filec, 0) < 0 &&
        errno != EPIPE && errno != ECONNRESET)
        sandbox_fail(SANDBOX_EXIT_FAILED, "the oven does not take the request: %s",
                     strerror(errno));
    if (fds[2] != fds[1]) close(fds[2]);
    close(fds[1]);
    for (uint32_t i = 0; i < request->head.filec; i++)
        close(fds[SANDBOX_FDS + i]);
}

/* Before the call, so that what cannot be written fails early and old files are not taken for new.
 */
static int prepare_files(const struct sandbox_options *options) {
    for (size_t i = 0; options->request.collect[i]; i++)
        if (unlink(options->destinations[i]) && errno != ENOENT)
            sandbox_fail(SANDBOX_EXIT_FAILED, "%s: %s", options->destinations[i], strerror(errno));
    if (!options->report) return -1;
    int fd = open(options->report, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0660);
    if (fd < 0) sandbox_fail(SANDBOX_EXIT_FAILED, "%s: %s", options->report, strerror(errno));
    return fd;
}

static int exit_status(const struct sandbox_outcome *outcome) {
    const struct sandbox_answer *answer = &outcome->answer;
    if (outcome->output_exceeded) return 128 + SIGKILL;
    if (answer->timed_out) return SANDBOX_EXIT_TIMED_OUT;
    return WIFSIGNALED(answer->status) ? 128 + WTERMSIG(answer->status)
                                       : WEXITSTATUS(answer->status);
}

int sandbox_main(int argc, char **argv) {
    struct sandbox_options options;
    struct sandbox_outcome outcome = {.output_exceeded = false};
    char cwd[PATH_MAX];
    int from[2], fds[SANDBOX_FDS_MAX];
    fill_standard_descriptors();
    sandbox_parse(argc, argv, &options);
    options.request.cwd = getcwd(cwd, sizeof cwd) ? cwd : "/";
    open_files(&options, fds + SANDBOX_FDS);
    int connection = connect_to_oven();
    int report = prepare_files(&options);
    send_request(connection, &options.request, fds, from);
    sandbox_relay(connection, from, &options, &outcome);
    if (outcome.answer.kind == SANDBOX_FAILED)
        sandbox_fail(outcome.answer.status, "%s", outcome.answer.text);
    if (outcome.output_exceeded)
        fprintf(stderr, "sandbox: stopped after %llu bytes of output\n",
                (unsigned long long)options.output_bytes);
    if (report >= 0) sandbox_write_report(report, &outcome);
    return exit_status(&outcome);
}
