/* Teams that staff form: by a list that is shown first and then applied, or one by one. */
#include "model/team_private.h"

#include "model/csv.h"
#include "model/names.h"
#include "model/passwords.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <string.h>
#include <strings.h>

/* --- reading --------------------------------------------------------------------------------- */

static int is_heading(const go_csv_row *row) {
    return row->cells->nelts >= 2 &&
           strcasecmp(APR_ARRAY_IDX(row->cells, 0, const char *), "team") == 0 &&
           strcasecmp(APR_ARRAY_IDX(row->cells, 1, const char *), "username") == 0;
}

static void read_row(const go_csv_row *row, apr_array_header_t *lines, apr_hash_t *seen,
                     apr_pool_t *pool, go_problems *problems) {
    go_team_line line = {.line = row->line};
    go_error err = GO_ERROR_INIT(pool);
    if (row->cells->nelts != 2) {
        go_problems_error(problems, "Line %d: give a team and a username, as in \"Red,ada\".",
                          row->line);
        return;
    }
    apr_status_t status =
        go_team_check_name(&line.team, APR_ARRAY_IDX(row->cells, 0, const char *), pool, &err);
    if (!status)
        status = go_name_username(&line.username, APR_ARRAY_IDX(row->cells, 1, const char *), pool,
                                  &err);
    if (status) {
        go_problems_error(problems, "Line %d: %s", row->line, go_error_text(&err));
        return;
    }
    const go_team_line *earlier = apr_hash_get(seen, line.username, APR_HASH_KEY_STRING);
    if (earlier) {
        go_problems_error(problems, "Line %d: \"%s\" stands on line %d already.", row->line,
                          line.username, earlier->line);
        return;
    }
    apr_hash_set(seen, line.username, APR_HASH_KEY_STRING, apr_pmemdup(pool, &line, sizeof(line)));
    APR_ARRAY_PUSH(lines, go_team_line) = line;
}

apr_status_t go_team_list_parse(const char *csv, apr_size_t length, apr_array_header_t **lines,
                                apr_pool_t *pool, go_problems *problems) {
    apr_array_header_t *rows = NULL;
    go_error err = GO_ERROR_INIT(pool);
    apr_hash_t *seen = apr_hash_make(pool);
    *lines = apr_array_make(pool, 32, sizeof(go_team_line));
    if (go_csv_parse(&rows, csv, length, pool, &err) || !rows) {
        go_problems_error(problems, "%s", go_error_text(&err));
        return GO_EINVALID;
    }
    for (int i = 0; i < rows->nelts; i++) {
        const go_csv_row *row = &APR_ARRAY_IDX(rows, i, go_csv_row);
        if (i || !is_heading(row)) read_row(row, *lines, seen, pool, problems);
    }
    if (!problems->errors && !(*lines)->nelts)
        go_problems_error(problems, "The list is empty. Give a team and a username on each line.");
    return problems->errors ? GO_EINVALID : APR_SUCCESS;
}

/* --- planning -------------------------------------------------------------------------------- */

/* What a plan is made from. */
typedef struct planner {
    go_team_rules rules;
    apr_array_header_t *teams; /* of go_team */
    apr_hash_t *students;      /* username: apr_int64_t, the id */
    apr_hash_t *sizes;         /* name of a team: int, as it will be */
    go_problems *problems;
    apr_pool_t *pool;
} planner;

static apr_status_t load(planner *p, go_db *db, const go_assignment *assignment, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_team_rules_find(db, assignment, &p->rules, p->pool, err);
    if (!status && p->rules.forming == GO_TEAMS_OFF)
        return go_error_set(err, GO_ECONFLICT, "Turn them on first.",
                            "This assignment has no teams.");
    if (!status) status = go_teams(db, assignment, 0, &p->teams, p->pool, err);
    if (!status)
        status = go_db_select(db, GO_SQL_STUDENTS_OF_ASSIGNMENT,
                              GO_VALUES(go_integer(assignment->id)), &rows, p->pool, err);
    p->students = apr_hash_make(p->pool);
    p->sizes = apr_hash_make(p->pool);
    while (!status && go_rows_next(rows)) {
        apr_int64_t id = go_rows_integer(rows, 0, 0);
        apr_hash_set(p->students, go_rows_text(rows, 1), APR_HASH_KEY_STRING,
                     apr_pmemdup(p->pool, &id, sizeof(id)));
    }
    return status;
}

static go_team *team_named(const planner *p, const char *name) {
    for (int i = 0; i < p->teams->nelts; i++) {
        go_team *team = &APR_ARRAY_IDX(p->teams, i, go_team);
        if (strcmp(team->name, name) == 0) return team;
    }
    return NULL;
}

/* How many it will have: a place that the caller changes. */
static int *size_of(const planner *p, const char *name) {
    int *size = apr_hash_get(p->sizes, name, APR_HASH_KEY_STRING);
    if (size) return size;
    const go_team *team = team_named(p, name);
    size = apr_palloc(p->pool, sizeof(*size));
    *size = team ? team->count : 0;
    apr_hash_set(p->sizes, name, APR_HASH_KEY_STRING, size);
    return size;
}

static void plan_line(const planner *p, const go_team_line *line, apr_array_header_t *changes) {
    const apr_int64_t *id = apr_hash_get(p->students, line->username, APR_HASH_KEY_STRING);
    const char *where = line->line ? apr_psprintf(p->pool, "Line %d: ", line->line) : "";
    if (!id) {
        go_problems_error(p->problems, "%s\"%s\" is no student of this course.", where,
                          line->username);
        return;
    }
    go_team_change change = {.line = line, .user_id = *id, .what = GO_TEAM_JOINS};
    change.from = go_team_of(p->teams, *id);
    change.to = team_named(p, line->team);
    if (change.from) change.what = change.from == change.to ? GO_TEAM_STAYS : GO_TEAM_MOVES;
    if (change.what == GO_TEAM_MOVES) --*size_of(p, change.from->name);
    if (change.what != GO_TEAM_STAYS) ++*size_of(p, line->team);
    APR_ARRAY_PUSH(changes, go_team_change) = change;
}

/* Each team that is too large is told once, by the last line that makes it so. */
static void check_sizes(const planner *p, const apr_array_header_t *changes) {
    for (int i = changes->nelts - 1; i >= 0; i--) {
        const go_team_change *change = &APR_ARRAY_IDX(changes, i, go_team_change);
        int *size = size_of(p, change->line->team);
        if (change->what == GO_TEAM_STAYS || *size <= p->rules.size) continue;
        go_problems_error(
            p->problems, "%sThe team \"%s\" would have %d members, and %d are allowed.",
            change->line->line ? apr_psprintf(p->pool, "Line %d: ", change->line->line) : "",
            change->line->team, *size, p->rules.size);
        *size = 0;
    }
}

apr_status_t go_team_list_plan(go_db *db, const go_assignment *assignment,
                               const apr_array_header_t *lines, apr_array_header_t **changes,
                               go_problems *problems, apr_pool_t *pool, go_error *err) {
    planner p = {.problems = problems, .pool = pool};
    *changes = apr_array_make(pool, lines->nelts, sizeof(go_team_change));
    apr_status_t status = load(&p, db, assignment, err);
    if (status) return status;
    for (int i = 0; i < lines->nelts; i++)
        plan_line(&p, &APR_ARRAY_IDX(lines, i, go_team_line), *changes);
    check_sizes(&p, *changes);
    return problems->errors ? GO_EINVALID : APR_SUCCESS;
}

/* Each text with its length before it, so that no two plans read the same. */
static void add_text(go_buffer *all, const char *text) {
    go_buffer_printf(all, "%d:", text ? (int)strlen(text) : -1);
    go_buffer_puts(all, text ? text : "");
}

const char *go_team_list_digest(const apr_array_header_t *changes, apr_pool_t *pool) {
    go_buffer *all = go_buffer_make(pool, 4096);
    for (int i = 0; i < changes->nelts; i++) {
        const go_team_change *change = &APR_ARRAY_IDX(changes, i, go_team_change);
        go_buffer_printf(all, "%d,%d;", (int)change->what, change->to != NULL);
        add_text(all, change->line->username);
        add_text(all, change->line->team);
        add_text(all, change->from ? change->from->name : NULL);
    }
    return go_sha256_hex(pool, all->bytes, all->length);
}

/* --- applying -------------------------------------------------------------------------------- */

/* The ids of the teams of a list's lines, by name: the new ones are made. */
static apr_status_t find_team(go_db *db, const go_assignment *assignment,
                              const go_team_change *change, apr_hash_t *made, apr_time_t now,
                              apr_int64_t *id, apr_pool_t *pool, go_error *err) {
    const apr_int64_t *earlier = apr_hash_get(made, change->line->team, APR_HASH_KEY_STRING);
    *id = change->to ? change->to->id : earlier ? *earlier : 0;
    if (*id)
        return go_db_run(db, GO_SQL_TEAM_CHANGED,
                         GO_VALUES(go_integer(now), go_integer(*id), go_integer(assignment->id)),
                         NULL, pool, err);
    apr_status_t status = go_team_create(db, assignment, change->line->team, now, id, pool, err);
    if (!status)
        apr_hash_set(made, change->line->team, APR_HASH_KEY_STRING,
                     apr_pmemdup(pool, id, sizeof(*id)));
    return status;
}

static apr_status_t put_in(go_db *db, const go_assignment *assignment, const go_team_change *change,
                           apr_hash_t *made, const go_audit_entry *by, apr_pool_t *pool,
                           go_error *err) {
    apr_int64_t id = 0;
    const char *username = change->line->username;
    apr_status_t status = find_team(db, assignment, change, made, by->at_us, &id, pool, err);
    if (!status) status = go_team_put(db, assignment, id, change->user_id, 0, by->at_us, pool, err);
    if (status) return status;
    const char *was =
        change->from ? apr_psprintf(pool, "%s in \"%s\"", username, change->from->name) : "";
    return go_team_log(db, assignment, change->line->team, by, was,
                       apr_pstrcat(pool, username, " in it", NULL), pool, err);
}

/* All leave before any joins: two who change places are never in two teams. */
static apr_status_t apply(go_db *db, const go_assignment *assignment,
                          const apr_array_header_t *changes, const go_audit_entry *by,
                          apr_pool_t *pool, go_error *err) {
    apr_hash_t *made = apr_hash_make(pool);
    apr_status_t status = APR_SUCCESS;
    const go_team_change *all = (const go_team_change *)changes->elts;
    for (int i = 0; !status && i < changes->nelts; i++)
        if (all[i].what == GO_TEAM_MOVES)
            status = go_team_take(db, all[i].from->id, all[i].user_id, 0, NULL, pool, err);
    for (int i = 0; !status && i < changes->nelts; i++)
        if (all[i].what != GO_TEAM_STAYS)
            status = put_in(db, assignment, &all[i], made, by, pool, err);
    for (int i = 0; !status && i < changes->nelts; i++)
        if (all[i].what == GO_TEAM_MOVES) status = go_team_clear(db, all[i].from->id, pool, err);
    return status;
}

/* The first of the problems, as an error. */
static apr_status_t first_problem(const go_problems *problems, go_error *err) {
    return go_error_set(err, GO_EINVALID, NULL, "%s",
                        APR_ARRAY_IDX(problems->list, 0, go_problem).text);
}

apr_status_t go_team_list_apply(go_db *db, const go_assignment *assignment,
                                const apr_array_header_t *lines, const char *digest,
                                const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *changes = NULL;
    go_problems *problems = go_problems_make(pool);
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_team_list_plan(db, assignment, lines, &changes, problems, pool, err);
    if (problems->errors) status = first_problem(problems, err);
    if (!status && digest && strcmp(digest, go_team_list_digest(changes, pool)) != 0)
        status = go_error_set(err, GO_ECONFLICT, "Look at what the list would change now.",
                              "The teams have changed meanwhile.");
    if (!status) status = apply(db, assignment, changes, by, pool, err);
    return go_db_end(db, status, err);
}

/* --- one by one ------------------------------------------------------------------------------ */

apr_status_t go_team_add(go_db *db, const go_assignment *assignment, const char *team,
                         const char *username, const go_audit_entry *by, apr_pool_t *pool,
                         go_error *err) {
    go_team_line line = {0};
    apr_array_header_t *lines = apr_array_make(pool, 1, sizeof(go_team_line));
    apr_status_t status = go_team_check_name(&line.team, team, pool, err);
    if (!status) status = go_name_username(&line.username, username, pool, err);
    if (status) return status;
    APR_ARRAY_PUSH(lines, go_team_line) = line;
    return go_team_list_apply(db, assignment, lines, NULL, by, pool, err);
}

static apr_status_t take_out(go_db *db, const go_assignment *assignment, apr_int64_t team_id,
                             const char *username, const go_audit_entry *by, apr_pool_t *pool,
                             go_error *err) {
    apr_array_header_t *teams = NULL;
    apr_status_t status = go_teams(db, assignment, 0, &teams, pool, err);
    for (int i = 0; !status && i < teams->nelts; i++) {
        const go_team *team = &APR_ARRAY_IDX(teams, i, go_team);
        for (int j = 0; team->id == team_id && j < team->members->nelts; j++) {
            const go_team_member *member = &APR_ARRAY_IDX(team->members, j, go_team_member);
            if (strcmp(member->username, username) != 0) continue;
            status =
                go_team_take(db, team_id, member->user_id, member->is_invited, NULL, pool, err);
            if (!status) status = go_team_clear(db, team_id, pool, err);
            return status
                       ? status
                       : go_team_log(db, assignment, team->name, by,
                                     apr_pstrcat(pool, username,
                                                 member->is_invited ? " invited" : " in it", NULL),
                                     "taken out", pool, err);
        }
    }
    return status ? status
                  : go_error_set(err, GO_ENOTFOUND, "Load the page again.",
                                 "\"%s\" is not in this team.", username);
}

apr_status_t go_team_remove(go_db *db, const go_assignment *assignment, apr_int64_t team_id,
                            const char *username, const go_audit_entry *by, apr_pool_t *pool,
                            go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = take_out(db, assignment, team_id, username, by, pool, err);
    return go_db_end(db, status, err);
}
