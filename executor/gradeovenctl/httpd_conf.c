#include "gradeovenctl/httpd_conf.h"

#include <apr_file_io.h>
#include <apr_strings.h>

#include <glob.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEPTH_MAX = 8, LINE_MAX_BYTES = 8192 };

typedef struct reader {
    apr_pool_t *pool;
    const char *root; /* ServerRoot */
    ctl_httpd_conf *conf;
    int states;
    int is_sso; /* inside the section of a path in which "login/sso" stands */
} reader;

/* Directives of which nothing but the words is wanted. */
static const struct {
    const char *name;
    size_t offset; /* of const char *[2] */
} plain[] = {
    {"GradeOvenImage", offsetof(ctl_httpd_conf, image)},
    {"GradeOvenRuntime", offsetof(ctl_httpd_conf, runtime)},
    {"GradeOvenMemory", offsetof(ctl_httpd_conf, memory)},
    {"GradeOvenDisk", offsetof(ctl_httpd_conf, disk)},
    {"GradeOvenPids", offsetof(ctl_httpd_conf, pids)},
    {"GradeOvenCpus", offsetof(ctl_httpd_conf, cpus)},
    {"GradeOvenParallel", offsetof(ctl_httpd_conf, parallel)},
    {"GradeOvenExecutor", offsetof(ctl_httpd_conf, executor)},
};

static char *word(const char **line, apr_pool_t *pool) {
    while (**line == ' ' || **line == '\t')
        ++*line;
    char quote = **line == '"' || **line == '\'' ? *(*line)++ : '\0';
    const char *start = *line;
    while (**line && (quote ? **line != quote : !strchr(" \t\r\n", **line)))
        ++*line;
    char *found = apr_pstrmemdup(pool, start, (apr_size_t)(*line - start));
    if (quote && **line) ++*line;
    return found;
}

static const char *below_root(const reader *self, const char *path) {
    return *path == '/' ? path : apr_pstrcat(self->pool, self->root, "/", path, NULL);
}

static void read_file(reader *self, const char *path, int depth);

static void include(reader *self, const char *pattern, int depth) {
    glob_t found;
    if (glob(below_root(self, pattern), 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            read_file(self, found.gl_pathv[i], depth + 1);
    globfree(&found);
}

static void read_plain(reader *self, const char *name, const char *line) {
    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
        if (strcasecmp(name, plain[i].name) != 0) continue;
        const char **words = (const char **)(void *)((char *)self->conf + plain[i].offset);
        for (int k = 0; k < 2; k++) {
            const char *found = word(&line, self->pool);
            words[k] = *found ? found : NULL;
        }
    }
}

static int is_known(const apr_array_header_t *engines, const char *endpoint) {
    for (int i = 0; i < engines->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(engines, i, go_engine_setting).endpoint, endpoint)) return 1;
    return 0;
}

/* Several virtual hosts may name the same engine: that is no mistake. */
static void read_engine(reader *self, const char *line) {
    ctl_httpd_conf *conf = self->conf;
    apr_array_header_t *words = apr_array_make(self->pool, 4, sizeof(char *));
    apr_array_header_t *read = apr_array_make(self->pool, 1, sizeof(go_engine_setting));
    for (char *next = word(&line, self->pool); *next; next = word(&line, self->pool))
        APR_ARRAY_PUSH(words, char *) = next;
    const char *problem =
        go_engine_setting_add(read, words->nelts, (char *const *)words->elts, self->pool);
    if (problem)
        conf->docker_problem = problem;
    else if (!is_known(conf->docker, APR_ARRAY_IDX(read, 0, go_engine_setting).endpoint))
        apr_array_cat(conf->docker, read);
}

/* A directive of the site; the rest of its line is in `line`. */
static void read_ours(reader *self, const char *name, const char *line) {
    ctl_httpd_conf *conf = self->conf;
    if (!strcasecmp(name, "GradeOvenState")) {
        const char *state = below_root(self, word(&line, self->pool));
        if (!conf->state || strcmp(conf->state, state)) self->states++;
        conf->state = state;
    } else if (!strcasecmp(name, "GradeOvenDatabase")) {
        conf->driver = word(&line, self->pool);
        conf->params = word(&line, self->pool);
    } else if (!strcasecmp(name, "GradeOvenAuth")) {
        conf->has_remote_auth |= strcasecmp(word(&line, self->pool), "local") != 0;
    } else if (!strcasecmp(name, "GradeOvenDocker")) {
        read_engine(self, line);
    } else {
        read_plain(self, name, line);
    }
}

static void read_line(reader *self, const char *line, int depth) {
    ctl_httpd_conf *conf = self->conf;
    const char *name = word(&line, self->pool);
    if (!strcasecmp(name, "ServerRoot")) {
        self->root = word(&line, self->pool);
    } else if (!strcasecmp(name, "Include") || !strcasecmp(name, "IncludeOptional")) {
        include(self, word(&line, self->pool), depth);
    } else if (!strcasecmp(name, "LoadModule")) {
        const char *module = word(&line, self->pool);
        conf->has_module |= !strcmp(module, "gradeoven_module");
        conf->has_ssl |= !strcmp(module, "ssl_module");
    } else if (!strcasecmp(name, "SetHandler")) {
        conf->is_mounted |= !strcmp(word(&line, self->pool), "gradeoven");
    } else if (!strncasecmp(name, "<Location", 9)) {
        self->is_sso = strstr(line, "login/sso") != NULL;
    } else if (!strncasecmp(name, "</Location", 10)) {
        self->is_sso = 0;
    } else if (!strcasecmp(name, "Require")) {
        conf->protects_sso |= self->is_sso && strncasecmp(word(&line, self->pool), "all", 3) != 0;
    } else if (!strcasecmp(name, "SSLEngine")) {
        conf->is_tls |= !strcasecmp(word(&line, self->pool), "on");
    } else if (!strncasecmp(name, "GradeOven", 9)) {
        read_ours(self, name, line);
    }
}

static void read_file(reader *self, const char *path, int depth) {
    apr_file_t *file;
    char line[LINE_MAX_BYTES];
    if (depth > DEPTH_MAX ||
        apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BUFFERED, 0, self->pool))
        return;
    while (apr_file_gets(line, sizeof(line), file) == APR_SUCCESS)
        read_line(self, line, depth);
    apr_file_close(file);
}

apr_status_t ctl_httpd_conf_read(ctl_httpd_conf *conf, const char *file, apr_pool_t *pool,
                                 go_error *err) {
    const char *slash = strrchr(file, '/');
    *conf = (ctl_httpd_conf){.file = file,
                             .docker = apr_array_make(pool, 2, sizeof(go_engine_setting))};
    reader self = {.pool = pool,
                   .root = slash ? apr_pstrmemdup(pool, file, (apr_size_t)(slash - file)) : ".",
                   .conf = conf};
    read_file(&self, file, 0);
    if (self.states < 2) return APR_SUCCESS;
    return go_error_set(err, GO_EMULTIPLE, "Say which one is meant: gradeovenctl --state DIR ...",
                        "\"%s\" has %d sites of Grade Oven.", file, self.states);
}

int ctl_httpd_conf_grades(const ctl_httpd_conf *conf) {
    return !conf->executor[0] || strcasecmp(conf->executor[0], "off") != 0;
}

int ctl_httpd_conf_number(const char *word, int otherwise) {
    char *end;
    long value = word ? strtol(word, &end, 10) : 0;
    if (!word || end == word || value < 0 || value > 1 << 20) return otherwise;
    return (int)(*end == 'g' || *end == 'G' ? value * 1024 : value);
}

int ctl_httpd_conf_thousandths(const char *word, int otherwise) {
    char *end;
    double value = word ? strtod(word, &end) : 0;
    return word && end != word && value >= 0 && value < 1e6 ? (int)(value * 1000 + 0.5) : otherwise;
}
