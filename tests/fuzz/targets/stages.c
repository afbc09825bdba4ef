/*
 * What an assignment says of itself: the first line says how long the file `stages` is, what
 * follows it is the metadata.json of the assignment and of every stage.
 */
#include "fuzz/fuzz.h"

#include "model/stages.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

typedef struct texts {
    const char *stages, *metadata;
    apr_size_t stages_length, metadata_length;
} texts;

static apr_status_t read_text(void *baton, const go_tree_entry *entry, apr_size_t max,
                              const char **bytes, apr_size_t *length, apr_pool_t *pool) {
    const texts *t = baton;
    int is_stages = !strcmp(entry->path, "stages"), is_main = !!strstr(entry->path, "main");
    *bytes = is_main ? "#!/bin/sh\n" : is_stages ? t->stages : t->metadata;
    *length = is_main ? 10 : is_stages ? t->stages_length : t->metadata_length;
    if (*length > max) *length = max;
    return APR_SUCCESS;
}

static void add(go_tree *tree, const char *path, apr_off_t size) {
    go_error err = GO_ERROR_INIT(tree->pool);
    go_tree_entry entry = {.path = path, .is_executable = 1, .size = size};
    MUST(!go_tree_add(tree, &entry, &err));
}

FUZZ_TARGET(stages) {
    apr_pool_t *pool = fuzz_pool();
    fuzz_input input = {bytes, bytes + length};
    const char *first = fuzz_line(&input, pool);
    apr_size_t left = (apr_size_t)(input.end - input.at),
               cut = (apr_size_t)strtoul(first, NULL, 10);
    if (cut > left) cut = left;
    texts t = {(const char *)input.at, (const char *)input.at + cut, cut, left - cut};
    go_tree *tree = go_tree_make(pool);
    go_error err = GO_ERROR_INIT(pool);
    if (*first != '-') add(tree, "stages", (apr_off_t)cut);
    add(tree, "metadata.json", (apr_off_t)(left - cut));
    add(tree, "build/main", 10);
    add(tree, "build/metadata.json", (apr_off_t)(left - cut));
    add(tree, "tests/main", 10);
    MUST(!go_tree_finish(tree, &err));
    static const go_stages_limits limits = {60, 600, 512, 1024, 64};
    go_problems *problems = go_problems_make(pool);
    go_stages *stages = NULL;
    apr_status_t status = go_stages_read(&stages, tree, &limits, read_text, &t, pool, problems);
    MUST(!status == !problems->errors && !status == !!stages);
    for (int i = 0; stages && i < stages->stages->nelts; i++) {
        const go_stage *stage = &APR_ARRAY_IDX(stages->stages, i, go_stage);
        MUST(!strcmp(stage->name, "build") || !strcmp(stage->name, "tests"));
        MUST(stage->timeout_seconds >= 1 && stage->timeout_seconds <= 600);
        MUST(stage->memory_mb >= GO_STAGE_MEMORY_MIN && stage->memory_mb <= 1024);
    }
    return fuzz_done(pool);
}
