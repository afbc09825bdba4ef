#include "oven/watch.h"

#include "oven/modes.h"
#include "oven/rights.h"
#include "oven/util.h"
#include "oven/world.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY      WORLD_OVEN "/" WORLD_OUTPUT
#define LOG_PAUSE_US   50000
#define VALUE_PAUSE_US 20000 /* the engine pays for every frame, with a processor of its own */
#define EVENTS_OF_FILE                                                                             \
    (IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)
#define EVENTS_OF_SELF (IN_MOVE_SELF | IN_DELETE_SELF)

/* Opened anew each time: a trusted stage owns /grade_oven and may replace the directory. One that
 * somebody else has made says nothing: -1. */
static int open_directory(uid_t base) {
    int fd = open(DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat found;
    if (fd >= 0 && (fstat(fd, &found) || found.st_uid != base + OVEN_UID_GRADER))
        close_and_forget(&fd);
    return fd;
}

static void watch_directory(struct watch *watch) {
    inotify_add_watch(watch->inotify, DIRECTORY,
                      EVENTS_OF_FILE | EVENTS_OF_SELF | IN_ONLYDIR | IN_DONT_FOLLOW);
}

void watch_init(struct watch *watch, uid_t base) {
    outputs_init(watch->outputs);
    watch->base = base;
    watch->inotify = rights_make_inotify(base);
    watch_begin_stage(watch, true);
}

/* A file that an untrusted stage can write (the directory it cannot): whatever was there before. */
static void make_writable(int directory, const char *name, gid_t group) {
    for (int attempt = 0; attempt < 2; attempt++) {
        CLEANUP_FD int fd =
            openat(directory, name, O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0660);
        struct stat found;
        if (fd >= 0 && !fstat(fd, &found) && S_ISREG(found.st_mode) && !fchmod(fd, 0660) &&
            !fchown(fd, (uid_t)-1, group))
            return;
        unlinkat(directory, name, 0);
    }
}

/* What an untrusted stage has no say in. */
static bool is_trusted_only(const struct output *output) {
    return output->id == OVEN_FILE_SCORE || output->is_result;
}

/* What a trusted stage made writable is closed before an untrusted one could write it; a file that
 * is not the grader's goes. Nobody runs meanwhile who could put another in its place. */
static void close_file(int directory, const char *name, uid_t owner) {
    struct stat found;
    if (fstatat(directory, name, &found, AT_SYMLINK_NOFOLLOW) || !S_ISREG(found.st_mode)) return;
    if (found.st_uid != owner || fchmodat(directory, name, 0640, 0)) unlinkat(directory, name, 0);
}

/* The file-system identity is the grader's with the group of output/, so new files belong to both.
 */
static void make_files(struct watch *watch, int directory) {
    for (int i = 0; i < OVEN_FILE_COUNT; i++) {
        const char *name = watch->outputs[i].name;
        if (is_trusted_only(&watch->outputs[i]))
            close_file(directory, name, watch->base + OVEN_UID_GRADER);
        else
            make_writable(directory, name, watch->base + OVEN_UID_UNTRUSTED);
    }
}

void watch_begin_stage(struct watch *watch, bool trusted) {
    watch->is_trusted = trusted;
    mkdir(DIRECTORY, 0750);
    modes_put_back(watch->base);
    CLEANUP_FD int directory = open_directory(watch->base);
    make_files(watch, directory);
    watch_directory(watch);
    while (watch_read_events(watch)) /* of our own doing */
        ;
    for (int i = 0; i < OVEN_FILE_COUNT; i++) {
        output_begin_stage(&watch->outputs[i], directory);
        watch->touched[i] = false;
        watch->looked_us[i] = 0;
    }
}

static void note_event(struct watch *watch, const struct inotify_event *event) {
    bool all = event->mask & (IN_Q_OVERFLOW | EVENTS_OF_SELF | IN_IGNORED);
    if (all) watch_directory(watch); /* perhaps there is a new one of this name */
    for (int i = 0; i < OVEN_FILE_COUNT; i++)
        if (!watch->outputs[i].is_result &&
            (all || (event->len && !strcmp(event->name, watch->outputs[i].name))))
            watch->touched[i] = true;
}

bool watch_read_events(struct watch *watch) {
    char events[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)]
        __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t got = read(watch->inotify, events, sizeof events);
    for (char *at = events; got > 0 && at < events + got;) {
        const struct inotify_event *event = (const struct inotify_event *)at;
        note_event(watch, event);
        at += sizeof *event + event->len;
    }
    return got > 0;
}

static int64_t file_due(const struct watch *watch, int i) {
    if (!watch->touched[i]) return NEVER;
    return watch->looked_us[i] + (watch->outputs[i].is_log ? LOG_PAUSE_US : VALUE_PAUSE_US);
}

static void look(struct watch *watch, int i, int directory, struct outbox *outbox, int64_t now) {
    watch->touched[i] = false;
    watch->looked_us[i] = now;
    if (watch->is_trusted || !is_trusted_only(&watch->outputs[i]))
        output_look(&watch->outputs[i], directory, outbox);
}

void watch_step(struct watch *watch, struct outbox *outbox, int64_t now) {
    if (watch_due(watch, outbox) > now) return;
    CLEANUP_FD int directory = open_directory(watch->base);
    for (int i = 0; i < OVEN_FILE_COUNT; i++)
        if (file_due(watch, i) <= now) look(watch, i, directory, outbox, now);
}

int64_t watch_due(const struct watch *watch, const struct outbox *outbox) {
    int64_t due = NEVER;
    for (int i = 0; i < OVEN_FILE_COUNT && !outbox_is_busy(outbox); i++)
        due = earlier(due, file_due(watch, i));
    return due;
}

/* A file that its own writer has shut, such as by `chmod 0 score`. */
static void make_readable(int directory, const char *name, uid_t owner) {
    struct stat found;
    if (fstatat(directory, name, &found, AT_SYMLINK_NOFOLLOW) || !S_ISREG(found.st_mode)) return;
    if (found.st_uid == owner && !(found.st_mode & S_IRUSR))
        fchmodat(directory, name, S_IRUSR | S_IWUSR | S_IRGRP, 0);
}

/* Nobody of the stage is alive any more, so what it shut behind itself can be opened for a look:
 * otherwise it would count or not as PID 1 happened to be quicker or not. */
void watch_end_stage(struct watch *watch, struct outbox *outbox) {
    modes_put_back(watch->base);
    CLEANUP_FD int directory = open_directory(watch->base);
    for (int i = 0; i < OVEN_FILE_COUNT; i++) {
        make_readable(directory, watch->outputs[i].name, watch->base + OVEN_UID_GRADER);
        look(watch, i, directory, outbox, 0);
    }
}
