#include "model/export.h"

#include "model/audit.h"
#include "model/buffer.h"
#include "model/score.h"
#include "model/store.h"
#include "model/text.h"
#include "model/trees.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

/*
 * A document is a statement, its parameters and its columns. Parameters: "u" the user's id, "n" the
 * username, "l" the same for LIKE, "f" 1 when the export is full. Columns are named in order; what
 * follows a ':' is the kind: b boolean, i number, t time, p points, j JSON; without one it is a
 * text.
 */
typedef struct document {
    const char *name, *what;
    go_statement statement;
    const char *parameters, *columns;
} document;

/* clang-format off */
static const document documents[] = {
    {"account", "The account itself.", GO_SQL_EXPORT_ACCOUNT, "u",
     "username,name,email,has_password:b,is_admin:b,makes_courses:b,is_disabled:b,created:t,last_login:t"},
    {"sessions", "Where you are logged in: addresses and browsers.", GO_SQL_EXPORT_SESSIONS, "u",
     "address,browser,begun:t,seen:t"},
    {"devices", "Browsers that are known from earlier logins, by when they were last seen.",
     GO_SQL_EXPORT_DEVICES, "u", "seen:t"},
    {"second-factor", "Since when codes of an app are asked for, and how many recovery codes are left.",
     GO_SQL_EXPORT_FACTOR, "u", "since:t,recovery_codes:i"},
    {"links", "A link to set a password that was made for you and is not used yet.",
     GO_SQL_EXPORT_LINKS, "u", "kind,expires:t"},
    {"tokens", "Tokens for programs. The secrets themselves are not stored, only digests of them.",
     GO_SQL_EXPORT_TOKENS, "u", "name,scope,course,created:t,expires:t,used:t"},
    {"enrolments", "Your courses, with what the course's list of people says of you.",
     GO_SQL_EXPORT_ENROLMENTS, "u",
     "course,title,role,section,columns_of_the_list:j,since:t,dropped:t,hidden_on_scoreboards:b"},
    {"teams", "Teams you are in, or are invited to.", GO_SQL_EXPORT_TEAMS, "u",
     "course,assignment,team,state,changed:t"},
    {"exceptions", "What is different for you in an assignment.", GO_SQL_EXPORT_EXCEPTIONS, "fu",
     "course,assignment,days:i,minutes:i,time_thousandths:i,attempts:i,changed:t,note"},
    {"course-exceptions", "What is different for you in a whole course.",
     GO_SQL_EXPORT_COURSE_EXCEPTIONS, "fu", "course,time_thousandths:i,late_days:i,changed:t,note"},
    {"gradebook-cells", "What staff set in gradebooks, as only they see it (in a full export).",
     GO_SQL_EXPORT_CELLS, "fu", "course,column,points:p,adjustment:p,reason,is_excused:b"},
    {"handed-on", "Grades that were written into the institution's database.",
     GO_SQL_EXPORT_SYNC_GRADES, "u", "course,assignment,score,written:t"},
    {"versions", "Versions of assignments that you made.", GO_SQL_EXPORT_VERSIONS, "u",
     "course,assignment,version:i,note,created:t"},
    {"reruns", "Reruns that you proposed, applied or undid.", GO_SQL_EXPORT_RERUNS, "uu",
     "course,assignment,rerun:i,state,created:t"},
    {"stopped-runs", "Gradings that you stopped.", GO_SQL_EXPORT_ENDED_RUNS, "n",
     "course,assignment,submission:i,stopped:t"},
    {"feedback-given", "Feedback that you gave.", GO_SQL_EXPORT_FEEDBACK_GIVEN, "u",
     "course,assignment,submission:i,adjustment:p,reason,comment,changed:t"},
    {"comments-given", "Comments that you wrote on lines.", GO_SQL_EXPORT_COMMENTS_GIVEN, "u",
     "course,assignment,submission:i,path,line:i,text,created:t"},
    {"messages", "What you wrote in requests to look again.", GO_SQL_EXPORT_MESSAGES, "u",
     "course,assignment,submission:i,text,created:t"},
    {"log-by-you", "Entries of the log of changes of what you did. Of what you did as staff to others, "
     "who and what is left out.", GO_SQL_EXPORT_AUDIT_BY, "fnufnufnun",
     "at:t,address,course,action,subject,was,became"},
    {"log-about-you", "Entries of the log of changes about you, by others. Who it was and what it says "
     "is in a full export only.", GO_SQL_EXPORT_AUDIT_ABOUT, "ffffnnl",
     "at:t,course,action,actor,subject,was,became"},
};
/* clang-format on */

enum { DOCUMENTS = sizeof(documents) / sizeof(*documents), PARAMETERS_MAX = 10 };

go_export *go_export_make(const go_state *state, const char *site, const go_user *user, int is_full,
                          apr_time_t now, apr_pool_t *pool) {
    go_export *export = apr_pcalloc(pool, sizeof(*export));
    *export =
        (go_export){.state = state, .site = site, .user = user, .is_full = is_full, .now = now};
    return export;
}

/* --- values ----------------------------------------------------------------------------------- */

json_t *go_export_time(apr_time_t time, apr_pool_t *pool) {
    return time ? json_string(go_zone_format(pool, NULL, time, GO_ZONE_ISO_UTC)) : json_null();
}

json_t *go_export_points(int has, apr_int64_t milli, apr_pool_t *pool) {
    return has ? json_string(go_score_format_milli(pool, milli)) : json_null();
}

json_t *go_export_text(const char *text, apr_pool_t *pool) {
    apr_size_t length;
    return text ? json_string(go_text_clean_utf8(pool, text, strlen(text), &length)) : json_null();
}

static json_t *value_of(go_rows *rows, int column, char kind, apr_pool_t *pool) {
    const char *text = go_rows_text(rows, column);
    apr_int64_t number = go_rows_integer(rows, column, 0);
    json_t *value = NULL;
    switch (kind) {
    case 'b':
        return json_boolean(number != 0);
    case 'i':
        return text ? json_integer(number) : json_null();
    case 't':
        return go_export_time(number, pool);
    case 'p':
        return go_export_points(text != NULL, number, pool);
    case 'j':
        value = text ? json_loads(text, 0, NULL) : NULL;
        return value ? value : json_null();
    default:
        return go_export_text(text, pool);
    }
}

static json_t *row_of(go_rows *rows, const char *columns, apr_pool_t *pool) {
    json_t *json = json_object();
    char *state = NULL, *list = apr_pstrdup(pool, columns);
    int column = 0;
    for (char *name = apr_strtok(list, ",", &state); name; name = apr_strtok(NULL, ",", &state)) {
        char *colon = strchr(name, ':');
        if (colon) *colon = '\0';
        json_object_set_new(json, name, value_of(rows, column++, colon ? colon[1] : 's', pool));
    }
    return json;
}

/* --- documents -------------------------------------------------------------------------------- */

static int bind_values(const go_export *export, const document *doc, go_value *values,
                       apr_pool_t *pool) {
    int count = 0;
    for (const char *p = doc->parameters; *p && count < PARAMETERS_MAX; p++) {
        const char *like = go_audit_anywhere(export->user->username, pool);
        values[count++] =
            *p == 'u'   ? go_integer(export->user->id)
            : *p == 'f' ? go_integer(export->is_full)
            : *p == 'n' ? go_text(export->user->username)
                        : go_text(apr_psprintf(pool, "%%, %.*s", (int)strlen(like) - 2, like + 1));
    }
    return count;
}

static apr_status_t fill_list(const go_export *export, go_db *db, const document *doc, json_t *list,
                              apr_pool_t *pool, go_error *err) {
    go_value values[PARAMETERS_MAX];
    go_rows *rows = NULL;
    int count = bind_values(export, doc, values, pool);
    apr_status_t status = go_db_select(db, doc->statement, values, count, &rows, pool, err);
    while (!status && rows && go_rows_next(rows))
        json_array_append_new(list, row_of(rows, doc->columns, pool));
    return status;
}

/* Takes the JSON over as a text of the archive. */
static void put_json(go_archive_piece *piece, const char *path, json_t *json, apr_pool_t *pool) {
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    piece->note_path = path;
    piece->note = text ? apr_pstrcat(pool, text, "\n", NULL) : "null\n";
    piece->tree = go_tree_make(pool);
    free(text);
    json_decref(json);
}

static apr_status_t put_document(const go_export *export, go_db *db, const document *doc,
                                 go_archive_piece *piece, apr_pool_t *pool, go_error *err) {
    json_t *list = json_array();
    apr_status_t status = fill_list(export, db, doc, list, pool, err);
    put_json(piece, apr_pstrcat(pool, doc->name, ".json", NULL), list, pool);
    return status;
}

static apr_status_t put_grades(const go_export *export, go_db *db, go_archive_piece *piece,
                               apr_pool_t *pool, go_error *err) {
    json_t *list = json_array();
    apr_status_t status = go_export_grades(export, db, list, pool, err);
    put_json(piece, "gradebook.json", list, pool);
    return status;
}

/* The picture, when one was uploaded: a drawn one is made of the name each time. */
static apr_status_t put_picture(const go_export *export, go_db *db, go_archive_piece *piece,
                                apr_pool_t *pool, go_error *err) {
    go_part picture = {NULL, 0};
    go_error none = GO_ERROR_INIT(pool);
    apr_status_t status = go_store_get(
        db,
        GO_KEY(go_part_text("users"), go_part_text(export->user->username), go_part_text("avatar")),
        &picture, pool, &none);
    piece->tree = go_tree_make(pool);
    if (status == GO_ENOTFOUND || (!status && !picture.length)) return APR_SUCCESS;
    if (status) return go_error_set(err, status, none.remedy, "%s", none.what);
    piece->note = picture.bytes;
    piece->note_length = picture.length;
    piece->note_path = "picture.png";
    return APR_SUCCESS;
}

static void put_readme(const go_export *export, go_archive_piece *piece, apr_pool_t *pool) {
    go_buffer *out = go_buffer_make(pool, 4096);
    go_buffer_printf(out, "What %s stores about %s (%s), on %s.\n\n", export->site,
                     go_user_label(export->user), export->user->username,
                     go_zone_format(pool, NULL, export->now, GO_ZONE_ISO_UTC));
    go_buffer_puts(out, export->is_full
                            ? "This is the full export: it holds what only staff see, and may tell "
                              "of other people. Look through it before you hand it over.\n\n"
                            : "It holds what you may see on the site. Notes of staff, logs for "
                              "debugging, hidden tests and what is not released yet are not in "
                              "it; ask the site's admins for those.\n\n");
    go_buffer_puts(out, "Times are UTC. JSON files can be read with any editor or browser.\n\n");
    for (int i = 0; i < DOCUMENTS; i++)
        go_buffer_printf(out, "%s.json\n    %s\n", documents[i].name, documents[i].what);
    go_buffer_puts(out,
                   "gradebook.json\n    Your grades, as your courses' pages show them.\n"
                   "picture.png\n    The picture that you uploaded, if you did.\n"
                   "submissions/COURSE/ASSIGNMENT/NUMBER/submission.json\n"
                   "    What you handed in: when, from where, whether it counts, what being late "
                   "costs, each grading with its score, log and errors, the results of tests, "
                   "feedback, comments, requests to look again, and the receipt if one was given "
                   "out.\n"
                   "submissions/COURSE/ASSIGNMENT/NUMBER/files/\n    The files themselves.\n\n"
                   "Not in it: passwords and tokens, of which only digests are stored; wrong "
                   "passwords of the last minutes; the logs of the web server and backups, which "
                   "the site's admins keep apart from this program.\n");
    piece->note = out->bytes;
    piece->note_path = "README.txt";
    piece->tree = go_tree_make(pool);
}

/* --- what was handed in ----------------------------------------------------------------------- */

static apr_status_t put_submission(const go_export *export, go_db *db, go_rows *row,
                                   go_archive_piece *piece, apr_pool_t *pool, go_error *err) {
    go_course *course = NULL;
    go_assignment *assignment = NULL;
    go_submission *submission = NULL;
    go_tree *tree = NULL;
    apr_status_t status = go_course_find(db, go_rows_text(row, 1), &course, pool, err);
    if (!status)
        status = go_assignment_find(db, course, go_rows_text(row, 2), &assignment, pool, err);
    if (!status)
        status = go_submission_find(db, assignment, (int)go_rows_integer(row, 3, 0), &submission,
                                    pool, err);
    if (!status)
        status = go_trees_read(db, submission->tree_id, export->state->objects, &tree, pool, err);
    if (status || !course || !assignment || !submission || !tree) return status;
    const char *directory = apr_psprintf(pool, "submissions/%s/%s/%d/", course->name,
                                         assignment->name, submission->number);
    json_t *json = json_object();
    status =
        go_export_submission(export, db, course, assignment, submission, tree, json, pool, err);
    json_object_set_new(json, "address", go_export_text(go_rows_text(row, 4), pool));
    json_object_set_new(json, "is_chosen", json_boolean(go_rows_integer(row, 5, 0) != 0));
    put_json(piece, apr_pstrcat(pool, directory, "submission.json", NULL), json, pool);
    piece->directory = apr_pstrcat(pool, directory, "files/", NULL);
    piece->tree = tree;
    return status;
}

static apr_status_t next_submission(go_export *export, go_db *db, go_archive_piece *piece,
                                    apr_pool_t *pool, go_error *err) {
    go_rows *row = NULL;
    apr_status_t status = go_db_select(
        db, GO_SQL_EXPORT_SUBMISSION_NEXT,
        GO_VALUES(go_integer(export->user->id), go_integer(export->last)), &row, pool, err);
    if (status || !row || !go_rows_next(row)) return status;
    export->last = go_rows_integer(row, 0, 0);
    return put_submission(export, db, row, piece, pool, err);
}

apr_status_t go_export_next(go_export *export, go_db *db, go_archive_piece *piece, apr_pool_t *pool,
                            go_error *err) {
    int step = export->step;
    export->step += step < DOCUMENTS + 3;
    if (step == 0) {
        put_readme(export, piece, pool);
        return APR_SUCCESS;
    }
    if (step <= DOCUMENTS) return put_document(export, db, &documents[step - 1], piece, pool, err);
    if (step == DOCUMENTS + 1) return put_grades(export, db, piece, pool, err);
    if (step == DOCUMENTS + 2) return put_picture(export, db, piece, pool, err);
    return next_submission(export, db, piece, pool, err);
}
