#include "model/scoreboard.h"

#include "model/audit.h"
#include "model/names.h"
#include "model/results.h"
#include "model/store.h"

#include <apr_strings.h>

#include <sodium.h>
#include <string.h>

static const char *const names[GO_BOARD_COUNT] = {"off", "names", "pseudonyms"};
static const char *const rankings[GO_RANKING_COUNT] = {"score", "score-metric", "metric"};

const char *go_board_name(go_board board) {
    return names[board];
}

const char *go_ranking_name(go_ranking ranking) {
    return rankings[ranking];
}

apr_status_t go_board_parse(const char *name, go_board *board, go_error *err) {
    for (int i = 0; i < GO_BOARD_COUNT; i++) {
        if (strcmp(name, names[i]) != 0) continue;
        *board = (go_board)i;
        return APR_SUCCESS;
    }
    return go_error_set(err, GO_EINVALID, "Choose off, names or pseudonyms.",
                        "A scoreboard is off, or shows names or pseudonyms.");
}

apr_status_t go_ranking_parse(const char *name, go_ranking *ranking, go_error *err) {
    for (int i = 0; i < GO_RANKING_COUNT; i++) {
        if (strcmp(name, rankings[i]) != 0) continue;
        *ranking = (go_ranking)i;
        return APR_SUCCESS;
    }
    return go_error_set(err, GO_EINVALID, "Choose score, score-metric or metric.",
                        "A scoreboard ranks by the score, a metric, or both.");
}

apr_status_t go_board_find(go_db *db, const go_assignment *assignment, go_board_rules *rules,
                           apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_SCOREBOARD_FIND,
                                       GO_VALUES(go_integer(assignment->id)), &rows, pool, err);
    *rules = (go_board_rules){.metric = ""};
    if (status || !go_rows_next(rows)) return status;
    rules->metric = go_rows_text(rows, 2);
    status = go_board_parse(go_rows_text(rows, 0), &rules->board, err);
    return status ? status : go_ranking_parse(go_rows_text(rows, 1), &rules->ranking, err);
}

/* --- setting it ------------------------------------------------------------------------------ */

/* "names"; "names, score, then metric: time"; "names, metric: time" */
static const char *rules_text(const go_board_rules *rules, apr_pool_t *pool) {
    if (rules->board == GO_BOARD_OFF || rules->ranking == GO_RANKING_SCORE)
        return names[rules->board];
    return apr_psprintf(pool, "%s, %smetric: %s", names[rules->board],
                        rules->ranking == GO_RANKING_SCORE_METRIC ? "score, then " : "",
                        rules->metric);
}

/* What does not count is not kept: no metric beside a ranking by score alone. */
static apr_status_t check_rules(go_board_rules *rules, apr_pool_t *pool, go_error *err) {
    if (rules->board == GO_BOARD_OFF) {
        *rules = (go_board_rules){.metric = ""};
        return APR_SUCCESS;
    }
    if (rules->ranking == GO_RANKING_SCORE) {
        rules->metric = "";
        return APR_SUCCESS;
    }
    if (!*rules->metric)
        return go_error_set(err, GO_EINVALID,
                            "Give the name that stages write into the leaderboard of results.json.",
                            "The metric has no name.");
    return go_name_line(&rules->metric, "metric", rules->metric, GO_RESULTS_NAME_MAX, 0, pool, err);
}

static apr_status_t store(go_db *db, const go_assignment *assignment, const go_board_rules *rules,
                          apr_pool_t *pool, go_error *err) {
    if (rules->board == GO_BOARD_OFF)
        return go_db_run(db, GO_SQL_SCOREBOARD_END, GO_VALUES(go_integer(assignment->id)), NULL,
                         pool, err);
    return go_db_run(db, GO_SQL_SCOREBOARD_SET,
                     GO_VALUES(go_integer(assignment->id), go_text(names[rules->board]),
                               go_text(rankings[rules->ranking]), go_text(rules->metric)),
                     NULL, pool, err);
}

apr_status_t go_board_set(go_db *db, const go_course *course, const go_assignment *assignment,
                          go_board_rules rules, const go_user *actor, const char *address,
                          apr_time_t now, apr_pool_t *pool, go_error *err) {
    go_board_rules was;
    apr_status_t status = check_rules(&rules, pool, err);
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = go_board_find(db, assignment, &was, pool, err);
    const char *before = status ? "" : rules_text(&was, pool);
    const char *after = rules_text(&rules, pool);
    if (!status && strcmp(before, after) != 0) {
        status = store(db, assignment, &rules, pool, err);
        if (!status)
            status = go_audit_add(db,
                                  &(go_audit_entry){.at_us = now,
                                                    .actor = actor->username,
                                                    .address = address,
                                                    .course_id = course->id,
                                                    .action = "scoreboard",
                                                    .subject = assignment->name,
                                                    .was = before,
                                                    .became = after},
                                  pool, err);
    }
    return go_db_end(db, status, err);
}

apr_status_t go_board_metrics(go_db *db, const go_assignment *assignment,
                              apr_array_header_t **metrics, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(
        db, GO_SQL_SCOREBOARD_METRICS,
        GO_VALUES(go_integer(assignment->id), go_integer(GO_BOARD_METRICS_MAX)), &rows, pool, err);
    *metrics = apr_array_make(pool, 4, sizeof(const char *));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*metrics, const char *) = go_rows_text(rows, 0);
    return status;
}

/* --- who hides ------------------------------------------------------------------------------- */

apr_status_t go_board_hide(go_db *db, const go_course *course, const go_user *user, int hide,
                           apr_pool_t *pool, go_error *err) {
    return go_db_run(db, hide ? GO_SQL_SCOREBOARD_HIDE : GO_SQL_SCOREBOARD_SHOW,
                     GO_VALUES(go_integer(course->id), go_integer(user->id)), NULL, pool, err);
}

apr_status_t go_board_is_hidden(go_db *db, const go_course *course, const go_user *user,
                                int *is_hidden, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_SCOREBOARD_IS_HIDDEN,
                     GO_VALUES(go_integer(course->id), go_integer(user->id)), &rows, pool, err);
    *is_hidden = !status && go_rows_next(rows);
    return status;
}

/* --- pseudonyms ------------------------------------------------------------------------------ */

#define SECRET_KEY GO_KEY(go_part_text("secrets"), go_part_text("pseudonyms"))

apr_status_t go_board_secret(unsigned char *secret, go_db *db, apr_pool_t *pool, go_error *err) {
    go_part value;
    apr_status_t status = go_store_get(db, SECRET_KEY, &value, pool, err);
    if (status == GO_ENOTFOUND) { /* of two that make it at once the second finds the first's */
        status = go_db_begin(db, err);
        if (status) return status;
        status = go_store_get(db, SECRET_KEY, &value, pool, err);
        if (status == GO_ENOTFOUND) {
            unsigned char *fresh = apr_palloc(pool, GO_BOARD_SECRET_BYTES);
            randombytes_buf(fresh, GO_BOARD_SECRET_BYTES);
            value = (go_part){(const char *)fresh, GO_BOARD_SECRET_BYTES};
            status = go_store_put(db, SECRET_KEY, value, pool, err);
        }
        status = go_db_end(db, status, err);
    }
    if (status) return status;
    if (value.length != GO_BOARD_SECRET_BYTES)
        return go_error_set(err, GO_EINTERNAL, NULL, "The secret for pseudonyms is damaged.");
    memcpy(secret, value.bytes, GO_BOARD_SECRET_BYTES);
    return APR_SUCCESS;
}

const char *go_board_pseudonym(const unsigned char *secret, const go_assignment *assignment,
                               apr_int64_t user_id, apr_pool_t *pool) {
    static const char *const animals[32] = {
        "Badger", "Beaver", "Bison",  "Camel", "Crane",  "Dingo",  "Eagle",  "Falcon",
        "Finch",  "Fox",    "Gecko",  "Hare",  "Heron",  "Ibex",   "Jackal", "Koala",
        "Lemur",  "Lynx",   "Marten", "Mole",  "Newt",   "Ocelot", "Otter",  "Owl",
        "Panda",  "Puffin", "Raven",  "Robin", "Salmon", "Stoat",  "Tapir",  "Walrus"};
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* without look-alikes */
    unsigned char hash[crypto_generichash_BYTES_MIN];
    char code[7];
    const char *about = apr_psprintf(pool, "scoreboard %" APR_INT64_T_FMT " %" APR_INT64_T_FMT,
                                     assignment->id, user_id);
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)about, strlen(about), secret,
                       GO_BOARD_SECRET_BYTES);
    for (int i = 0; i < 6; i++)
        code[i] = letters[hash[i + 1] % 32];
    code[6] = '\0';
    return apr_psprintf(pool, "%s %.3s-%s", animals[hash[0] % 32], code, code + 3);
}
