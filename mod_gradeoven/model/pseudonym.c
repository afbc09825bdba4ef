#include "model/pseudonym.h"

#include <apr_strings.h>
#include <sodium.h>

#include <stdlib.h>
#include <string.h>

enum { WORDS = 64, LETTERS = 4, HASH_BYTES = 16 };

static const char *const colours[WORDS] = {
    "amber",  "apricot", "ash",    "azure",  "beige",  "birch",  "black",  "blue",
    "bronze", "brown",   "cedar",  "cherry", "cobalt", "copper", "coral",  "cream",
    "cyan",   "dusk",    "ebony",  "fern",   "flax",   "ginger", "gold",   "granite",
    "green",  "grey",    "hazel",  "honey",  "indigo", "ivory",  "jade",   "khaki",
    "lemon",  "lilac",   "lime",   "linen",  "maple",  "maroon", "mauve",  "mint",
    "moss",   "navy",    "ochre",  "olive",  "opal",   "orange", "orchid", "peach",
    "pearl",  "pine",    "pink",   "plum",   "purple", "red",    "rose",   "ruby",
    "rust",   "saffron", "silver", "slate",  "teal",   "umber",  "violet", "white"};

static const char *const animals[WORDS] = {
    "badger", "bat",    "bear",  "beaver",  "bee",    "bison", "boar",  "camel",
    "cat",    "cod",    "crane", "crow",    "deer",   "dingo", "dove",  "duck",
    "eagle",  "eel",    "elk",   "falcon",  "ferret", "finch", "fox",   "frog",
    "gecko",  "gibbon", "goat",  "goose",   "hare",   "hawk",  "heron", "horse",
    "ibis",   "jackal", "jay",   "kestrel", "kite",   "koala", "lark",  "lemur",
    "lion",   "llama",  "lynx",  "magpie",  "marten", "mole",  "moose", "newt",
    "otter",  "owl",    "panda", "perch",   "puffin", "quail", "raven", "robin",
    "salmon", "seal",   "shrew", "stork",   "swan",   "tapir", "trout", "wren"};

/* 32 that are not mistaken for each other. */
static const char letters[] = "023456789abcdefghjkmnpqrstuvwxyz";

const char *go_pseudonym(const char *key, const char *username, apr_pool_t *pool) {
    unsigned char hash[HASH_BYTES];
    char code[LETTERS + 1] = {0};
    /* the key is hex of 32 bytes: 64 characters are all that the hash takes */
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)username, strlen(username),
                       (const unsigned char *)key, strlen(key));
    for (int i = 0; i < LETTERS; i++)
        code[i] = letters[hash[2 + i] % 32];
    return apr_pstrcat(pool, colours[hash[0] % WORDS], "-", animals[hash[1] % WORDS], "-", code,
                       NULL);
}

apr_status_t go_blind_submission(go_db *db, const go_assignment *assignment,
                                 go_submission *submission, apr_pool_t *pool, go_error *err) {
    go_grading_rules *rules;
    apr_status_t status = go_grading_rules_find(db, assignment, &rules, pool, err);
    if (status || !rules->is_blind) return status;
    submission->username = go_pseudonym(rules->blind_key, submission->username, pool);
    submission->display_name = "";
    return APR_SUCCESS;
}

static int by_username(const void *a, const void *b) {
    return strcmp(((const go_submission_line *)a)->username,
                  ((const go_submission_line *)b)->username);
}

void go_blind_lines(const go_grading_rules *rules, apr_array_header_t *lines, int is_by_name,
                    apr_pool_t *pool) {
    if (!rules->is_blind) return;
    for (int i = 0; i < lines->nelts; i++) {
        go_submission_line *line = &APR_ARRAY_IDX(lines, i, go_submission_line);
        line->username = go_pseudonym(rules->blind_key, line->username, pool);
        line->display_name = "";
    }
    if (is_by_name) qsort(lines->elts, (size_t)lines->nelts, (size_t)lines->elt_size, by_username);
}
