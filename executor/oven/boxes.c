#include "oven/boxes.h"

#include "oven/clean.h"
#include "oven/handover.h"
#include "oven/rights.h"
#include "oven/util.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int find_kept(const struct boxes *boxes, const char *name) {
    for (int i = OVEN_UID_SANDBOX; i < RIGHTS_UID_KILLER; i++)
        if (boxes->box[i].kept && !strcmp(boxes->box[i].name, name)) return i;
    return -1;
}

static int find_free(const struct boxes *boxes) {
    for (int i = OVEN_UID_SANDBOX; i < RIGHTS_UID_KILLER; i++) {
        const struct box *box = &boxes->box[i];
        if (!box->busy && !box->kept && !box->spoiled) return i;
    }
    return -1;
}

int boxes_take(struct boxes *boxes, const char *name, const char **why) {
    int index = name[0] ? find_kept(boxes, name) : -1;
    if (index >= 0 && boxes->box[index].busy) {
        *why = "another call is using this --dir now; calls with the same --dir go one by one";
        return -1;
    }
    if (index < 0) index = find_free(boxes);
    if (index < 0) {
        *why = "no sandbox is free: too many calls at once, or too many different --dir";
        return -1;
    }
    struct box *box = &boxes->box[index];
    box->busy = true;
    box->kept = name[0] != '\0';
    snprintf(box->name, sizeof box->name, "%s", name);
    return index;
}

void boxes_return(struct boxes *boxes, int index) {
    boxes->box[index].busy = false;
}

bool boxes_is_quiet(const struct boxes *boxes, int index) {
    return boxes->box[index].cleaner == 0;
}

_Noreturn static void cleaner(uid_t uid, unsigned index, const struct collection *collection,
                              bool keep) {
    /* Still with the grader's file-system identity, which PID 1 has. */
    bool gone = !collection->took_files || handover_take_back(index);
    if (rights_become(uid, uid, uid)) _exit(1);
    if (collection->connection >= 0) clean_collect(index, collection);
    gone &= clean_shared_of(uid);
    if (!keep) gone &= clean_scratch_of(index);
    _exit(gone ? 0 : 1);
}

bool boxes_clean(struct boxes *boxes, uid_t base, int index, const struct collection *collection) {
    struct box *box = &boxes->box[index];
    pid_t pid = fork();
    if (pid == 0) cleaner(base + (uid_t)index, (unsigned)index, collection, box->kept);
    if (pid < 0) return false;
    box->cleaner = pid;
    return true;
}

bool boxes_cleaner_ended(struct boxes *boxes, pid_t pid, int status) {
    for (int i = OVEN_UID_SANDBOX; i < RIGHTS_UID_KILLER; i++) {
        struct box *box = &boxes->box[i];
        if (box->cleaner != pid) continue;
        box->cleaner = 0;
        if (status != 0) {
            box->spoiled = true;
            dprintf(STDERR_FILENO, "oven: uid %d of this oven left what cannot be removed\n", i);
        }
        return true;
    }
    return false;
}

bool boxes_clean_kept(struct boxes *boxes, uid_t base) {
    static const struct collection nothing = {.connection = -1};
    bool all_clean = true;
    for (int i = OVEN_UID_SANDBOX; i < RIGHTS_UID_KILLER; i++) {
        struct box *box = &boxes->box[i];
        if (box->kept) {
            box->kept = false;
            box->busy = boxes_clean(boxes, base, i, &nothing);
            box->kept = !box->busy; /* no process could be forked: next time */
        } else if (box->busy && box->cleaner == 0) {
            box->busy = false;
        }
        if (box->busy || box->kept) all_clean = false;
    }
    return all_clean;
}
