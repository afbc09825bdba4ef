/*
 * Between `sandbox` (the client, run by a stage) and PID 1: one SEQPACKET connection per call.
 *
 *   client -> PID 1   one request with stdin, stdout and stderr attached, and its --file files
 *
 *   client -> PID 1   SANDBOX_STOP, when the program has written more than it may
 *
 *   PID 1 -> client   one SANDBOX_COLLECTED per --collect (with the open file), then the RESULT;
 *                     or FAILED at any time: the program was not run, and why
 *
 * Both ends are the same binary, so numbers are in the machine's own format. Closing the connection
 * ends the call.
 */
#ifndef GO_OVEN_SANDBOX_WIRE_H
#define GO_OVEN_SANDBOX_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#define SANDBOX_REQUEST_MAX (96 * 1024) /* bytes, all arguments included */
#define SANDBOX_FDS         3           /* stdin, stdout, stderr */
#define SANDBOX_FILES_MAX   64          /* files to hand over */
#define SANDBOX_FDS_MAX     (SANDBOX_FDS + SANDBOX_FILES_MAX)
#define SANDBOX_STOP        'x'

#define SANDBOX_ALLOW_TCP 0x01
#define SANDBOX_NO_LIMIT  UINT64_MAX

struct sandbox_head {
    uint32_t argc, envc, collectc, filec;
    uint32_t flags;
    uint32_t processes;
    uint64_t time_ms;      /* SANDBOX_NO_LIMIT: as long as the stage may run */
    uint64_t memory_bytes; /* of address space */
    uint64_t file_size_bytes;
    uint64_t collect_bytes; /* largest file to be collected */
};

/* A request, with texts that live in one buffer; the lists end with NULL. */
struct sandbox_request {
    struct sandbox_head head;
    const char *cwd;                        /* of the caller */
    const char *dir;                        /* --dir, or "" */
    char **argv, **env, **collect, **files; /* files: the names to give them */
};

enum sandbox_answer_kind { SANDBOX_COLLECTED, SANDBOX_RESULT, SANDBOX_FAILED };

struct sandbox_answer {
    uint32_t kind;
    int32_t index;      /* COLLECTED: which file */
    int32_t error;      /* COLLECTED: errno if it was not */
    int32_t status;     /* RESULT: as of waitpid. FAILED: the exit status for the client */
    uint32_t timed_out; /* RESULT */
    uint64_t wall_us, cpu_us, max_rss_kib;
    char text[256]; /* FAILED */
};

/* The abstract address PID 1 listens on; returns its size. */
socklen_t sandbox_address(struct sockaddr_un *address);

/* Writes a request as one packet; returns its size, or 0 if it is too large. */
size_t sandbox_pack(const struct sandbox_request *request, uint8_t packet[SANDBOX_REQUEST_MAX]);

/* Reads a packet into a request that owns one block of memory; NULL if it is malformed. free() it.
 */
struct sandbox_request *sandbox_unpack(const uint8_t *packet, size_t size);

/* Sends without waiting; fd = -1: nothing attached. */
void sandbox_send_answer(int connection, const struct sandbox_answer *answer, int fd);

/* Sends or receives one packet with up to SANDBOX_FDS_MAX descriptors; results as of
 * sendmsg/recvmsg.
 */
ssize_t sandbox_send(int connection, const void *packet, size_t size, const int *fds,
                     size_t fd_count, int flags);
ssize_t sandbox_receive(int connection, void *packet, size_t size, int fds[SANDBOX_FDS_MAX],
                        size_t *fd_count, int flags);

#endif
