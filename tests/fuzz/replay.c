/*
 * replay CORPORA ROUNDS [SEED]: every file of CORPORA/NAME goes to target NAME, as it is, cut
 * short, and ROUNDS times changed a little. What is changed follows from the seed (1 unless given),
 * so a failure comes again. An input that ends the program is in ./fuzz-input afterwards.
 */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_MAX = 64 * 1024 };

typedef struct target {
    const char *name;
    int (*run)(const uint8_t *bytes, size_t length);
} target;

#define TARGET(name) int fuzz_##name(const uint8_t *bytes, size_t length);
#include "fuzz/targets.inc"
#undef TARGET

static const target targets[] = {
#define TARGET(name) {#name, fuzz_##name},
#include "fuzz/targets.inc"
#undef TARGET
};

static uint64_t state;

/* xorshift64*, Vigna 2016 */
static uint32_t next_random(void) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * UINT64_C(2685821657736338717)) >> 32);
}

static struct {
    const uint8_t *bytes;
    size_t length;
} current;

/* Whatever a target breaks ends in abort(); sanitizers too, with abort_on_error=1. */
static void keep_input(int signal_number) {
    int file = open("fuzz-input", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file >= 0 && write(file, current.bytes, current.length) < 0) close(file);
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
}

/* The target sees a copy of exactly this length, so that a sanitizer sees reads beyond it. */
static void run(const target *t, const uint8_t *bytes, size_t length) {
    uint8_t *copy = malloc(length ? length : 1);
    MUST(copy);
    current.bytes = bytes;
    current.length = length;
    memcpy(copy, bytes, length);
    t->run(copy, length);
    free(copy);
}

/* One change: a bit, a byte that parsers care for, a piece left out, doubled, or put elsewhere. */
static size_t change(uint8_t *bytes, size_t length) {
    static const char special[] = "\0\n\r\t\"'\\/<>{}[]():;,=-+%&#$@\xff\x80\xc3 09azAZ";
    size_t at = length ? next_random() % length : 0, size = length - at;
    size_t piece = size ? 1 + next_random() % (size < 32 ? size : 32) : 0;
    switch (next_random() % 6) {
    case 0:
        if (size) bytes[at] ^= (uint8_t)(1u << next_random() % 8);
        return length;
    case 1:
        if (size) bytes[at] = (uint8_t)special[next_random() % (sizeof special - 1)];
        return length;
    case 2:
        memmove(bytes + at, bytes + at + piece, size - piece);
        return length - piece;
    case 3:
        if (length + piece > INPUT_MAX) return length;
        memmove(bytes + at + piece, bytes + at, size);
        return length + piece;
    case 4:
        if (length == INPUT_MAX) return length;
        memmove(bytes + at + 1, bytes + at, size);
        bytes[at] = (uint8_t)special[next_random() % (sizeof special - 1)];
        return length + 1;
    default:
        return at;
    }
}

static long try_file(const target *t, const uint8_t *bytes, size_t length, int rounds) {
    static uint8_t changed[INPUT_MAX];
    run(t, bytes, length);
    for (int i = 0; i < rounds; i++) {
        size_t now = length;
        memcpy(changed, bytes, length);
        for (uint32_t changes = 1 + next_random() % 4; changes; changes--)
            now = change(changed, now);
        run(t, changed, now);
    }
    return rounds + 1;
}

static int try_target(const target *t, const char *corpora, int rounds) {
    static uint8_t bytes[INPUT_MAX];
    char path[1024];
    long inputs = 0;
    snprintf(path, sizeof path, "%s/%s", corpora, t->name);
    DIR *directory = opendir(path);
    if (!directory) return 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (*entry->d_name == '.') continue;
        snprintf(path, sizeof path, "%s/%s/%s", corpora, t->name, entry->d_name);
        FILE *file = fopen(path, "rb");
        MUST(file);
        size_t length = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        inputs += try_file(t, bytes, length, rounds);
    }
    closedir(directory);
    printf("%s %s: %ld inputs\n", inputs ? "ok" : "not ok", t->name, inputs);
    fflush(stdout);
    return inputs > 0;
}

int main(int argc, char **argv) {
    int bad = 0;
    signal(SIGABRT, keep_input);
    if (argc < 3) {
        fprintf(stderr, "usage: replay CORPORA ROUNDS [SEED]\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        state = argc > 3 ? strtoull(argv[3], NULL, 10) | 1 : 1;
        if (!try_target(&targets[i], argv[1], atoi(argv[2]))) {
            printf("not ok %s: no corpus\n", targets[i].name);
            bad = 1;
        }
    }
    return bad;
}
