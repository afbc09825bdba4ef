/*
 * `gradeovenctl receipt`: verifies receipts, here with the site's keys or anywhere with --key, and
 * prints or ends the site's key.
 */
#include "gradeovenctl/local.h"
#include "gradeovenctl/options.h"
#include "gradeovenctl/site.h"

#include "model/receipts.h"
#include "model/text.h"

#include <apr_file_io.h>
#include <apr_strings.h>

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { KEY_FILE_MAX = 4096 };

/* A whole file with a NUL behind it. */
static apr_status_t read_file(const char *path, apr_off_t max, char **bytes, apr_size_t *length,
                              apr_pool_t *pool, go_error *err) {
    apr_file_t *file;
    apr_finfo_t info;
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BINARY, 0, pool);
    if (!status) status = apr_file_info_get(&info, APR_FINFO_SIZE, file);
    if (status) return go_error_system(err, status, NULL, "\"%s\" cannot be read", path);
    if (info.size > max)
        return go_error_set(err, GO_ETOOBIG, NULL, "\"%s\" is too large for what it should be.",
                            path);
    *bytes = apr_pcalloc(pool, (apr_size_t)info.size + 1);
    status = apr_file_read_full(file, *bytes, (apr_size_t)info.size, length);
    return status && status != APR_EOF
               ? go_error_system(err, status, NULL, "\"%s\" cannot be read", path)
               : APR_SUCCESS;
}

/* --key is the name of a file, or the key itself in hex. */
static apr_status_t read_key(go_public_key *key, const char *given, apr_pool_t *pool,
                             go_error *err) {
    char *text = NULL;
    apr_size_t length = 0;
    if (go_public_key_parse(key, given, err) == APR_SUCCESS) return APR_SUCCESS;
    apr_status_t status = read_file(given, KEY_FILE_MAX, &text, &length, pool, err);
    return text ? go_public_key_parse(key, text, err) : status;
}

static void say(const char *name, const char *value, apr_pool_t *pool) {
    printf("%s: %s\n", name, go_text_printable(pool, value, strlen(value)));
}

static void print_facts(const go_receipt_facts *facts, apr_pool_t *pool) {
    say("site", facts->site, pool);
    say("course", facts->course, pool);
    say("assignment", facts->assignment, pool);
    say("user", facts->user, pool);
    printf("submission: %d, attempt %d\n", facts->submission, facts->attempt);
    say("received", facts->received, pool);
    printf("files: %d\n", facts->files->nelts);
    say("key", facts->key_id, pool);
    puts("genuine: the site signed exactly this.");
}

static int compare(const go_receipt_facts *facts, const char *path, apr_pool_t *pool,
                   go_error *err) {
    go_tree *tree;
    apr_array_header_t *differences = apr_array_make(pool, 4, sizeof(const char *));
    if (ctl_submission_read(&tree, path, pool, err) ||
        go_receipt_compare(facts, tree, differences, pool, err))
        return ctl_fail("%s", go_error_text(err));
    for (int i = 0; i < differences->nelts; i++)
        puts(APR_ARRAY_IDX(differences, i, const char *));
    if (differences->nelts)
        return ctl_fail("These are not the files of the receipt: %d difference%s.",
                        differences->nelts, differences->nelts == 1 ? "" : "s");
    puts("the files are the same.");
    return CTL_OK;
}

/* How many words there are beside --key and its value; the second one may be left out. */
static int count_words(int argc, const char *const *argv) {
    int count = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--key") == 0)
            i++;
        else
            count++;
    }
    return count;
}

/* The site's key of that id, and what is to be known of it. */
static int find_key(const go_receipt_facts *facts, go_public_key *key, go_key_end *end,
                    apr_pool_t *pool, go_error *err) {
    ctl_site site;
    int rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    if (go_public_key_find(key, site.db, facts->key_id, pool, err) ||
        go_public_key_ended(end, site.db, key, pool, err))
        return ctl_fail("%s", go_error_text(err));
    return CTL_OK;
}

int ctl_receipt_verify(const ctl_command *command, int argc, const char *const *argv,
                       apr_pool_t *pool) {
    const char *words[2] = {NULL, NULL}, *given = NULL;
    const ctl_option options[] = {{"--key", &given, NULL}, {0}};
    go_error err = GO_ERROR_INIT(pool);
    go_receipt_facts *facts;
    go_public_key key = {0};
    go_key_end end = {0};
    const char *hint = NULL;
    char *text = NULL;
    apr_size_t length = 0;
    int wanted = count_words(argc, argv) == 2 ? 2 : 1;
    int rc = ctl_options_read(command, argc, argv, options, words, wanted);
    if (rc) return rc;
    if (sodium_init() < 0) return ctl_fail("libsodium could not be started");
    if (read_file(words[0], GO_RECEIPT_MAX, &text, &length, pool, &err) ||
        go_receipt_parse(&facts, text ? text : "", length, pool, &err))
        return ctl_fail("%s", go_error_text(&err));
    if (!given && strcmp(facts->key_id, "none") != 0) {
        rc = find_key(facts, &key, &end, pool, &err);
        if (rc) return rc;
    }
    if (given && read_key(&key, given, pool, &err)) return ctl_fail("%s", go_error_text(&err));
    if (go_receipt_check(facts, &key, &err) || go_receipt_check_end(facts, &end, &hint, pool, &err))
        return ctl_fail("%s", go_error_text(&err));
    print_facts(facts, pool);
    if (hint) puts(hint);
    return words[1] ? compare(facts, words[1], pool, &err) : CTL_OK;
}

int ctl_receipt_key(const ctl_command *command, int argc, const char *const *argv,
                    apr_pool_t *pool) {
    int is_new = 0;
    const ctl_option options[] = {{"--new", NULL, &is_new}, {0}};
    go_public_key key;
    ctl_site site;
    int rc = ctl_options_read(command, argc, argv, options, NULL, 0);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    if (is_new) {
        if (go_signing_key_end(site.state, site.db, "*gradeovenctl", apr_time_now(), pool,
                               &site.err))
            return ctl_site_failed(&site);
        fputs("The key is ended: the next receipt makes a new one. What it signed can still be "
              "verified.\n",
              stderr);
        return CTL_OK;
    }
    if (go_public_key_present(&key, site.db, pool, &site.err)) return ctl_site_failed(&site);
    fprintf(stderr, "Key %s of receipts:\n", key.id);
    fputs(go_public_key_pem(&key, pool), stdout);
    return CTL_OK;
}
