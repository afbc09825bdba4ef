/*
 * Boxes: what one sandbox call lives in. A box is a uid that nobody else has and its scratch
 * directory /sandbox/<n>.
 *
 * A call without --dir takes any free box; after the call a cleaner (a child as that uid) removes
 * everything that belongs to the uid, and the box is free again. A call with --dir NAME takes the
 * box that is bound to NAME, which keeps its files until the end of the stage; NAME is never a
 * path; what the call leaves elsewhere is removed at once. A box that could not be cleaned is not
 * used again.
 */
#ifndef GO_OVEN_BOXES_H
#define GO_OVEN_BOXES_H

#include "oven/protocol.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#define BOX_NAME_MAX 64 /* bytes of NAME */

struct box {
    bool busy;    /* with a call, its cleaner included, or with the cleaner after a stage */
    bool spoiled; /* could not be cleaned */
    bool kept;    /* bound to `name` */
    char name[BOX_NAME_MAX + 1];
    pid_t cleaner;
};

/* Entry i is uid base + i; those of the grader, of untrusted stages and of the killer are not used.
 */
struct boxes {
    struct box box[OVEN_UIDS];
};

/* What is to be done for a call before its box is free: what it wants copied out, and where to. */
struct collection {
    bool took_files;          /* there are files of the grader to take back */
    int connection;           /* -1: nothing to copy out */
    char *const *files;       /* NULL-terminated */
    unsigned long long limit; /* bytes of one file */
};

/* A box for a call, marked busy: its index, or -1 and the reason. name "": any. */
int boxes_take(struct boxes *boxes, const char *name, const char **why);

/* No process of the box is left: collects, then cleans unless it is kept. False if it must be tried
 * again because no process could be forked. */
bool boxes_clean(struct boxes *boxes, uid_t base, int index, const struct collection *collection);

/* A process has ended: was it a cleaner? */
bool boxes_cleaner_ended(struct boxes *boxes, pid_t pid, int status);

/* No cleaner is at work in the box. */
bool boxes_is_quiet(const struct boxes *boxes, int index);

/* The call is over: others may take the box. */
void boxes_return(struct boxes *boxes, int index);

/* The stage and all its calls are over: cleans the kept boxes. True when all boxes are clean. */
bool boxes_clean_kept(struct boxes *boxes, uid_t base);

#endif
