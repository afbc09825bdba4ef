#include "model/lint_private.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

#define SUBMISSION "/submission"

go_lint *go_lint_make(apr_pool_t *pool) {
    go_lint *lint = apr_pcalloc(pool, sizeof(*lint));
    lint->pool = pool;
    lint->in_submission = 1;
    lint->names = apr_array_make(pool, 4, sizeof(go_lint_name));
    lint->wrappers = apr_array_make(pool, 4, sizeof(const char *));
    lint->findings = apr_array_make(pool, 4, sizeof(go_lint_finding));
    lint->scripts = apr_array_make(pool, 4, sizeof(go_lint_script));
    lint->helpers = apr_array_make(pool, 4, sizeof(const char *));
    return lint;
}

const char *go_lint_base(const char *word) {
    const char *slash = strrchr(word, '/');
    return slash ? slash + 1 : word;
}

static int has_room(const apr_array_header_t *list) {
    return list->nelts < GO_LINT_LIST_MAX;
}

/* The same command in ten places is one finding. */
void go_lint_find(go_lint *lint, go_lint_kind kind, int line, const char *command) {
    for (int i = 0; i < lint->findings->nelts; i++) {
        const go_lint_finding *found = &APR_ARRAY_IDX(lint->findings, i, go_lint_finding);
        if (found->kind == kind && !strcmp(found->command, command)) return;
    }
    if (has_room(lint->findings))
        APR_ARRAY_PUSH(lint->findings, go_lint_finding) = (go_lint_finding){kind, line, command};
}

void go_lint_push_script(go_lint *lint, go_lint_language language, const char *text, int line) {
    if (has_room(lint->scripts))
        APR_ARRAY_PUSH(lint->scripts, go_lint_script) =
            (go_lint_script){language, text, strlen(text), line, lint->in_submission};
}

void go_lint_add_name(go_lint *lint, const char *text, int is_prefix) {
    if (*text && has_room(lint->names))
        APR_ARRAY_PUSH(lint->names, go_lint_name) = (go_lint_name){text, is_prefix};
}

void go_lint_add_wrapper(go_lint *lint, const char *name) {
    if (has_room(lint->wrappers))
        APR_ARRAY_PUSH(lint->wrappers, const char *) = apr_pstrcat(lint->pool, "$", name, NULL);
}

void go_lint_add_helper(go_lint *lint, const char *name) {
    if (has_room(lint->helpers)) APR_ARRAY_PUSH(lint->helpers, const char *) = name;
}

int go_lint_is_sandbox(const go_lint *lint, const char *word) {
    if (!strcmp(go_lint_base(word), "sandbox")) return 1;
    for (int i = 0; i < lint->wrappers->nelts; i++) {
        const char *wrapper = APR_ARRAY_IDX(lint->wrappers, i, const char *);
        if (!strcmp(word, wrapper)) return 1;
    }
    return 0;
}

/* Is `name` at the start of `word`, and not a part of a longer name? */
static int begins_with(const char *word, const go_lint_name *name) {
    size_t length = strlen(name->text);
    if (strncmp(word, name->text, length)) return 0;
    if (!word[length]) return 1;
    return name->is_prefix && !apr_isalnum(word[length]) && word[length] != '_';
}

/* "/submission" as a whole part of a path: /grade_oven/submission/x, $stage/../submission */
static int is_in_submission(const char *word) {
    for (const char *at = word; (at = strstr(at, SUBMISSION)); at++) {
        char after = at[strlen(SUBMISSION)];
        if (!apr_isalnum(after) && after != '_' && after != '.' && after != '-') return 1;
    }
    return 0;
}

/* A variable whose name says what it holds: $SUBMISSION_DIR */
static int is_called_submission(const char *word) {
    if (*word != '$') return 0;
    for (word++; apr_isalnum(*word) || *word == '_' || *word == '.'; word++)
        if (!strncasecmp(word, "submission", 10) || !strncasecmp(word, "submitted", 9)) return 1;
    return 0;
}

int go_lint_is_student(const go_lint *lint, const char *word) {
    if (is_in_submission(word) || is_called_submission(word)) return 1;
    for (int i = 0; i < lint->names->nelts; i++)
        if (begins_with(word, &APR_ARRAY_IDX(lint->names, i, go_lint_name))) return 1;
    if (!lint->in_submission) return 0;
    return !strncmp(word, "./", 2) || !strncmp(word, "$PWD/", 5);
}

int go_lint_is_student_file(const go_lint *lint, const char *word) {
    if (go_lint_is_student(lint, word)) return 1;
    return lint->in_submission && *word && !strchr("/$~-&<>", *word) && strncmp(word, "../", 3);
}

void go_lint_assign(go_lint *lint, const char *name, const char *value) {
    const char *variable = apr_pstrcat(lint->pool, "$", name, NULL);
    const char *blank = strchr(value, ' ');
    const char *first =
        blank ? apr_pstrmemdup(lint->pool, value, (apr_size_t)(blank - value)) : value;
    if (go_lint_is_sandbox(lint, first))
        go_lint_add_wrapper(lint, name);
    else if (go_lint_is_student(lint, first))
        go_lint_add_name(lint, variable, 1);
}
