#include "model/stages.h"

#include "model/stages_private.h"
#include "model/text.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* Directories of /grade_oven that are no stage's. */
static const char *const reserved_names[] = {"submission", "output"};

const char *go_stages_quoted(const go_stages_job *job, const char *text) {
    return go_text_printable(job->pool, text, strlen(text));
}

go_stage go_stages_default(const go_stages_job *job, const char *name) {
    return (go_stage){.name = name,
                      .description = NULL,
                      .is_trusted = 1,
                      .timeout_seconds = job->limits->default_timeout_seconds,
                      .memory_mb = job->limits->default_memory_mb,
                      .stop_on_failure = 0};
}

apr_status_t go_stages_read_file(void *baton, const go_tree_entry *entry, apr_size_t max,
                                 const char **bytes, apr_size_t *length, apr_pool_t *pool) {
    int file = entry->file ? open(entry->file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (file < 0) return entry->file ? errno : ENOENT;
    apr_size_t wanted = (apr_size_t)entry->size < max ? (apr_size_t)entry->size : max;
    char *read_bytes = apr_palloc(pool, wanted + 1);
    apr_status_t status = APR_SUCCESS;
    *length = 0;
    while (*length < wanted && !status) {
        ssize_t n = read(file, read_bytes + *length, wanted - *length);
        if (n == 0) break;
        if (n > 0)
            *length += (apr_size_t)n;
        else if (errno != EINTR)
            status = errno;
    }
    close(file);
    *bytes = read_bytes;
    return status;
}

/* The first `max` bytes of a file, or NULL and a problem. */
static const char *read_bytes_of(go_stages_job *job, const go_tree_entry *entry, apr_size_t max,
                                 apr_size_t *length) {
    const char *bytes = NULL;
    if (!job->read(job->baton, entry, max, &bytes, length, job->pool)) return bytes;
    go_problems_error(job->problems, "\"%s\" cannot be read on the server. Please upload it again.",
                      go_stages_quoted(job, entry->path));
    return NULL;
}

const char *go_stages_text(go_stages_job *job, const go_tree_entry *entry, apr_size_t *length) {
    const char *path = go_stages_quoted(job, entry->path);
    if (entry->size > GO_STAGES_FILE_MAX) {
        go_problems_error(job->problems, "\"%s\" is larger than %d bytes.", path,
                          GO_STAGES_FILE_MAX);
        return NULL;
    }
    const char *text = read_bytes_of(job, entry, GO_STAGES_FILE_MAX, length);
    if (!text) return NULL;
    if (memchr(text, '\0', *length) || !go_text_is_utf8(text, *length)) {
        go_problems_error(job->problems, "\"%s\" is no text in UTF-8.", path);
        return NULL;
    }
    if (*length >= 3 && !memcmp(text, BYTE_ORDER_MARK, 3)) {
        text += 3;
        *length -= 3;
    }
    return text;
}

static int is_file(const go_tree *tree, const char *path) {
    const go_tree_entry *entry = go_tree_find(tree, path);
    return entry && !entry->is_directory;
}

static int says_its_stages(const go_tree *tree) {
    return is_file(tree, "stages") || is_file(tree, "metadata.json");
}

/*
 * The tree to read, a copy that may be changed. Archives are often made of a directory rather than
 * of what is in it: if all is in one directory and the list of stages too, that is the root.
 */
static go_tree *root_of(const go_tree *tree, apr_pool_t *pool) {
    const go_tree_entry *entries = (const go_tree_entry *)tree->entries->elts;
    if (tree->entries->nelts && !says_its_stages(tree) && entries[0].is_directory) {
        go_tree *below = go_tree_below(tree, entries[0].path, pool);
        if (below->entries->nelts == tree->entries->nelts - 1 && says_its_stages(below))
            return below;
    }
    go_tree *copy = go_tree_make(pool);
    copy->entries = apr_array_copy(pool, tree->entries);
    return copy;
}

static int is_blank(const char *line) {
    return line[strspn(line, " \t")] == '\0';
}

/* The file `stages`: one directory name a line, taken literally. */
static void list_from_text(go_stages_job *job, const go_tree_entry *entry) {
    apr_size_t length;
    const char *text = go_stages_text(job, entry, &length);
    if (!text) return;
    if (length && text[length - 1] == '\r') length--;
    const apr_array_header_t *lines = go_text_lines(job->pool, text, length);
    for (int i = 0; i < lines->nelts && job->stages->nelts <= job->limits->max_stages; i++) {
        const char *line = APR_ARRAY_IDX(lines, i, const char *);
        if (!is_blank(line)) APR_ARRAY_PUSH(job->stages, go_stage) = go_stages_default(job, line);
    }
}

static void list_stages(go_stages_job *job) {
    const go_tree_entry *list = go_tree_find(job->tree, "stages");
    const go_tree_entry *metadata = go_tree_find(job->tree, "metadata.json");
    int before = job->problems->errors;
    if (list && list->is_directory)
        go_problems_error(job->problems, "\"stages\" is a directory; it must be a text file.");
    else if (list)
        list_from_text(job, list);
    else if (metadata && !metadata->is_directory)
        go_stages_from_metadata(job, metadata);
    else
        go_problems_error(job->problems,
                          "There is no file \"stages\". It is a text file beside the stages' "
                          "directories, with one directory name a line, in the order they run.");
    if (list && metadata)
        go_problems_warning(job->problems, "The file metadata.json beside \"stages\" is not read: "
                                           "\"stages\" says which stages there are.");
    if (!job->stages->nelts && job->problems->errors == before)
        go_problems_error(job->problems, "No stage is listed.");
    if (job->stages->nelts > job->limits->max_stages) {
        go_problems_error(job->problems, "More than %d stages are listed.",
                          job->limits->max_stages);
        job->stages->nelts = job->limits->max_stages;
    }
}

/* Why this can be no stage's name, or NULL. */
static const char *bad_name(const char *name) {
    if (!*name) return "is empty";
    if (!strcmp(name, ".") || !strcmp(name, "..")) return "is not a directory of the assignment";
    if (strchr(name, '/')) return "holds a \"/\"";
    if (strlen(name) > GO_STAGE_NAME_MAX)
        return "is longer than " APR_STRINGIFY(GO_STAGE_NAME_MAX) " bytes";
    for (size_t i = 0; i < sizeof(reserved_names) / sizeof(reserved_names[0]); i++)
        if (!strcmp(name, reserved_names[i])) return "is a name that Grade Oven needs itself";
    return go_tree_path_check(name, strlen(name), NULL) ? "is no name that a directory may have"
                                                        : NULL;
}

/* A line is taken literally; blanks around a name are hardly ever meant. */
static const char *blanks_hint(const go_stages_job *job, const char *name) {
    char *trimmed = apr_pstrdup(job->pool, name + strspn(name, " \t"));
    apr_size_t length = strlen(trimmed);
    while (length && strchr(" \t", trimmed[length - 1]))
        trimmed[--length] = '\0';
    if (!strcmp(trimmed, name) || !go_tree_find(job->tree, trimmed)) return "";
    return " Take away the blanks before or after the name.";
}

/* Zip files made on Windows lose the executable bit. What plainly is a program gets it back. */
static void repair_main(go_stages_job *job, const char *name, go_tree_entry *main_entry) {
    apr_size_t length;
    const char *bytes = read_bytes_of(job, main_entry, 4, &length);
    if (!bytes) return;
    if ((length >= 2 && !memcmp(bytes, "#!", 2)) || (length >= 4 && !memcmp(bytes,
                                                                            "\x7f"
                                                                            "ELF",
                                                                            4))) {
        main_entry->is_executable = 1;
        go_problems_warning(job->problems, "Stage \"%s\": \"main\" was not executable; it is now.",
                            name);
        return;
    }
    go_problems_error(job->problems,
                      "Stage \"%s\": \"main\" is not executable. Begin it with a line such as "
                      "\"#!/bin/bash\", or make it executable (chmod +x).",
                      name);
}

static void check_main(go_stages_job *job, const char *name) {
    const char *shown = go_stages_quoted(job, name);
    /* The tree is our own copy: its entries may be changed. */
    go_tree_entry *main_entry =
        (go_tree_entry *)go_tree_find(job->tree, apr_pstrcat(job->pool, name, "/main", NULL));
    if (!main_entry)
        go_problems_error(job->problems,
                          "Stage \"%s\": there is no file \"main\" in its directory.", shown);
    else if (main_entry->is_directory)
        go_problems_error(job->problems, "Stage \"%s\": \"main\" is a directory, not a program.",
                          shown);
    else if (!main_entry->size)
        go_problems_error(job->problems, "Stage \"%s\": \"main\" is empty.", shown);
    else if (!main_entry->is_executable)
        repair_main(job, shown, main_entry);
}

static void check_stage(go_stages_job *job, go_stage *stage, apr_hash_t *seen) {
    const char *shown = go_stages_quoted(job, stage->name);
    const char *rule = bad_name(stage->name);
    if (rule) {
        go_problems_error(job->problems, "The stage name \"%s\" %s.", shown, rule);
        return;
    }
    if (apr_hash_get(seen, stage->name, APR_HASH_KEY_STRING)) {
        go_problems_error(job->problems, "Stage \"%s\" is listed more than once.", shown);
        return;
    }
    apr_hash_set(seen, stage->name, APR_HASH_KEY_STRING, stage);
    const go_tree_entry *directory = go_tree_find(job->tree, stage->name);
    if (!directory || !directory->is_directory) {
        go_problems_error(job->problems, "Stage \"%s\": %s.%s", shown,
                          directory ? "this is a file; it must be a directory"
                                    : "there is no directory of this name",
                          blanks_hint(job, stage->name));
        return;
    }
    check_main(job, stage->name);
    const go_tree_entry *metadata =
        go_tree_find(job->tree, apr_pstrcat(job->pool, stage->name, "/metadata.json", NULL));
    if (metadata && !metadata->is_directory) go_stages_refine(job, stage, metadata);
}

/* A directory that looks like a stage but is in no list was probably forgotten. */
static void warn_of_unlisted(go_stages_job *job, apr_hash_t *seen) {
    for (int i = 0; i < job->tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(job->tree->entries, i, go_tree_entry);
        if (!entry->is_directory || strchr(entry->path, '/')) continue;
        if (apr_hash_get(seen, entry->path, APR_HASH_KEY_STRING)) continue;
        if (is_file(job->tree, apr_pstrcat(job->pool, entry->path, "/main", NULL)))
            go_problems_warning(job->problems,
                                "The directory \"%s\" has a \"main\" but is not listed: it is no "
                                "stage and will not run.",
                                go_stages_quoted(job, entry->path));
    }
}

apr_status_t go_stages_read(go_stages **out, const go_tree *tree, const go_stages_limits *limits,
                            go_stages_reader read, void *baton, apr_pool_t *pool,
                            go_problems *problems) {
    go_stages_job job = {.tree = root_of(tree, pool),
                         .limits = limits,
                         .read = read ? read : go_stages_read_file,
                         .baton = baton,
                         .pool = pool,
                         .problems = problems,
                         .stages = apr_array_make(pool, 8, sizeof(go_stage))};
    apr_hash_t *seen = apr_hash_make(pool);
    int before = problems->errors;
    *out = NULL;
    list_stages(&job);
    for (int i = 0; i < job.stages->nelts; i++)
        check_stage(&job, &APR_ARRAY_IDX(job.stages, i, go_stage), seen);
    if (job.stages->nelts) warn_of_unlisted(&job, seen);
    if (problems->errors > before) return GO_EINVALID;
    go_stages *stages = apr_palloc(pool, sizeof(*stages));
    stages->stages = job.stages;
    stages->tree = job.tree;
    *out = stages;
    return APR_SUCCESS;
}
