/*
 * What a frame means, and when it may come. A frame out of order ends the oven, except while a tree
 * is settling: then frames simply wait, so the executor may send RUN right behind END.
 */
#include "oven/oven.h"

#include "oven/affinity.h"
#include "oven/beneath.h"
#include "oven/util.h"
#include "oven/world.h"

#include <errno.h>
#include <string.h>

#define ANY_STATE (OVEN_IDLE | OVEN_STORING | OVEN_GRADING)

struct command {
    uint8_t type;
    unsigned states;
    uint32_t min, max; /* bytes of payload */
    /* False: not possible now, keep the frame and try again. */
    bool (*obey)(struct oven *oven, const struct frame *frame, int64_t now);
};

static bool obey_ping(struct oven *oven, const struct frame *frame, int64_t now) {
    (void)oven, (void)frame, (void)now; /* that it came is all it says */
    return true;
}

/* Where the kernel does not let it choose (a runtime that is a kernel itself), it goes without. */
static bool obey_processors(struct oven *oven, const struct frame *frame, int64_t now) {
    (void)now;
    if (oven->is_placed) die("protocol error: PROCESSORS came too late");
    oven->is_placed = true;
    if (affinity_keep_to(get_be32(frame->payload), get_be32(frame->payload + 4)) == EINVAL)
        die("protocol error: PROCESSORS that are not there");
    return true;
}

static bool obey_tree(struct oven *oven, const struct frame *frame, int64_t now) {
    char name[NAME_MAX + 1] = "";
    (void)now;
    memcpy(name, frame->payload, frame->size);
    if (strlen(name) != frame->size || !beneath_is_name(name) || !strcmp(name, WORLD_OUTPUT))
        die("protocol error: TREE cannot be named so");
    store_begin(&oven->store, oven->base, name);
    oven->is_placed = true;
    oven->state = OVEN_STORING;
    return true;
}

static bool obey_store(struct oven *oven, const struct frame *frame, int64_t now) {
    (void)now;
    oven->store_is_full = !store_feed(&oven->store, frame);
    if (!oven->store_is_full && frame->type == OVEN_END) oven->state = OVEN_SETTLING;
    return !oven->store_is_full;
}

static bool obey_run(struct oven *oven, const struct frame *frame, int64_t now) {
    if (!stage_run(&oven->stage, &oven->kitchen, frame, now))
        die("protocol error: RUN is malformed");
    oven->state = OVEN_GRADING;
    return true;
}

static const struct command commands[] = {
    {OVEN_PING, ANY_STATE, 0, 0, obey_ping},
    {OVEN_PROCESSORS, OVEN_IDLE, 8, 8, obey_processors},
    {OVEN_TREE, OVEN_IDLE, 1, NAME_MAX, obey_tree},
    {OVEN_DIRECTORY, OVEN_STORING, 1, OVEN_FRAME_MAX, obey_store},
    {OVEN_FILE, OVEN_STORING, 9 + 1, OVEN_FRAME_MAX, obey_store},
    {OVEN_DATA, OVEN_STORING, 0, OVEN_FRAME_MAX, obey_store},
    {OVEN_END, OVEN_STORING, 0, 0, obey_store},
    {OVEN_RUN, OVEN_IDLE, 5 + 2, OVEN_FRAME_MAX, obey_run},
};

static const struct command *find_command(const struct oven *oven, const struct frame *frame) {
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const struct command *command = &commands[i];
        if (command->type != frame->type) continue;
        if (!(command->states & oven->state))
            die("protocol error: frame 0x%02x out of order", frame->type);
        if (frame->size < command->min || frame->size > command->max)
            die("protocol error: frame 0x%02x with %u bytes", frame->type, frame->size);
        return command;
    }
    die("protocol error: unknown frame 0x%02x", frame->type);
}

void commands_obey(struct oven *oven, int64_t now) {
    struct frame frame;
    while (oven->state != OVEN_SETTLING && inbox_peek(&oven->inbox, &frame)) {
        oven->heard_us = now;
        if (!find_command(oven, &frame)->obey(oven, &frame, now)) return;
        inbox_drop(&oven->inbox, &frame);
    }
}
