/* Uploaded archives of every format that we unpack. */
#include "fuzz/fuzz.h"

#include "model/archive.h"

#include <apr_file_io.h>
#include <apr_strings.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *directory;

static void make_directory(void) {
    static char in_memory[] = "/dev/shm/gradeoven-fuzz-XXXXXX",
                on_disk[] = "/tmp/gradeoven-fuzz-XXXXXX";
    if (!directory) directory = mkdtemp(in_memory);
    if (!directory) directory = mkdtemp(on_disk);
    MUST(directory);
}

static void write_file(const char *path, const uint8_t *bytes, size_t length) {
    FILE *file = fopen(path, "wb");
    MUST(file && fwrite(bytes, 1, length, file) == length && !fclose(file));
}

/* What was unpacked has numbers for names, from 1 on. */
static void remove_files(apr_pool_t *pool) {
    for (int i = 0; i < 200; i++)
        unlink(apr_psprintf(pool, "%s/%06d", directory, i));
}

static void remove_directory(void) {
    rmdir(directory);
}

FUZZ_TARGET(archive) {
    static const go_archive_limits limits = {1 << 20, 100, 1000};
    apr_pool_t *pool = fuzz_pool();
    go_tree *tree = NULL;
    go_error err = GO_ERROR_INIT(pool);
    if (!directory) {
        make_directory();
        atexit(remove_directory);
    }
    const char *path = apr_psprintf(pool, "%s/upload", directory);
    write_file(path, bytes, length);
    apr_status_t status = go_archive_unpack(&tree, path, directory, &limits, pool, &err);
    if (!status) {
        MUST(tree->entries->nelts <= 100 && go_tree_bytes(tree) <= 1 << 20);
        for (int i = 0; i < tree->entries->nelts; i++) {
            const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
            MUST(!go_tree_path_check(entry->path, strlen(entry->path), &err));
        }
    }
    remove_files(pool);
    unlink(path);
    rmdir(directory); /* only when it is empty, as it must be */
    MUST(access(directory, F_OK));
    MUST(!mkdir(directory, 0700));
    return fuzz_done(pool);
}
