/*
 * Reads httpd's configuration for the two directives that say where a site is. It is no parser of
 * httpd's language: sections, conditions and variables are not understood, only lines that begin
 * with a directive's name. What that cannot tell apart (two sites) is left to --state.
 */
#include "gradeovenctl/site.h"

#include <apr_file_io.h>
#include <apr_strings.h>

#include <glob.h>
#include <string.h>
#include <strings.h>

enum { DEPTH_MAX = 8, LINE_MAX_BYTES = 8192 };

typedef struct findings {
    apr_pool_t *pool;
    const char *root; /* ServerRoot */
    const char *state, *driver, *params;
    int states;
} findings;

static const char *word(const char **line, apr_pool_t *pool) {
    while (**line == ' ' || **line == '\t')
        ++*line;
    char quote = **line == '"' || **line == '\'' ? *(*line)++ : '\0';
    const char *start = *line;
    while (**line && (quote ? **line != quote : !strchr(" \t\r\n", **line)))
        ++*line;
    const char *found = apr_pstrmemdup(pool, start, (apr_size_t)(*line - start));
    if (quote && **line) ++*line;
    return found;
}

static const char *below_root(const findings *f, const char *path) {
    return *path == '/' ? path : apr_pstrcat(f->pool, f->root, "/", path, NULL);
}

static void read_file(findings *f, const char *path, int depth);

static void include(findings *f, const char *pattern, int depth) {
    glob_t found;
    if (glob(below_root(f, pattern), 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            read_file(f, found.gl_pathv[i], depth + 1);
    globfree(&found);
}

static void read_line(findings *f, const char *line, int depth) {
    const char *name = word(&line, f->pool);
    if (!strcasecmp(name, "ServerRoot")) {
        f->root = word(&line, f->pool);
    } else if (!strcasecmp(name, "Include") || !strcasecmp(name, "IncludeOptional")) {
        include(f, word(&line, f->pool), depth);
    } else if (!strcasecmp(name, "GradeOvenState")) {
        const char *state = below_root(f, word(&line, f->pool));
        if (!f->state || strcmp(f->state, state)) f->states++;
        f->state = state;
    } else if (!strcasecmp(name, "GradeOvenDatabase")) {
        f->driver = word(&line, f->pool);
        f->params = word(&line, f->pool);
    }
}

static void read_file(findings *f, const char *path, int depth) {
    apr_file_t *file;
    char line[LINE_MAX_BYTES];
    if (depth > DEPTH_MAX ||
        apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BUFFERED, 0, f->pool))
        return;
    while (apr_file_gets(line, sizeof(line), file) == APR_SUCCESS)
        read_line(f, line, depth);
    apr_file_close(file);
}

apr_status_t ctl_httpd_conf_read(const char *file, const char **state, const char **driver,
                                 const char **params, apr_pool_t *pool, go_error *err) {
    const char *slash = strrchr(file, '/');
    findings f = {.pool = pool,
                  .root = slash ? apr_pstrmemdup(pool, file, (apr_size_t)(slash - file)) : "."};
    read_file(&f, file, 0);
    if (f.states > 1)
        return go_error_set(err, GO_EMULTIPLE,
                            "Say which one is meant: gradeovenctl --state DIR ...",
                            "\"%s\" has %d sites of Grade Oven.", file, f.states);
    *state = f.state;
    *driver = f.driver;
    *params = f.params;
    return APR_SUCCESS;
}
