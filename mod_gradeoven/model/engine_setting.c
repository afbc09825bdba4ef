#include "model/engine_setting.h"

#include <apr_file_info.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include <limits.h>
#include <string.h>

#define NAME "GradeOvenDocker: "

static const char *read_number(const char *word, const char *value, int least, int most,
                               int *number, apr_pool_t *pool) {
    char *end;
    apr_int64_t found = apr_strtoi64(value, &end, 10);
    if (*value && !*end && found >= least && found <= most) {
        *number = (int)found;
        return NULL;
    }
    return apr_psprintf(pool, NAME "\"%s\" is out of range; allowed is %d to %d.", word, least,
                        most);
}

/* The three files must be there; whether they fit together shows when they are used. */
static const char *check_directory(const char *directory, apr_pool_t *pool) {
    static const struct {
        const char *name, *what;
    } files[] = {
        {"ca.pem", "the certificate of the authority that the engine's certificate is signed by"},
        {"cert.pem", "the client's certificate"},
        {"key.pem", "the client's key"},
    };
    if (*directory != '/')
        return apr_psprintf(pool, NAME "tls=\"%s\" is not an absolute path.", directory);
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        apr_finfo_t info;
        const char *path = apr_pstrcat(pool, directory, "/", files[i].name, NULL);
        apr_status_t status = apr_stat(&info, path, APR_FINFO_TYPE, pool);
        if (status == APR_SUCCESS && info.filetype == APR_REG) continue;
        return apr_psprintf(pool,
                            NAME "the file \"%s\" is missing: %s. Put ca.pem, cert.pem and key.pem "
                                 "there, readable for the executor's user, or name another "
                                 "directory.",
                            path, files[i].what);
    }
    return NULL;
}

/* host:port, without anything more. */
static int is_host_and_port(const char *text) {
    const char *colon = strrchr(text, ':');
    if (!colon || colon == text || strpbrk(text, "/?#@ ")) return 0;
    char *end;
    apr_int64_t port = apr_strtoi64(colon + 1, &end, 10);
    return apr_isdigit(colon[1]) && !*end && port > 0 && port <= 65535;
}

static const char *read_endpoint(const char *text, apr_pool_t *pool) {
    if (!strncmp(text, "unix:///", 8) && text[8]) return NULL;
    if (!strncmp(text, "tcp://", 6) && is_host_and_port(text + 6)) return NULL;
    if (!strncmp(text, "https://", 8) && is_host_and_port(text + 8)) return NULL;
    return apr_psprintf(pool,
                        NAME "\"%s\" is not the address of an engine; it must be "
                             "unix:///path/to/docker.sock, tcp://host:port or "
                             "https://host:port.",
                        text);
}

static const char *read_word(const char *word, go_engine_setting *engine, apr_pool_t *pool) {
    if (!strncasecmp(word, "slots=", 6))
        return read_number(word, word + 6, 1, 64, &engine->slots, pool);
    if (!strncasecmp(word, "warm=", 5))
        return read_number(word, word + 5, 0, 64, &engine->warm, pool);
    if (!strncasecmp(word, "tls=", 4)) {
        engine->tls_directory = word + 4;
        return check_directory(engine->tls_directory, pool);
    }
    return apr_psprintf(pool,
                        NAME "\"%s\" is unknown; after the address stand slots=NUMBER, "
                             "warm=NUMBER, tls=DIRECTORY. Another engine has a directive of its "
                             "own.",
                        word);
}

const char *go_engine_setting_add(apr_array_header_t *engines, int argc, char *const argv[],
                                  apr_pool_t *pool) {
    if (argc < 1) return NAME "the address of an engine is missing.";
    go_engine_setting engine = {.endpoint = argv[0], .slots = -1, .warm = -1};
    const char *problem = read_endpoint(engine.endpoint, pool);
    for (int i = 1; !problem && i < argc; i++)
        problem = read_word(argv[i], &engine, pool);
    if (!problem && engine.tls_directory && !strncmp(engine.endpoint, "unix:", 5))
        problem = NAME "tls= needs an address of the form tcp://host:port or https://host:port.";
    for (int i = 0; !problem && i < engines->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(engines, i, go_engine_setting).endpoint, engine.endpoint))
            problem = apr_psprintf(pool, NAME "\"%s\" is named twice; remove one of the lines.",
                                   engine.endpoint);
    if (!problem) APR_ARRAY_PUSH(engines, go_engine_setting) = engine;
    return problem;
}
