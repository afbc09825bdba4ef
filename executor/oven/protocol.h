/*
 * The protocol between the executor and the oven (PID 1 of a grading container).
 *
 * Both directions are streams of frames: one byte of type, four bytes of payload length (big
 * endian), the payload. Numbers inside payloads are big endian too; "text" is bytes without a NUL.
 * The executor writes to the container's stdin, the oven to its stdout; stderr carries only the
 * oven's last words when it cannot go on. Neither side believes the other: a frame of unknown type,
 * over its limit, or out of order is a protocol error, upon which the oven exits with status 70 and
 * the executor removes the oven and queues the run again.
 *
 *   executor                                     oven
 *      |  <-------------------------- HELLO        |   once, at start: the oven is warm
 *      |  PROCESSORS --------------------------->   |   if it may have some for itself
 *      |  PING (any time, at least every 30 s) ->  |   an oven that hears nothing for 120 s exits
 *      |  TREE "submission" ------------------->   |
 *      |  (DIRECTORY | FILE DATA*)* END -------->  |
 *      |  <-------------------------- STORED       |   or BROKEN: it could not be written, and why
 *      |  TREE "<stage>" ... END -------------->   |   per stage: its directory appears,
 *      |  <-------------------------- STORED       |
 *      |  RUN ---------------------------------->  |   then its main is executed
 *      |  <-- OUTPUT | CONSOLE, as they come       |
 *      |  <-------------------------- STAGE_END    |   after every process of the stage is gone
 *      |  (close of stdin) --------------------->  |   the oven exits, at any time
 */
#ifndef GO_OVEN_PROTOCOL_H
#define GO_OVEN_PROTOCOL_H

#define OVEN_PROTOCOL_VERSION 3
#define OVEN_FRAME_HEADER     5
#define OVEN_FRAME_MAX        (64 * 1024) /* bytes of payload, either direction */

/* Limits of the watched files and of the console, in bytes (DESIGN, contract with stages). */
#define OVEN_SCORE_MAX    4096
#define OVEN_PROGRESS_MAX 4096
#define OVEN_STATUS_MAX   (64 * 1024)
#define OVEN_ERRORS_MAX   (64 * 1024)
#define OVEN_DEBUG_MAX    (1024 * 1024)
#define OVEN_RESULTS_MAX  (1024 * 1024) /* results.json and junit.xml, each */
#define OVEN_CONSOLE_MAX  (128 * 1024)  /* head and tail, half each */

#define OVEN_SILENCE_SECONDS 120 /* without a frame from the executor the oven exits */

enum oven_command {                        /* executor -> oven */
                    OVEN_PING = 'p',       /* empty */
                    OVEN_PROCESSORS = 'c', /* u32 first, u32 count, of those that HELLO counted: all
                                              programs keep to these; once, before any TREE */
                    OVEN_TREE = 't', /* text: name of the directory to make below /grade_oven */
                    OVEN_DIRECTORY = 'd', /* text: path below that directory */
                    OVEN_FILE = 'f', /* u8 executable (0|1), u64 size, text: path; then DATA until
                                        size is full */
                    OVEN_DATA = 'x', /* bytes */
                    OVEN_END = 'e',  /* empty: the tree is complete */
                    OVEN_RUN = 'r',  /* u8 flags (OVEN_RUN_TRUSTED), u32 timeout in ms, then
                                        NUL-terminated texts:  stage name, and NAME=value for each
                                        environment variable to add */
};
#define OVEN_RUN_TRUSTED 0x01 /* main runs as the grader and may write the score */

enum oven_report {                    /* oven -> executor */
                   OVEN_HELLO = 'H',  /* u32 protocol version, u32 landlock ABI (0: none), u32
                                         processors it may use, text: oven version */
                   OVEN_STORED = 'S', /* empty: answer to END */
                   OVEN_BROKEN = 'B', /* text: why the tree could not be stored (e.g. disk limit);
                                         answer to END */
                   OVEN_OUTPUT = 'O', /* u8 enum oven_file, u32 offset, bytes: cut the known content
                                         of the file to offset bytes, then append the bytes */
                   OVEN_OVERSIZE = 'L', /* u8 enum oven_file: what follows the file's limit was left
                                           out (once a stage) */
                   OVEN_CONSOLE = 'C',  /* u32 bytes left out before these (0 while the head is sent
                                           live), bytes */
                   OVEN_STAGE_END = 'E', /* struct below, 37 bytes */
};

enum oven_file { /* the watched files in /grade_oven/output */
                 OVEN_FILE_SCORE = 0,
                 OVEN_FILE_STATUS = 1,
                 OVEN_FILE_PROGRESS = 2,
                 OVEN_FILE_ERRORS = 3,
                 OVEN_FILE_DEBUG = 4,
                 OVEN_FILE_RESULTS = 5, /* results.json: this one and the next are told at the end
                                           of a trusted stage that changed them, and only then */
                 OVEN_FILE_JUNIT = 6,   /* junit.xml */
                 OVEN_FILE_COUNT = 7,
};

/*
 * STAGE_END payload: u32 exit status (0..255, or 0 when a signal ended main), u32 signal (0: none),
 * u8 flags (below), u64 wall time in microseconds, u64 CPU time in microseconds (user + system of
 * all processes of the stage, sandboxed ones included), u64 largest resident set of one process in
 * KiB, u32 errno of the exec when main could not be started (0: it was).
 */
#define OVEN_STAGE_END_SIZE 37
#define OVEN_END_TIMED_OUT  0x01

/*
 * How the oven is told about its world: the container's command line. The image's ENTRYPOINT is the
 * oven binary; the executor gives "--uid-base=N" (first of OVEN_UIDS uids that are this oven's own
 * on the host; gids likewise).
 *   base + 0            grader: trusted stages, owner of /grade_oven and everything in it
 *   base + 1            untrusted stages; its gid is the group of output/ and submission/
 *   base + 2 ...        one per sandbox call in progress, reused when it has ended
 *   base + OVEN_UIDS-1  nobody: what PID 1 acts as while it kills the processes of another uid
 */
#define OVEN_UIDS          128
#define OVEN_UID_GRADER    0
#define OVEN_UID_UNTRUSTED 1
#define OVEN_UID_SANDBOX   2

#endif
