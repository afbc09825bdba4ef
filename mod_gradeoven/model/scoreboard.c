#include "model/scoreboard.h"

#include "model/audit.h"
#include "model/policy.h"
#include "model/store.h"

#include <apr_strings.h>

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Products of two scores in thousandths: up to 10^30. */
__extension__ typedef __int128 wide;

static const char *const names[GO_BOARD_COUNT] = {"off", "names", "pseudonyms"};

const char *go_board_name(go_board board) {
    return names[board];
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

apr_status_t go_board_find(go_db *db, const go_assignment *assignment, go_board *board,
                           apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_SCOREBOARD_FIND,
                                       GO_VALUES(go_integer(assignment->id)), &rows, pool, err);
    *board = GO_BOARD_OFF;
    return status || !go_rows_next(rows) ? status
                                         : go_board_parse(go_rows_text(rows, 0), board, err);
}

static apr_status_t store(go_db *db, const go_assignment *assignment, go_board board,
                          apr_pool_t *pool, go_error *err) {
    if (board == GO_BOARD_OFF)
        return go_db_run(db, GO_SQL_SCOREBOARD_END, GO_VALUES(go_integer(assignment->id)), NULL,
                         pool, err);
    return go_db_run(db, GO_SQL_SCOREBOARD_SET,
                     GO_VALUES(go_integer(assignment->id), go_text(names[board])), NULL, pool, err);
}

apr_status_t go_board_set(go_db *db, const go_course *course, const go_assignment *assignment,
                          go_board board, const go_user *actor, const char *address, apr_time_t now,
                          apr_pool_t *pool, go_error *err) {
    go_board was;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_board_find(db, assignment, &was, pool, err);
    if (!status && was != board) {
        status = store(db, assignment, board, pool, err);
        if (!status)
            status = go_audit_add(db,
                                  &(go_audit_entry){.at_us = now,
                                                    .actor = actor->username,
                                                    .address = address,
                                                    .course_id = course->id,
                                                    .action = "scoreboard",
                                                    .subject = assignment->name,
                                                    .was = names[was],
                                                    .became = names[board]},
                                  pool, err);
    }
    return go_db_end(db, status, err);
}

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

/* --- ranks ----------------------------------------------------------------------------------- */

/* Shares are compared exactly, since versions may give different totals: a/b < c/d as a*d < c*b. */
static int compare_scores(go_score a, go_score b) {
    wide left =
        a.possible_milli ? (wide)a.earned_milli * (b.possible_milli ? b.possible_milli : 1) : 0;
    wide right =
        b.possible_milli ? (wide)b.earned_milli * (a.possible_milli ? a.possible_milli : 1) : 0;
    return left < right ? 1 : left > right ? -1 : 0;
}

static int compare_places(const void *a, const void *b) {
    const go_board_line *one = a, *two = b;
    int order = compare_scores(one->score, two->score);
    if (order) return order;
    return one->created_us < two->created_us ? -1 : one->created_us > two->created_us;
}

static int compare_lines(const void *a, const void *b) {
    const go_board_line *one = a, *two = b;
    int order = compare_places(a, b);
    if (order) return order;
    return one->user_id < two->user_id ? -1 : one->user_id > two->user_id;
}

/* The rank is one more than how many seen ones are strictly before. */
static void number_lines(apr_array_header_t *lines) {
    int seen = 0, rank = 1;
    const go_board_line *last = NULL;
    for (int i = 0; i < lines->nelts; i++) {
        go_board_line *line = &APR_ARRAY_IDX(lines, i, go_board_line);
        if (!last || compare_places(last, line) != 0) rank = seen + 1;
        line->rank = rank;
        last = line;
        seen += !line->is_hidden;
    }
}

apr_status_t go_board_lines(go_db *db, const go_course *course, const go_assignment *assignment,
                            int sees_hidden, apr_int64_t viewer_id, apr_array_header_t **lines,
                            apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(
        db, GO_SQL_SCOREBOARD_LINES, GO_VALUES(go_integer(assignment->id), go_integer(course->id)),
        &rows, pool, err);
    *lines = apr_array_make(pool, 128, sizeof(go_board_line));
    while (!status && go_rows_next(rows)) {
        go_board_line line = {.user_id = go_rows_integer(rows, 0, 0),
                              .username = go_rows_text(rows, 1),
                              .display_name = go_rows_text(rows, 2),
                              .number = (int)go_rows_integer(rows, 3, 0),
                              .created_us = go_rows_integer(rows, 4, 0),
                              .score = go_score_after((go_score){go_rows_integer(rows, 5, 0),
                                                                 go_rows_integer(rows, 6, 0)},
                                                      (int)go_rows_integer(rows, 8, 0)),
                              .is_hidden = go_rows_text(rows, 7) != NULL};
        if (!line.is_hidden || sees_hidden || line.user_id == viewer_id)
            APR_ARRAY_PUSH(*lines, go_board_line) = line;
    }
    if ((*lines)->nelts)
        qsort((*lines)->elts, (size_t)(*lines)->nelts, sizeof(go_board_line), compare_lines);
    number_lines(*lines);
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
