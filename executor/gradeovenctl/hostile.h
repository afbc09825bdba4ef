/*
 * `gradeovenctl hostile`: bakes the attacks of a kit, one after the other, and says of each whether
 * it held. In three parts: what an attack is (hostile_kit.c), whether its run ended as it should
 * (hostile_judge.c), and the command (hostile.c).
 *
 * A kit is a directory:
 *   attacks/NAME/expect.json        what must come of it: see tests/hostile/README.md
 *   attacks/NAME/submission[.zip…]  what the attacker hands in: a directory, or an archive
 *   attacks/NAME/assignment/        its own stages; otherwise it is graded by one of
 *   assignments/NAME/               the stages that attacks share
 *   common/                         files that each submission in a directory gets as well
 */
#ifndef GO_CTL_HOSTILE_H
#define GO_CTL_HOSTILE_H

#include "gradeovenctl/grade.h"

#include <jansson.h>

typedef struct ctl_attack {
    const char *name, *what;             /* `what` it tries, a sentence */
    const char *assignment, *submission; /* paths */
    const char *common;                  /* path of files to add to the submission, or NULL */
    int is_refused;                      /* expected: it never comes to a run... */
    const char *error;                   /* ...and is told so, with this in the text */
    const char *score;                   /* expected: "X/Y", or NULL for none */
    int runs;                            /* how often it is baked; each must end as expected */
    int is_slow;                         /* left out unless it is asked for */
    double max_seconds;                  /* of one run, with making and removing its container */
    json_t *texts;                       /* {"status": {"has": [...], "lacks": [...]}, ...} */
    json_t *podman; /* {"score": ..., "texts": ...} instead, where Podman bakes; or NULL */
    json_t *stages; /* expected ends, such as ["timed out", "exit 0"], or NULL */
    int timeout_seconds, memory_mb, disk_mb, pids; /* of the run; 0: the usual ones */
} ctl_attack;

/* The names of a kit's attacks, sorted: an array of const char *. GO_EINVALID when it is no kit. */
apr_status_t ctl_attacks_list(apr_array_header_t **names, const char *kit, apr_pool_t *pool,
                              go_error *err);

/* Reads one. GO_EINVALID says what is wrong with its expect.json. It lives in `pool`. */
apr_status_t ctl_attack_read(ctl_attack *attack, const char *kit, const char *name,
                             apr_pool_t *pool, go_error *err);

/*
 * Did the run end as it should? NULL, or what did not hold. Looks at everything the run said: any
 * line that reports a breach, and any byte that could move a cursor, is a failure by itself.
 */
const char *ctl_attack_judge(const ctl_attack *attack, const ctl_grading *grading, double seconds,
                             apr_pool_t *pool);

#endif
