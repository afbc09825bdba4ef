#include "model/factor.h"

#include "model/passwords.h"
#include "model/seal.h"
#include "model/totp.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <sodium.h>
#include <string.h>

enum { CODE_MAX = 64, RECOVERY_CHARACTERS = 16 };

/* A row of FACTOR_FIND. */
typedef struct factor_row {
    const char *secret; /* sealed; NULL: there is no row */
    go_factor factor;
    apr_int64_t counter;
    int wrong;
    apr_time_t wrong_us;
} factor_row;

static apr_status_t find_row(go_db *db, apr_int64_t user_id, factor_row *row, apr_pool_t *pool,
                             go_error *err) {
    go_rows *rows = NULL;
    *row = (factor_row){0};
    apr_status_t status =
        go_db_select(db, GO_SQL_FACTOR_FIND, GO_VALUES(go_integer(user_id)), &rows, pool, err);
    if (status || !rows || !go_rows_next(rows)) return status;
    row->secret = go_rows_text(rows, 0);
    row->factor.is_begun = 1;
    row->factor.on_us = go_rows_integer(rows, 1, 0);
    row->factor.is_on = row->factor.on_us != 0;
    row->counter = go_rows_integer(rows, 2, 0);
    row->wrong = (int)go_rows_integer(rows, 3, 0);
    row->wrong_us = go_rows_integer(rows, 4, 0);
    row->factor.recovery_codes = (int)go_rows_integer(rows, 5, 0);
    return APR_SUCCESS;
}

apr_status_t go_factor_find(go_db *db, apr_int64_t user_id, go_factor *factor, apr_pool_t *pool,
                            go_error *err) {
    factor_row row;
    apr_status_t status = find_row(db, user_id, &row, pool, err);
    *factor = row.factor;
    return status;
}

apr_status_t go_factor_is_missing(go_db *db, const go_user *user, go_factor_demand demand,
                                  int *missing, apr_pool_t *pool, go_error *err) {
    go_rows *row = NULL;
    *missing = 0;
    if (demand == GO_FACTOR_OF_NOBODY) return APR_SUCCESS;
    apr_status_t status = go_db_one(db, GO_SQL_FACTOR_STANDING, GO_VALUES(go_integer(user->id)),
                                    &row, "such user", pool, err);
    if (status || !row) return status;
    int teaches = user->may_teach || go_rows_integer(row, 1, 0);
    int is_asked = demand == GO_FACTOR_OF_ALL || user->is_admin ||
                   (demand >= GO_FACTOR_OF_INSTRUCTORS && teaches) ||
                   (demand >= GO_FACTOR_OF_STAFF && go_rows_integer(row, 2, 0));
    *missing = is_asked && !go_rows_integer(row, 0, 0);
    return APR_SUCCESS;
}

apr_status_t go_factors_on(go_db *db, apr_array_header_t **ids, apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    *ids = apr_array_make(pool, 16, sizeof(apr_int64_t));
    apr_status_t status = go_db_select(db, GO_SQL_FACTORS_ON, GO_NO_VALUES, &rows, pool, err);
    while (!status && rows && go_rows_next(rows))
        APR_ARRAY_PUSH(*ids, apr_int64_t) = go_rows_integer(rows, 0, 0);
    return status;
}

static apr_status_t note(go_db *db, const go_user *user, const go_audit_entry *by, const char *was,
                         const char *became, apr_pool_t *pool, go_error *err) {
    go_audit_entry entry = *by;
    entry.course_id = 0;
    return go_audit_change(db, &entry, "second-factor", user->username, was, became, pool, err);
}

/* --- the secret ------------------------------------------------------------------------------ */

static const char *purpose(const go_user *user, apr_pool_t *pool) {
    return apr_psprintf(pool, "factor %" APR_INT64_T_FMT, user->id);
}

static apr_status_t is_on_already(go_error *err) {
    return go_error_set(err, GO_ECONFLICT, "To change to another app, turn it off first.",
                        "The second factor is on already.");
}

/* A new key only as long as nobody's secret was sealed with one that is lost. */
static apr_status_t make_secret(go_db *db, const go_state *state, const go_user *user,
                                const char **sealed, apr_pool_t *pool, go_error *err) {
    unsigned char secret[GO_TOTP_BYTES];
    go_rows *rows = NULL;
    apr_status_t status = go_db_select(db, GO_SQL_FACTORS_ANY_ON, GO_NO_VALUES, &rows, pool, err);
    if (status || !rows) return status;
    randombytes_buf(secret, sizeof(secret));
    status = go_seal(sealed, secret, sizeof(secret), purpose(user, pool), !go_rows_next(rows),
                     state, pool, err);
    sodium_memzero(secret, sizeof(secret));
    return status;
}

apr_status_t go_factor_begin(go_db *db, const go_state *state, const go_user *user,
                             apr_pool_t *pool, go_error *err) {
    factor_row row;
    const char *sealed = NULL;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = find_row(db, user->id, &row, pool, err);
    if (!status && row.factor.is_on) status = is_on_already(err);
    if (!status && !row.secret) status = make_secret(db, state, user, &sealed, pool, err);
    if (!status && sealed)
        status = go_db_run(db, GO_SQL_FACTOR_BEGIN,
                           GO_VALUES(go_integer(user->id), go_text(sealed)), NULL, pool, err);
    return go_db_end(db, status, err);
}

static apr_status_t open_secret(const factor_row *row, const go_state *state, const go_user *user,
                                unsigned char secret[GO_TOTP_BYTES], apr_pool_t *pool,
                                go_error *err) {
    return go_unseal(secret, GO_TOTP_BYTES, row->secret, purpose(user, pool), state, pool, err);
}

/* The row of one that is begun and not on. */
static apr_status_t find_begun(go_db *db, const go_user *user, factor_row *row, apr_pool_t *pool,
                               go_error *err) {
    apr_status_t status = find_row(db, user->id, row, pool, err);
    if (!status && row->factor.is_on) return is_on_already(err);
    if (!status && !row->secret)
        return go_error_set(err, GO_ENOTFOUND, "Begin again.", "No second factor is being set up.");
    return status;
}

apr_status_t go_factor_secret(go_db *db, const go_state *state, const go_user *user,
                              const char **base32, apr_pool_t *pool, go_error *err) {
    factor_row row;
    unsigned char secret[GO_TOTP_BYTES];
    *base32 = NULL;
    apr_status_t status = find_begun(db, user, &row, pool, err);
    if (!status) status = open_secret(&row, state, user, secret, pool, err);
    if (status) return status;
    *base32 = go_totp_base32(secret, pool);
    sodium_memzero(secret, sizeof(secret));
    return *base32 ? APR_SUCCESS : APR_ENOMEM;
}

/* --- recovery codes -------------------------------------------------------------------------- */

/* Without what people add or leave out when they type a code. */
static const char *plain(const char *typed, apr_pool_t *pool) {
    char *code = apr_palloc(pool, CODE_MAX + 1), *end = code;
    for (; *typed && end < code + CODE_MAX; typed++)
        if (*typed != ' ' && *typed != '-') *end++ = (char)apr_tolower(*typed);
    *end = '\0';
    return code;
}

static const char *recovery_hash(const char *code, apr_pool_t *pool) {
    return go_sha256_hex(pool, code, strlen(code));
}

static apr_status_t make_codes(go_db *db, const go_user *user, apr_array_header_t **codes,
                               apr_pool_t *pool, go_error *err) {
    *codes = apr_array_make(pool, GO_RECOVERY_CODES, sizeof(const char *));
    apr_status_t status =
        go_db_run(db, GO_SQL_RECOVERY_CODES_END, GO_VALUES(go_integer(user->id)), NULL, pool, err);
    for (int i = 0; i < GO_RECOVERY_CODES && !status; i++) {
        const char *code = go_password_generate(pool);
        APR_ARRAY_PUSH(*codes, const char *) = code;
        status = go_db_run(
            db, GO_SQL_RECOVERY_CODE_ADD,
            GO_VALUES(go_integer(user->id), go_text(recovery_hash(plain(code, pool), pool))), NULL,
            pool, err);
    }
    return status;
}

apr_status_t go_factor_renew_codes(go_db *db, const go_user *user, const go_audit_entry *by,
                                   apr_array_header_t **codes, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = make_codes(db, user, codes, pool, err);
    if (!status) status = note(db, user, by, "on", "on, new recovery codes", pool, err);
    return go_db_end(db, status, err);
}

/* --- on and off ------------------------------------------------------------------------------ */

static apr_status_t switch_on(go_db *db, const go_user *user, apr_int64_t counter,
                              const char *keep_session, const go_audit_entry *by,
                              apr_array_header_t **codes, apr_pool_t *pool, go_error *err) {
    int changed = 0;
    apr_status_t status =
        go_db_run(db, GO_SQL_FACTOR_ON,
                  GO_VALUES(go_integer(by->at_us), go_integer(counter), go_integer(user->id)),
                  &changed, pool, err);
    if (!status && !changed) status = is_on_already(err);
    if (!status) status = make_codes(db, user, codes, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_SESSIONS_END_OF_USER,
                           GO_VALUES(go_integer(user->id), go_text(keep_session)), NULL, pool, err);
    if (!status) status = go_user_rights_changed(db, user->id, pool, err);
    return status ? status : note(db, user, by, "off", "on", pool, err);
}

apr_status_t go_factor_confirm(go_db *db, const go_state *state, const go_user *user,
                               const char *code, const char *keep_session, const go_audit_entry *by,
                               apr_array_header_t **codes, apr_pool_t *pool, go_error *err) {
    factor_row row;
    unsigned char secret[GO_TOTP_BYTES];
    apr_int64_t counter = 0;
    *codes = NULL;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = find_begun(db, user, &row, pool, err);
    if (!status) status = open_secret(&row, state, user, secret, pool, err);
    if (!status) counter = go_totp_counter(secret, plain(code, pool), by->at_us);
    if (!status && !counter)
        status = go_error_set(err, GO_EINVALID,
                              "Type the one that the app shows now. If it is refused again, look "
                              "whether the clock of your device is right.",
                              "That is not the code of this secret.");
    if (!status) status = switch_on(db, user, counter, keep_session, by, codes, pool, err);
    sodium_memzero(secret, sizeof(secret));
    return go_db_end(db, status, err);
}

apr_status_t go_factor_end(go_db *db, const go_user *user, const char *why,
                           const go_audit_entry *by, int *ended, apr_pool_t *pool, go_error *err) {
    static const go_statement all[] = {GO_SQL_FACTOR_END, GO_SQL_RECOVERY_CODES_END,
                                       GO_SQL_LOGIN_STEPS_END_OF_USER, GO_SQL_USER_RIGHTS_CHANGED};
    factor_row row;
    *ended = 0;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = find_row(db, user->id, &row, pool, err);
    for (size_t i = 0; i < sizeof all / sizeof *all && !status; i++)
        status = go_db_run(db, all[i], GO_VALUES(go_integer(user->id)), NULL, pool, err);
    if (!status && row.factor.is_on)
        status = note(db, user, by, "on", apr_pstrcat(pool, "off: ", why, NULL), pool, err);
    status = go_db_end(db, status, err);
    *ended = !status && row.factor.is_on;
    return status;
}

/* --- checking a code ------------------------------------------------------------------------- */

int go_factor_wait(int wrong, apr_time_t wrong_us, apr_time_t now) {
    int over = wrong - GO_FACTOR_FREE_TRIES;
    if (over < 0) return 0;
    int minutes = over < 10 ? 1 << over : GO_FACTOR_WAIT_MINUTES_MAX;
    if (minutes > GO_FACTOR_WAIT_MINUTES_MAX) minutes = GO_FACTOR_WAIT_MINUTES_MAX;
    apr_time_t until = wrong_us + apr_time_from_sec((apr_time_t)minutes * 60);
    return until > now ? (int)apr_time_sec(until - now) + 1 : 0;
}

static apr_status_t check_recovery(go_db *db, const go_user *user, const factor_row *row,
                                   const char *code, const go_audit_entry *by,
                                   go_factor_answer *answer, apr_pool_t *pool, go_error *err) {
    apr_status_t status =
        go_db_run(db, GO_SQL_RECOVERY_CODE_TAKE,
                  GO_VALUES(go_integer(user->id), go_text(recovery_hash(code, pool))),
                  &answer->is_right, pool, err);
    if (status || !answer->is_right) return status;
    answer->recovery_left = row->factor.recovery_codes - 1;
    status = go_db_run(db, GO_SQL_FACTOR_RIGHT, GO_VALUES(go_integer(user->id)), NULL, pool, err);
    return status
               ? status
               : note(db, user, by, "on",
                      apr_psprintf(pool, "on, recovery code used, %d left", answer->recovery_left),
                      pool, err);
}

static apr_status_t check_code(go_db *db, const go_state *state, const go_user *user,
                               const factor_row *row, const char *code, apr_time_t now,
                               go_factor_answer *answer, apr_pool_t *pool, go_error *err) {
    unsigned char secret[GO_TOTP_BYTES];
    answer->wait_seconds = go_factor_wait(row->wrong, row->wrong_us, now);
    if (answer->wait_seconds) return APR_SUCCESS;
    apr_status_t status = open_secret(row, state, user, secret, pool, err);
    if (status) return status;
    apr_int64_t counter = go_totp_counter(secret, code, now);
    sodium_memzero(secret, sizeof(secret));
    if (!counter) return APR_SUCCESS;
    return go_db_run(db, GO_SQL_FACTOR_TAKE,
                     GO_VALUES(go_integer(counter), go_integer(user->id), go_integer(counter)),
                     &answer->is_right, pool, err);
}

apr_status_t go_factor_check(go_db *db, const go_state *state, const go_user *user,
                             const char *code, const go_audit_entry *by, go_factor_answer *answer,
                             apr_pool_t *pool, go_error *err) {
    factor_row row;
    const char *bare = plain(code, pool);
    *answer = (go_factor_answer){.recovery_left = -1};
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = find_row(db, user->id, &row, pool, err);
    if (!status && !row.factor.is_on)
        status = go_error_set(err, GO_ECONFLICT, NULL, "The second factor is not on.");
    if (!status)
        status = strlen(bare) == RECOVERY_CHARACTERS
                     ? check_recovery(db, user, &row, bare, by, answer, pool, err)
                     : check_code(db, state, user, &row, bare, by->at_us, answer, pool, err);
    if (!status && !answer->is_right && !answer->wait_seconds)
        status = go_db_run(db, GO_SQL_FACTOR_WRONG,
                           GO_VALUES(go_integer(by->at_us), go_integer(user->id)), NULL, pool, err);
    return go_db_end(db, status, err);
}
