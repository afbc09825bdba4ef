/* Making a proposal: which submissions, their stand-ins, and the runs of these (see reruns.h). */
#include "model/reruns.h"

#include "model/policy.h"

#include <apr_strings.h>

#include <string.h>

/* A submission that might be taken. */
typedef struct candidate {
    apr_int64_t id, user_id, newest_run; /* 0: has no run */
    int counts, is_troubled, has_score;
    go_score score; /* after penalty */
    const char *section;
} candidate;

static int is_word(const char *text, const char *word) {
    return text && strcmp(text, word) == 0;
}

static void read_candidate(go_rows *rows, candidate *c) {
    memset(c, 0, sizeof(*c));
    c->id = go_rows_integer(rows, 0, 0);
    c->user_id = go_rows_integer(rows, 1, 0);
    c->counts = (int)go_rows_integer(rows, 2, 0);
    c->newest_run = go_rows_integer(rows, 4, 0);
    c->is_troubled = !c->newest_run || is_word(go_rows_text(rows, 5), "failed") ||
                     is_word(go_rows_text(rows, 6), "ungradable");
    c->has_score = is_word(go_rows_text(rows, 7), "finished") && go_rows_text(rows, 8) &&
                   go_rows_text(rows, 9);
    const go_score raw = {go_rows_integer(rows, 8, 0), go_rows_integer(rows, 9, 0)};
    c->score = go_score_after(raw, (int)go_rows_integer(rows, 3, 0));
    c->section = go_rows_text(rows, 10);
}

/* Of one student's, the oldest first: the best, the earlier of two equal ones, as where the best
   counts; the newest if none has a score. */
static const candidate *best_of(const candidate *mine, int count) {
    const candidate *best = NULL;
    for (int i = 0; i < count; i++)
        if (mine[i].has_score && (!best || go_score_is_better(mine[i].score, best->score)))
            best = &mine[i];
    return best ? best : &mine[count - 1];
}

static int is_in_scope(const candidate *c, const go_rerun_order *order, const candidate *mine,
                       int count) {
    switch (order->scope) {
    case GO_RERUN_LATEST:
        return c == &mine[count - 1];
    case GO_RERUN_BEST:
        return c == best_of(mine, count);
    case GO_RERUN_COUNTED:
        return c->counts;
    case GO_RERUN_TROUBLED:
        return c->is_troubled;
    case GO_RERUN_STUDENT:
        return c->user_id == order->user_id;
    case GO_RERUN_SECTION:
        return is_word(c->section, order->section);
    default:
        return 1;
    }
}

/* Array of candidate *, those that the order asks for. */
static apr_array_header_t *choose(const apr_array_header_t *all, const go_rerun_order *order,
                                  apr_pool_t *pool) {
    const candidate *list = (const candidate *)all->elts;
    apr_array_header_t *chosen = apr_array_make(pool, 64, sizeof(const candidate *));
    for (int from = 0, to; from < all->nelts; from = to) {
        for (to = from; to < all->nelts && list[to].user_id == list[from].user_id;)
            to++;
        for (int i = from; i < to; i++)
            if (is_in_scope(&list[i], order, list + from, to - from))
                APR_ARRAY_PUSH(chosen, const candidate *) = &list[i];
    }
    return chosen;
}

static apr_status_t find_chosen(go_db *db, const go_rerun_order *order, apr_array_header_t **chosen,
                                apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_RERUN_CANDIDATES,
                                       GO_VALUES(go_integer(order->source_id)), &rows, pool, err);
    apr_array_header_t *all = apr_array_make(pool, 64, sizeof(candidate));
    while (!status && go_rows_next(rows))
        read_candidate(rows, apr_array_push(all));
    if (status) return status;
    *chosen = choose(all, order, pool);
    if ((*chosen)->nelts == 0)
        return go_error_set(err, GO_ECONFLICT, "Choose others.",
                            "There are no such submissions, so there is nothing to grade.");
    if ((*chosen)->nelts > GO_RERUN_MAX)
        return go_error_set(err, GO_ETOOBIG, "Take fewer of them, such as only the latest.",
                            "These are %d submissions; one proposal takes up to %d.",
                            (*chosen)->nelts, GO_RERUN_MAX);
    return APR_SUCCESS;
}

static apr_status_t refuse_second(go_db *db, const go_authoring *who, apr_pool_t *pool,
                                  go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(
        db, GO_SQL_RERUN_BAKING, GO_VALUES(go_integer(who->assignment->id)), &rows, pool, err);
    if (!status && go_rows_next(rows))
        status = go_error_set(err, GO_ECONFLICT, "Wait until it is ready, or drop it.",
                              "Rerun %s of this assignment is still being baked.",
                              go_rows_text(rows, 0));
    return status;
}

static apr_status_t insert(go_db *db, const go_authoring *who, const go_rerun_order *order,
                           const apr_array_header_t *chosen, apr_int64_t *id, int *number,
                           apr_pool_t *pool, go_error *err) {
    go_rows *row;
    const go_value assignment = go_integer(who->assignment->id);
    int is_section = order->scope == GO_RERUN_SECTION;
    apr_status_t status = go_db_one(
        db, GO_SQL_RERUN_CREATE,
        GO_VALUES(
            assignment, assignment, go_integer(order->version_id), go_integer(order->source_id),
            go_text(go_rerun_scope_name(order->scope)), go_text(is_section ? order->section : ""),
            order->scope == GO_RERUN_STUDENT ? go_integer(order->user_id) : go_null(),
            go_integer(order->is_twice ? 2 : 1), go_integer(who->author->id), go_integer(who->now)),
        &row, "id", pool, err);
    if (status) return status;
    *id = go_rows_integer(row, 0, 0);
    *number = (int)go_rows_integer(row, 1, 0);
    for (int i = 0; i < chosen->nelts && !status; i++) {
        const candidate *c = APR_ARRAY_IDX(chosen, i, const candidate *);
        status = go_db_run(db, GO_SQL_RERUN_ENTRY_CREATE,
                           GO_VALUES(go_integer(*id), go_integer(c->id),
                                     c->newest_run ? go_integer(c->newest_run) : go_null()),
                           NULL, pool, err);
    }
    return status;
}

/* The stand-ins of one baking (1 or 2), linked to their entries, and their runs. */
static apr_status_t queue(go_db *db, const go_authoring *who, apr_int64_t id, int bake,
                          apr_pool_t *pool, go_error *err) {
    apr_status_t status =
        go_db_run(db, GO_SQL_RERUN_STANDINS,
                  GO_VALUES(go_text(bake == 1 ? ":1" : ":2"), go_integer(who->now), go_integer(id)),
                  NULL, pool, err);
    if (!status)
        status = go_db_run(db, bake == 1 ? GO_SQL_RERUN_LINK_FIRST : GO_SQL_RERUN_LINK_SECOND,
                           GO_VALUES(go_integer(id)), NULL, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_RERUN_QUEUE,
                           GO_VALUES(go_integer(bake), go_integer(bake), go_integer(id)), NULL,
                           pool, err);
    return status;
}

static apr_status_t start(go_db *db, const go_authoring *who, const go_rerun_order *order,
                          int *number, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *chosen = NULL;
    apr_int64_t id = 0;
    apr_status_t status = refuse_second(db, who, pool, err);
    if (!status) status = find_chosen(db, order, &chosen, pool, err);
    if (!status && chosen) status = insert(db, who, order, chosen, &id, number, pool, err);
    for (int bake = 1; !status && bake <= (order->is_twice ? 2 : 1); bake++)
        status = queue(db, who, id, bake, pool, err);
    if (status || !chosen) return status;
    return go_rerun_note(db, who, "rerun", apr_psprintf(pool, "rerun %d", *number), "",
                         apr_psprintf(pool, "%s: %s, %d submissions%s%s",
                                      order->source_name ? "trial" : "proposed",
                                      go_rerun_scope_name(order->scope), chosen->nelts,
                                      order->source_name ? " of " : "",
                                      order->source_name ? order->source_name : ""),
                         pool, err);
}

apr_status_t go_rerun_start(go_db *db, const go_authoring *who, const go_rerun_order *order,
                            int *number, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    return go_db_end(db, start(db, who, order, number, pool, err), err);
}
