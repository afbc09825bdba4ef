/*
 * When to look at the watched files.
 *
 * inotify says which file in output/ was touched. The first change is looked at at once; then score
 * and progress at most every 20 ms, logs every 50 ms. While the outbox is busy nothing is read: the
 * changes add up and are seen in one step later. At the end of a stage every file is looked at once
 * more, when nobody is left who could write, so a lost event cannot lose content.
 */
#ifndef GO_OVEN_WATCH_H
#define GO_OVEN_WATCH_H

#include "oven/output.h"

#include <sys/types.h>

struct watch {
    uid_t base;
    int inotify;
    struct output outputs[OVEN_FILE_COUNT];
    bool touched[OVEN_FILE_COUNT];
    int64_t looked_us[OVEN_FILE_COUNT];
    bool is_trusted; /* the stage is: its score and results count */
};

void watch_init(struct watch *watch, uid_t base);

/* Before a stage: the files exist with the right modes, and their content is the base. */
void watch_begin_stage(struct watch *watch, bool trusted);

/* Reads some events and notes what was touched. False when there was none. */
bool watch_read_events(struct watch *watch);

/* Looks at what is due, and says when the next look is. */
void watch_step(struct watch *watch, struct outbox *outbox, int64_t now);
int64_t watch_due(const struct watch *watch, const struct outbox *outbox);

/* After a stage: the last look at everything. */
void watch_end_stage(struct watch *watch, struct outbox *outbox);

#endif
