#include "model/stages_lint.h"

#include "model/lint_private.h"
#include "model/stages_private.h"
#include "model/text.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <string.h>

typedef struct lint_job {
    const go_stages *stages;
    go_stages_reader read;
    void *baton;
    apr_pool_t *pool; /* cleared after each file */
    go_problems *problems;
    apr_off_t left; /* bytes that may still be read */
    int warnings;
} lint_job;

/* What a finding says of its command. */
static const char *const meanings[] = {
    [GO_LINT_RUN] = "runs the student's code with the rights of the stage: it can forge the score "
                    "and read hidden files. Put \"sandbox --time 10 --\" before it.",
    [GO_LINT_IMPORT] = "takes the student's code into the stage's own process: it can forge the "
                       "score and read hidden files. Let a program in the sandbox do it, and "
                       "compare what it prints.",
    [GO_LINT_BUILD] = "runs what it finds in the submission with the rights of the stage: it can "
                      "forge the score and read hidden files. Put \"sandbox --time 60 --\" before "
                      "it.",
    [GO_LINT_MODULES] = "finds Python modules in the submission first, which is the working "
                        "directory. Use \"python3 -I\", or put \"sandbox --time 10 --\" before it.",
    [GO_LINT_COMPILE] = "compiles the student's code with the rights of the stage: #include can "
                        "bring hidden files into its messages or into the program. Put \"sandbox "
                        "--dir build --time 30 --\" before it.",
};

/* The language by the first line, or else by the name. */
static go_lint_language language_of(const char *path, const char *text, apr_size_t length) {
    if (memchr(text, '\0', length)) return GO_LINT_NO_LANGUAGE;
    const char *newline = memchr(text, '\n', length);
    apr_size_t size = newline ? (apr_size_t)(newline - text) : length;
    if (size >= 2 && !memcmp(text, "#!", 2)) {
        char line[128];
        apr_cpystrn(line, text, size < sizeof(line) ? size + 1 : sizeof(line));
        if (strstr(line, "python")) return GO_LINT_PYTHON;
        const char *sh = strstr(line, "sh");
        return sh && (!sh[2] || strchr(" \r", sh[2])) ? GO_LINT_SHELL : GO_LINT_NO_LANGUAGE;
    }
    const char *dot = strrchr(go_lint_base(path), '.');
    if (!dot) return GO_LINT_NO_LANGUAGE;
    if (!strcmp(dot, ".py")) return GO_LINT_PYTHON;
    return !strcmp(dot, ".sh") || !strcmp(dot, ".bash") ? GO_LINT_SHELL : GO_LINT_NO_LANGUAGE;
}

static void warn(lint_job *job, const char *stage, const char *path,
                 const go_lint_finding *finding) {
    if (job->warnings++ > GO_LINT_WARNINGS_MAX) return;
    if (job->warnings > GO_LINT_WARNINGS_MAX) {
        go_problems_warning(job->problems, "There are more commands like these.");
        return;
    }
    const char *command = go_text_printable(job->pool, finding->command, strlen(finding->command));
    go_problems_warning(job->problems, "Stage \"%s\", %s, line %d: \"%s\" %s See sandbox(1).",
                        go_text_printable(job->pool, stage, strlen(stage)),
                        go_text_printable(job->pool, path, strlen(path)), finding->line, command,
                        meanings[finding->kind]);
}

/* Reads a script and the scripts inside it. */
static go_lint *look_at(lint_job *job, const char *path, const char *text, apr_size_t length) {
    go_lint *lint = go_lint_make(job->pool);
    go_lint_language language = language_of(path, text, length);
    if (!language) return lint;
    APR_ARRAY_PUSH(lint->scripts, go_lint_script) = (go_lint_script){language, text, length, 1, 1};
    for (int i = 0; i < lint->scripts->nelts; i++) {
        go_lint_script script = APR_ARRAY_IDX(lint->scripts, i, go_lint_script);
        lint->in_submission = script.in_submission;
        if (script.language == GO_LINT_SHELL)
            go_lint_shell(lint, script.text, script.length, script.line);
        else
            go_lint_python(lint, script.text, script.length, script.line);
    }
    return lint;
}

/* Puts the stage's own files that the script uses on the list, unless they are there. */
static void add_helpers(const go_lint *lint, const go_tree *tree, apr_array_header_t *files) {
    for (int i = 0; i < tree->entries->nelts && files->nelts < GO_LINT_FILES_MAX; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        int is_used = 0, is_known = entry->is_directory;
        for (int k = 0; !is_used && k < lint->helpers->nelts; k++)
            is_used =
                !strcmp(go_lint_base(entry->path), APR_ARRAY_IDX(lint->helpers, k, const char *));
        for (int k = 0; is_used && !is_known && k < files->nelts; k++)
            is_known = APR_ARRAY_IDX(files, k, const go_tree_entry *) == entry;
        if (is_used && !is_known) APR_ARRAY_PUSH(files, const go_tree_entry *) = entry;
    }
}

static void lint_stage(lint_job *job, const char *stage, apr_pool_t *pool) {
    const go_tree *tree = go_tree_below(job->stages->tree, stage, pool);
    apr_array_header_t *files = apr_array_make(pool, 4, sizeof(const go_tree_entry *));
    const go_tree_entry *main_entry = go_tree_find(tree, "main");
    if (!main_entry) return;
    APR_ARRAY_PUSH(files, const go_tree_entry *) = main_entry;
    for (int i = 0; i < files->nelts; i++) { /* grows meanwhile */
        const go_tree_entry *entry = APR_ARRAY_IDX(files, i, const go_tree_entry *);
        const char *text;
        apr_size_t length = 0;
        apr_pool_clear(job->pool);
        if (entry->size > job->left ||
            job->read(job->baton, entry, GO_LINT_FILE_MAX, &text, &length, job->pool))
            continue;
        job->left -= (apr_off_t)length;
        const go_lint *lint = look_at(job, entry->path, text, length);
        for (int k = 0; k < lint->findings->nelts; k++)
            warn(job, stage, entry->path, &APR_ARRAY_IDX(lint->findings, k, go_lint_finding));
        add_helpers(lint, tree, files);
    }
}

void go_stages_lint(const go_stages *stages, go_stages_reader read, void *baton, apr_pool_t *pool,
                    go_problems *problems) {
    apr_pool_t *scratch, *file;
    if (apr_pool_create(&scratch, pool) || apr_pool_create(&file, scratch)) return;
    lint_job job = {.stages = stages,
                    .read = read ? read : go_stages_read_file,
                    .baton = baton,
                    .pool = file,
                    .problems = problems,
                    .left = GO_LINT_TOTAL_MAX};
    for (int i = 0; i < stages->stages->nelts; i++) {
        const go_stage *stage = &APR_ARRAY_IDX(stages->stages, i, go_stage);
        /* An untrusted stage has no score to forge, and cannot use sandbox. */
        if (stage->is_trusted) lint_stage(&job, stage->name, scratch);
    }
    apr_pool_destroy(scratch);
}
