/*
 * <GradeOvenSync COURSE>: what an administrator says about the institution's database (sync.h), one
 * section in httpd's configuration for each course.
 *
 *     <GradeOvenSync cs101>
 *         Driver pgsql
 *         Option host db.example.edu
 *         Option dbname registrar
 *         Option username gradeoven
 *         PasswordFile /etc/gradeoven/registrar.password
 *         Roster "SELECT login AS username, full_name AS name FROM enrolled WHERE course = 'CS101'"
 *         Grade "UPDATE results SET points = :score WHERE login = :username AND item = :assignment"
 *         Missing keep
 *         Schedule daily 03:00
 *     </GradeOvenSync>
 *
 * httpd checks it at configtest and, when it starts, writes all sections into the state directory,
 * where gradeovenctl finds them. httpd's workers and the executor may write in that directory, so
 * what is read there must be root's or the reader's own: a file says which others are read and
 * where their first lines are sent. The password itself is never in it, only the path.
 */
#ifndef GO_MODEL_SYNC_SETTING_H
#define GO_MODEL_SYNC_SETTING_H

#include "model/sql_text.h"
#include "model/state.h"

typedef struct go_sync_schedule {
    apr_int64_t seconds; /* between the starts; 0: not so */
    const char *daily;   /* "03:00", in the course's zone; NULL: not so */
} go_sync_schedule;

typedef struct go_sync_option {
    const char *name, *value;
} go_sync_option;

typedef struct go_sync_setting {
    const char *course;
    const char *driver; /* libdbi's name: pgsql, mysql, sqlite3, freetds */
    go_dialect dialect;
    apr_array_header_t *options; /* of go_sync_option */
    const char *password_file;   /* NULL: none */
    const char *roster, *grade;  /* statements; NULL: not wanted */
    int drops_missing;
    const char *schedule_text; /* "6h", "daily 03:00"; NULL: by hand only */
    go_sync_schedule schedule;
} go_sync_setting;

/* The placeholders of a Grade statement, ended by NULL, by these numbers. */
enum {
    GO_SYNC_USERNAME,
    GO_SYNC_NAME,
    GO_SYNC_EMAIL,
    GO_SYNC_SECTION,
    GO_SYNC_COURSE,
    GO_SYNC_ASSIGNMENT,
    GO_SYNC_TITLE,
    GO_SYNC_SCORE,
    GO_SYNC_POSSIBLE,
    GO_SYNC_PERCENT,
    GO_SYNC_IS_LATE,
    GO_SYNC_SUBMITTED_AT,
    GO_SYNC_TOTAL,
    GO_SYNC_VALUES
};
extern const char *const go_sync_names[GO_SYNC_VALUES + 1];
/* Are its values numbers, which are written without quotes? */
int go_sync_is_number(int placeholder);

/* A section that says nothing yet. */
go_sync_setting *go_sync_setting_make(const char *course, apr_pool_t *pool);

/* One line of a section. NULL, or what is wrong and what to do, in `pool`. */
const char *go_sync_setting_put(go_sync_setting *setting, const char *key, int argc,
                                const char *const *argv, apr_pool_t *pool);

/* After the last line: parses the statements. NULL, or what is wrong. */
const char *go_sync_setting_check(const go_sync_setting *setting, apr_pool_t *pool);

/* The statements, cut at their placeholders. */
apr_status_t go_sync_roster_text(go_sql_text *text, const go_sync_setting *setting,
                                 apr_pool_t *pool, go_error *err);
apr_status_t go_sync_grade_text(go_sql_text *text, const go_sync_setting *setting, apr_pool_t *pool,
                                go_error *err);

/*
 * Writes the sections (of go_sync_setting *; may be NULL) into the state directory, readable for
 * `group` (-1: for nobody else); a file that was there is replaced as a whole. By httpd's parent.
 */
apr_status_t go_sync_settings_write(const go_state *state, const apr_array_header_t *settings,
                                    int group, apr_pool_t *pool, go_error *err);

/* The section of a course. GO_ENOTFOUND; GO_EDENIED: the file could be somebody else's. */
apr_status_t go_sync_setting_find(go_sync_setting **setting, const go_state *state,
                                  const char *course, apr_pool_t *pool, go_error *err);

/* The password, in `pool`; NULL when there is no file. GO_EDENIED: others may read it. */
apr_status_t go_sync_password(const go_sync_setting *setting, const char **password,
                              apr_pool_t *pool, go_error *err);

/* "6h", "30min", "daily 03:00": NULL, or what is wrong. Five minutes to 30 days. */
const char *go_sync_schedule_parse(go_sync_schedule *schedule, const char *text, apr_pool_t *pool);

/*
 * Is it time? `last_us`: the last start, 0 when there was none; `since_us`: from when on we look (a
 * time of day that was before is not caught up for a course that was never synchronised). Pure.
 */
int go_sync_is_due(const go_sync_schedule *schedule, const char *zone, apr_time_t last_us,
                   apr_time_t since_us, apr_time_t now, apr_pool_t *pool);

#endif
