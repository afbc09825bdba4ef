/* What a list would change in a course. Pure: it reads two arrays and makes a third. */
#include "model/buffer.h"
#include "model/passwords.h"
#include "model/roster.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <jansson.h>

#include <stdlib.h>
#include <string.h>

/* The kept columns with those of the line over them: a list may know only some. An empty cell takes
 * its column away. */
static const char *merge_extra(const char *kept, const char *news, apr_pool_t *pool) {
    json_t *all = json_loads(kept, 0, NULL), *over = news ? json_loads(news, 0, NULL) : NULL;
    if (!all) all = json_object();
    const char *name;
    json_t *value;
    json_object_foreach(over, name, value) {
        if (json_string_length(value))
            json_object_set(all, name, value);
        else
            json_object_del(all, name);
    }
    char *text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
    const char *copy = apr_pstrdup(pool, text ? text : "{}");
    free(text);
    json_decref(all);
    json_decref(over);
    return copy;
}

static go_roster_change change_of(const go_roster_line *line, const go_enrolment *person,
                                  apr_pool_t *pool) {
    go_roster_change change = {.line = line, .person = person, .role = line->role};
    if (!person) {
        change.what = GO_ROSTER_ADDED;
        change.section = line->section ? line->section : "";
        change.extra = merge_extra("{}", line->extra, pool);
        return change;
    }
    if (!line->says_role) change.role = person->role;
    change.section = line->section ? line->section : person->section;
    change.extra = line->extra ? merge_extra(person->extra, line->extra, pool) : person->extra;
    change.what = (person->dropped_us ? GO_ROSTER_BACK : 0U) |
                  (change.role != person->role ? GO_ROSTER_ROLE : 0U) |
                  (strcmp(change.section, person->section) ? GO_ROSTER_SECTION : 0U) |
                  (strcmp(change.extra, person->extra) ? GO_ROSTER_EXTRA : 0U);
    return change;
}

apr_array_header_t *go_roster_diff(const apr_array_header_t *lines,
                                   const apr_array_header_t *people, apr_pool_t *pool) {
    apr_array_header_t *changes = apr_array_make(pool, lines->nelts, sizeof(go_roster_change));
    apr_hash_t *known = apr_hash_make(pool), *listed = apr_hash_make(pool);
    for (int i = 0; i < people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(people, i, go_enrolment);
        apr_hash_set(known, person->username, APR_HASH_KEY_STRING, person);
    }
    for (int i = 0; i < lines->nelts; i++) {
        const go_roster_line *line = &APR_ARRAY_IDX(lines, i, go_roster_line);
        const go_enrolment *person = apr_hash_get(known, line->username, APR_HASH_KEY_STRING);
        APR_ARRAY_PUSH(changes, go_roster_change) = change_of(line, person, pool);
        apr_hash_set(listed, line->username, APR_HASH_KEY_STRING, line);
    }
    for (int i = 0; i < people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(people, i, go_enrolment);
        if (person->dropped_us || apr_hash_get(listed, person->username, APR_HASH_KEY_STRING))
            continue;
        APR_ARRAY_PUSH(changes, go_roster_change) = (go_roster_change){.person = person,
                                                                       .what = GO_ROSTER_ABSENT,
                                                                       .role = person->role,
                                                                       .section = person->section,
                                                                       .extra = person->extra};
    }
    return changes;
}

/* Each text with its length before it, so that no two lists read the same. */
static void add(go_buffer *all, const char *text) {
    go_buffer_printf(all, "%d:", text ? (int)strlen(text) : -1);
    go_buffer_puts(all, text ? text : "");
}

const char *go_roster_digest(const apr_array_header_t *changes, apr_pool_t *pool) {
    go_buffer *all = go_buffer_make(pool, 4096);
    for (int i = 0; i < changes->nelts; i++) {
        const go_roster_change *change = &APR_ARRAY_IDX(changes, i, go_roster_change);
        const go_roster_line *line = change->line;
        const go_enrolment *person = change->person;
        go_buffer_printf(all, "%u,%d,%d,%d;", change->what, (int)change->role,
                         person ? (int)person->role : -1, person && person->dropped_us);
        add(all, line ? line->username : person ? person->username : NULL);
        add(all, line ? line->display_name : NULL);
        add(all, line ? line->email : NULL);
        add(all, line ? line->password : NULL);
        add(all, change->section);
        add(all, change->extra);
        add(all, person ? person->section : NULL);
        add(all, person ? person->extra : NULL);
    }
    return go_sha256_hex(pool, all->bytes, all->length);
}
