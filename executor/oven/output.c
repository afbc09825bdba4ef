#include "oven/output.h"

#include "oven/util.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATCH_HEAD 5 /* u8 file, u32 offset */

static const struct output kinds[OVEN_FILE_COUNT] = {
    {.id = OVEN_FILE_SCORE, .name = "score", .max = OVEN_SCORE_MAX},
    {.id = OVEN_FILE_STATUS, .name = "status", .max = OVEN_STATUS_MAX, .is_log = true},
    {.id = OVEN_FILE_PROGRESS, .name = "progress", .max = OVEN_PROGRESS_MAX},
    {.id = OVEN_FILE_ERRORS, .name = "errors", .max = OVEN_ERRORS_MAX, .is_log = true},
    {.id = OVEN_FILE_DEBUG, .name = "debug", .max = OVEN_DEBUG_MAX, .is_log = true},
    {.id = OVEN_FILE_RESULTS, .name = "results.json", .max = OVEN_RESULTS_MAX, .is_result = true},
    {.id = OVEN_FILE_JUNIT, .name = "junit.xml", .max = OVEN_RESULTS_MAX, .is_result = true},
};

void outputs_init(struct output outputs[OVEN_FILE_COUNT]) {
    for (int i = 0; i < OVEN_FILE_COUNT; i++) {
        outputs[i] = kinds[i];
        outputs[i].known = allocate(1, kinds[i].max + 1);
        outputs[i].base = allocate(1, kinds[i].max + 1);
        outputs[i].present = allocate(1, kinds[i].max + 1);
    }
}

/* Reads the present content. Anything but a regular file that the grader may read counts as empty.
 */
static void read_present(struct output *output, int directory) {
    output->present_size = 0;
    CLEANUP_FD int fd =
        openat(directory, output->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat found;
    if (fd < 0 || fstat(fd, &found) || !S_ISREG(found.st_mode)) return;
    while (output->present_size <= output->max) {
        ssize_t got = read(fd, output->present + output->present_size,
                           output->max + 1 - output->present_size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return;
        output->present_size += (size_t)got;
    }
}

void output_begin_stage(struct output *output, int directory) {
    output->oversize_told = output->has_spoken = false;
    read_present(output, directory);
    memcpy(output->base, output->present, output->present_size);
    output->base_size = output->present_size;
    if (output->is_log) output->earlier_size = output->known_size;
}

static bool is_as_before(const struct output *output) {
    return output->present_size == output->base_size &&
           !memcmp(output->present, output->base, output->base_size);
}

static size_t common_prefix(const uint8_t *a, const uint8_t *b, size_t size) {
    size_t same = 0;
    while (same < size && a[same] == b[same])
        same++;
    return same;
}

/* Known content becomes known[0, offset) + bytes. An empty patch cuts. */
static void send_patch(struct output *output, size_t offset, const uint8_t *bytes, size_t size,
                       struct outbox *outbox) {
    output->has_spoken = true;
    memcpy(output->known + offset, bytes, size);
    output->known_size = offset + size;
    do {
        uint8_t head[PATCH_HEAD] = {output->id};
        size_t part = smaller(size, OVEN_FRAME_MAX - PATCH_HEAD);
        put_be32(head + 1, (uint32_t)offset);
        outbox_put(outbox, OVEN_OUTPUT, head, sizeof head, bytes, part);
        offset += part;
        bytes += part;
        size -= part;
    } while (size > 0);
}

void output_look(struct output *output, int directory, struct outbox *outbox) {
    read_present(output, directory);
    if (!output->is_log && output->present_size == 0) return;
    if (!output->is_log && !output->has_spoken && is_as_before(output)) return;
    const uint8_t *said = output->present;
    size_t size = output->present_size, room = output->max - output->earlier_size;
    if (output->is_log && size >= output->base_size &&
        !memcmp(said, output->base, output->base_size)) {
        said += output->base_size;
        size -= output->base_size;
    }
    if (size > room && !output->oversize_told) {
        outbox_put(outbox, OVEN_OVERSIZE, &output->id, 1, NULL, 0);
        output->oversize_told = true;
    }
    size = smaller(size, room);
    size_t known = output->known_size - output->earlier_size;
    size_t same = common_prefix(said, output->known + output->earlier_size, smaller(size, known));
    if (same == size && same == known) return;
    if (!output->is_log) same = 0;
    send_patch(output, output->earlier_size + same, said + same, size - same, outbox);
}
