#include "model/engines.h"

apr_status_t go_executor_report(go_db *db, const go_executor *executor, apr_time_t now,
                                apr_pool_t *pool, go_error *err) {
    apr_status_t status =
        go_db_run(db, GO_SQL_EXECUTOR_REPORT,
                  GO_VALUES(go_text(executor->holder), go_integer(executor->slots),
                            go_integer(executor->warm), go_integer(executor->baking),
                            go_text(executor->trouble), go_integer(now)),
                  NULL, pool, err);
    if (status) return status;
    return go_db_run(db, GO_SQL_EXECUTORS_FORGET,
                     GO_VALUES(go_integer(now - apr_time_from_sec(GO_FORGOTTEN_SECONDS))), NULL,
                     pool, err);
}

apr_status_t go_engines_report(go_db *db, const char *holder, const apr_array_header_t *states,
                               apr_time_t now, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    for (int i = 0; !status && i < states->nelts; i++) {
        const go_engine_state *state = &APR_ARRAY_IDX(states, i, go_engine_state);
        status =
            go_db_run(db, GO_SQL_ENGINE_REPORT,
                      GO_VALUES(go_text(holder), go_text(state->endpoint), go_integer(state->slots),
                                go_integer(state->warm), go_integer(state->baking),
                                go_text(state->trouble), go_integer(now)),
                      NULL, pool, err);
    }
    if (!status) {
        status = go_db_run(db, GO_SQL_ENGINES_FORGET,
                           GO_VALUES(go_integer(now - apr_time_from_sec(GO_FORGOTTEN_SECONDS))),
                           NULL, pool, err);
    }
    return go_db_end(db, status, err);
}

apr_status_t go_engines_list(go_db *db, apr_array_header_t **states, apr_pool_t *pool,
                             go_error *err) {
    go_rows *row;
    *states = apr_array_make(pool, 4, sizeof(go_engine_state));
    apr_status_t status = go_db_select(db, GO_SQL_ENGINES_ALL, GO_NO_VALUES, &row, pool, err);
    while (!status && go_rows_next(row)) {
        APR_ARRAY_PUSH(*states, go_engine_state) =
            (go_engine_state){.holder = go_rows_text(row, 0),
                              .endpoint = go_rows_text(row, 1),
                              .slots = (int)go_rows_integer(row, 2, 0),
                              .warm = (int)go_rows_integer(row, 3, 0),
                              .baking = (int)go_rows_integer(row, 4, 0),
                              .trouble = go_rows_text(row, 5),
                              .reported_us = go_rows_integer(row, 6, 0)};
    }
    return status;
}

apr_status_t go_executor_leave(go_db *db, const char *holder, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_run(db, GO_SQL_ENGINES_LEAVE, GO_VALUES(go_text(holder)), NULL, pool, err);
    if (!status) {
        status = go_db_run(db, GO_SQL_EXECUTOR_LEAVE, GO_VALUES(go_text(holder)), NULL, pool, err);
    }
    return go_db_end(db, status, err);
}
