#include "bake.h"

#include "stage_end.h"
#include "test_results.h"
#include "upload.h"

#include <apr_strings.h>

#include <string.h>

#define STORE_SILENCE_US (60 * APR_USEC_PER_SEC) /* while a tree is sent, without any progress */

enum step { SENDING, STORING, LIMITING, RUNNING, OVER };

struct go_bake {
    apr_pool_t *pool;
    go_loop *loop;
    go_oven *oven;
    const go_job *job;
    const go_bake_sink *sink;
    void *baton;
    enum step step;
    int stage;            /* index; -1 while the submission is sent */
    int memory_mb;        /* the oven's present limit */
    go_stage_notes notes; /* of the present stage */
    go_outputs *outputs;
    go_test_results *tests;
    go_upload *upload;
    apr_pool_t *upload_pool;
    go_timer *deadline;
    go_timer *over; /* tells the end from the loop */
    int is_finished;
    int is_engine_lost;
    const char *text;
    int has_score;        /* a valid one was told */
    int score_is_tainted; /* its present bytes come in part from a stage that may not say it */
};

static const go_stage *stage_of(const go_bake *bake) {
    return &APR_ARRAY_IDX(bake->job->stages, bake->stage, go_stage);
}

go_job go_job_of_claim(const go_claim *claim, const go_container_limits *limits) {
    int most = limits->memory_max_mb;
    for (int i = 0; most && i < claim->stages->nelts; i++) {
        go_stage *stage = &APR_ARRAY_IDX(claim->stages, i, go_stage);
        if (stage->memory_mb > most) stage->memory_mb = most;
    }
    return (go_job){.username = claim->username,
                    .course = claim->course,
                    .assignment = claim->assignment,
                    .attempt = claim->submission_attempt,
                    .memory_mb = limits->memory_mb,
                    .submission = claim->submission,
                    .stages = claim->stages,
                    .trees = claim->trees};
}

/* --- the end --------------------------------------------------------------------------------- */

/* The results of tests; where no stage wrote a score, it follows from them. */
static void tell_tests(go_bake *bake) {
    go_score score;
    const go_results *tests = go_test_results_chosen(bake->tests);
    if (!tests) return;
    bake->sink->tests(bake->baton, tests);
    if (!bake->has_score && go_results_score(tests, &score)) bake->sink->score(bake->baton, score);
}

static void tell_end(void *baton) {
    go_bake *bake = baton;
    if (bake->is_finished) tell_tests(bake);
    bake->sink->ended(bake->baton, bake->is_finished, bake->text);
}

void go_bake_abort(go_bake *bake) {
    if (bake->step != OVER) go_oven_remove(bake->oven);
    bake->step = OVER;
    bake->oven = NULL;
    go_timer_stop(bake->deadline);
    go_timer_stop(bake->over);
}

static void end(go_bake *bake, int is_finished, const char *text) {
    if (bake->step == OVER) return;
    go_bake_abort(bake);
    bake->is_finished = is_finished;
    bake->text = text ? apr_pstrdup(bake->pool, text) : NULL;
    go_timer_start(bake->over, 0);
}

static void fail(go_bake *bake, const char *why) {
    end(bake, 0, why);
}

static void deadline_expired(void *baton) {
    fail(baton, "The oven has stopped answering.");
}

/* --- sending --------------------------------------------------------------------------------- */

static void continue_upload(go_bake *bake) {
    go_error err = GO_ERROR_INIT(bake->upload_pool);
    go_timer_start(bake->deadline, STORE_SILENCE_US);
    switch (go_upload_continue(bake->upload, &err)) {
    case GO_UPLOAD_MORE:
        break;
    case GO_UPLOAD_SENT:
        bake->step = STORING;
        break;
    case GO_UPLOAD_FAILED:
        fail(bake, go_error_text(&err));
        break;
    }
}

static void send_tree(go_bake *bake, const char *name, const go_tree *tree) {
    apr_pool_clear(bake->upload_pool);
    bake->upload = go_upload_make(bake->oven, name, tree, bake->upload_pool);
    bake->step = SENDING;
    continue_upload(bake);
}

static void send_stage(go_bake *bake) {
    send_tree(bake, stage_of(bake)->name, APR_ARRAY_IDX(bake->job->trees, bake->stage, go_tree *));
}

static void writable(void *baton) {
    go_bake *bake = baton;
    if (bake->step == SENDING) continue_upload(bake);
}

/* --- a stage --------------------------------------------------------------------------------- */

static void memory_limited(void *baton, const go_engine_reply *reply) {
    go_bake *bake = baton;
    if (bake->step != LIMITING) return;
    if (reply->http == GO_ENGINE_NOT_REACHABLE) {
        bake->is_engine_lost = 1;
        fail(bake, reply->trouble);
        return;
    }
    if (reply->trouble) {
        go_stage_note(&bake->notes, bake->pool, "Its memory limit of %d MiB could not be set: %s",
                      stage_of(bake)->memory_mb, reply->trouble);
    } else {
        bake->memory_mb = stage_of(bake)->memory_mb;
    }
    send_stage(bake);
}

/* Goes on with the stage after the present one, or ends the run. */
static void next_stage(go_bake *bake) {
    if (bake->step == OVER) return; /* the sink has ended it */
    bake->stage++;
    if (bake->stage >= bake->job->stages->nelts) {
        end(bake, 1, NULL);
        return;
    }
    memset(&bake->notes, 0, sizeof(bake->notes));
    go_outputs_begin_stage(bake->outputs);
    bake->sink->stage_started(bake->baton, bake->stage);
    if (bake->step == OVER) return;
    if (stage_of(bake)->memory_mb == bake->memory_mb) {
        send_stage(bake);
        return;
    }
    bake->step = LIMITING;
    go_timer_start(bake->deadline, STORE_SILENCE_US);
    go_oven_limit_memory(bake->oven, stage_of(bake)->memory_mb, memory_limited, bake);
}

static apr_size_t put_text(char *payload, apr_size_t at, const char *name, const char *value) {
    apr_size_t room = OVEN_FRAME_MAX - at;
    if (room < 2) return at;
    int length = apr_snprintf(payload + at, room, "%s%s", name, value);
    return at + (apr_size_t)length + 1;
}

static void run_stage(go_bake *bake) {
    const go_job *job = bake->job;
    const go_stage *stage = stage_of(bake);
    char *payload = apr_palloc(bake->upload_pool, OVEN_FRAME_MAX);
    char attempt[16];
    apr_uint32_t timeout_ms = (apr_uint32_t)stage->timeout_seconds * 1000;
    apr_snprintf(attempt, sizeof(attempt), "%d", job->attempt);
    payload[0] = stage->is_trusted ? OVEN_RUN_TRUSTED : 0;
    for (int i = 0; i < 4; i++) {
        payload[1 + i] = (char)(timeout_ms >> (24 - 8 * i));
    }
    apr_size_t at = put_text(payload, 5, stage->name, "");
    at = put_text(payload, at, "GRADEOVEN_USERNAME=", job->username);
    at = put_text(payload, at, "GRADEOVEN_COURSE=", job->course);
    at = put_text(payload, at, "GRADEOVEN_ASSIGNMENT=", job->assignment);
    at = put_text(payload, at, "GRADEOVEN_STAGE=", stage->name);
    at = put_text(payload, at, "GRADEOVEN_ATTEMPT=", attempt);
    if (!go_oven_send(bake->oven, OVEN_RUN, payload, at)) {
        fail(bake, "The oven does not take commands.");
        return;
    }
    bake->step = RUNNING;
    go_timer_start(bake->deadline,
                   (stage->timeout_seconds + GO_BAKE_SILENCE_SECONDS) * APR_USEC_PER_SEC);
}

/* Is what the stage left in `score` or `progress` something else than X/Y? */
static void check_value(go_bake *bake, enum oven_file file) {
    apr_size_t length;
    go_score value;
    const char *bytes = go_outputs_bytes(bake->outputs, file, &length);
    int is_ours = file != OVEN_FILE_SCORE || stage_of(bake)->is_trusted;
    if (!bake->notes.has_said[file] || !is_ours ||
        go_score_parse(bytes, length, &value) == APR_SUCCESS) {
        return;
    }
    go_stage_note_malformed(&bake->notes, bake->pool, go_output_name(file), bytes, length);
}

static int stage_end(go_bake *bake, const unsigned char *payload, apr_size_t length) {
    go_stage_result *result = apr_pcalloc(bake->pool, sizeof(*result));
    if (bake->step != RUNNING || length != OVEN_STAGE_END_SIZE) return 0;
    check_value(bake, OVEN_FILE_SCORE);
    check_value(bake, OVEN_FILE_PROGRESS);
    go_test_results_read(bake->tests, bake->outputs, &bake->notes, bake->pool);
    result->name = stage_of(bake)->name;
    go_stage_end_read(result, payload, bake->memory_mb, &bake->notes, bake->pool);
    result->console = go_outputs_console_text(bake->outputs, bake->pool);
    result->problem = bake->notes.text;
    bake->sink->stage_ended(bake->baton, result);
    int is_failure =
        result->exit_code || result->signal || result->timed_out || bake->notes.could_not_start;
    if (is_failure && stage_of(bake)->stop_on_failure) {
        end(bake, 1, NULL);
    } else {
        next_stage(bake);
    }
    return 1;
}

/* --- what the oven says ---------------------------------------------------------------------- */

static int stored(go_bake *bake) {
    if (bake->step != STORING) return 0;
    if (bake->stage < 0) {
        next_stage(bake);
    } else {
        run_stage(bake);
    }
    return 1;
}

/* The tree does not fit: that is the submission's or the stage's doing, and cannot be graded. */
static int broken(go_bake *bake, const unsigned char *payload, apr_size_t length) {
    if (bake->step != STORING) return 0;
    const char *what = bake->stage < 0
                           ? "The submission"
                           : apr_psprintf(bake->pool, "The stage \"%s\"", stage_of(bake)->name);
    end(bake, 1, go_broken_text(what, payload, length, bake->pool));
    return 1;
}

static void tell_value(go_bake *bake, enum oven_file file) {
    apr_size_t length;
    go_score value;
    const char *bytes = go_outputs_bytes(bake->outputs, file, &length);
    if (go_score_parse(bytes, length, &value) != APR_SUCCESS) return;
    if (file == OVEN_FILE_PROGRESS) {
        bake->sink->progress(bake->baton, value);
    } else if (!bake->score_is_tainted) {
        bake->has_score = 1;
        bake->sink->score(bake->baton, value);
    }
}

static int output(go_bake *bake, const unsigned char *payload, apr_size_t length) {
    enum oven_file file;
    if (bake->step != RUNNING || !go_outputs_patch(bake->outputs, payload, length, &file)) return 0;
    bake->notes.has_said[file] = 1;
    if (file == OVEN_FILE_RESULTS || file == OVEN_FILE_JUNIT)
        return stage_of(bake)->is_trusted; /* read at the stage's end; of others none is sent */
    if (file == OVEN_FILE_SCORE) {
        /* A patch that keeps bytes of an untrusted stage is as untrusted as they. */
        int keeps_bytes = payload[1] || payload[2] || payload[3] || payload[4];
        bake->score_is_tainted =
            !stage_of(bake)->is_trusted || (bake->score_is_tainted && keeps_bytes);
    }
    if (file == OVEN_FILE_SCORE || file == OVEN_FILE_PROGRESS) {
        tell_value(bake, file);
    } else {
        bake->sink->said(bake->baton, file);
    }
    return 1;
}

static int oversize(go_bake *bake, const unsigned char *payload, apr_size_t length) {
    if (bake->step != RUNNING || length != 1 || payload[0] >= OVEN_FILE_COUNT) return 0;
    go_stage_note(&bake->notes, bake->pool,
                  "It wrote more to the file \"%s\" than is kept; the rest was left out.",
                  go_output_name((enum oven_file)payload[0]));
    return 1;
}

static int frame(void *baton, int type, const unsigned char *payload, apr_size_t length) {
    go_bake *bake = baton;
    int is_right = 0;
    switch (type) {
    case OVEN_STORED:
        is_right = stored(bake);
        break;
    case OVEN_BROKEN:
        is_right = broken(bake, payload, length);
        break;
    case OVEN_OUTPUT:
        is_right = output(bake, payload, length);
        break;
    case OVEN_OVERSIZE:
        is_right = oversize(bake, payload, length);
        break;
    case OVEN_CONSOLE:
        is_right = bake->step == RUNNING && go_outputs_console(bake->outputs, payload, length);
        break;
    case OVEN_STAGE_END:
        is_right = stage_end(bake, payload, length);
        break;
    }
    if (!is_right) fail(bake, "The oven broke the protocol.");
    return bake->step != OVER;
}

static void lost(void *baton, const char *why) {
    go_bake *bake = baton;
    bake->is_engine_lost = go_oven_engine_is_lost(bake->oven);
    fail(bake, why);
}

static const go_oven_baker baker = {.frame = frame, .writable = writable, .lost = lost};

go_bake *go_bake_start(go_oven *oven, const go_job *job, const go_bake_sink *sink, void *baton,
                       go_loop *loop, apr_pool_t *pool) {
    go_bake *bake = apr_pcalloc(pool, sizeof(*bake));
    bake->pool = pool;
    bake->loop = loop;
    bake->oven = oven;
    bake->job = job;
    bake->sink = sink;
    bake->baton = baton;
    bake->stage = -1;
    bake->memory_mb = job->memory_mb;
    bake->outputs = go_outputs_make(pool);
    bake->tests = go_test_results_make(pool);
    bake->deadline = go_timer_make(loop, deadline_expired, bake, pool);
    bake->over = go_timer_make(loop, tell_end, bake, pool);
    apr_pool_create(&bake->upload_pool, pool);
    go_oven_bake(oven, &baker, bake);
    send_tree(bake, "submission", job->submission);
    return bake;
}

int go_bake_engine_is_lost(const go_bake *bake) {
    return bake->is_engine_lost;
}

const go_outputs *go_bake_outputs(const go_bake *bake) {
    return bake->outputs;
}
