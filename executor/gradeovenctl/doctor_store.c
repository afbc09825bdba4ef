/* The database, the stored files, the executors, the queue. */
#include "gradeovenctl/doctor.h"

#include "model/checkup.h"
#include "model/engines.h"

#include <apr_strings.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SAMPLE_BYTES_MAX ((apr_int64_t)256 * 1024 * 1024) /* of stored files that are read */
#define WAIT_MINUTES     10                               /* of a run, before one asks why */

/* --- the database ---------------------------------------------------------------------------- */

/* Looking must not make a database where there is none. */
static int is_there(ctl_doctor *doctor) {
    const go_state *state = doctor->site.state;
    struct stat info;
    if (strcmp(state->driver, "sqlite3") != 0) return 1;
    if (stat(state->params, &info) != 0) {
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "database",
                       "Start httpd, which makes it, or restore it from a backup.", "\"%s\": %s.",
                       state->params, strerror(errno));
        return 0;
    }
    if (info.st_mode & S_IRWXO)
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "database",
                       apr_psprintf(doctor->pool, "chmod o-rwx %s", state->params),
                       "Everybody on this host may use \"%s\" (mode %04o).", state->params,
                       info.st_mode & 07777U);
    return 1;
}

/* 1 when it can be used with this program's statements. */
static int look_at_schema(ctl_doctor *doctor, const go_checkup *checkup) {
    if (checkup->schema == checkup->schema_known) {
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "schema", NULL, "It is this program's, number %d.",
                       checkup->schema);
        return 1;
    }
    int is_newer = checkup->schema > checkup->schema_known;
    ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "schema",
                   is_newer ? "Install that version again, or restore a backup."
                            : "httpd brings it up to date when it starts: apachectl restart.",
                   "The database has schema %d, and this program knows %d.", checkup->schema,
                   checkup->schema_known);
    return 0;
}

static int look_at_database(ctl_doctor *doctor) {
    static const char remedy[] =
        "Stop httpd, keep a copy, and restore a backup (or try sqlite3's .recover).";
    const go_state *state = doctor->site.state;
    go_error err = GO_ERROR_INIT(doctor->pool);
    go_checkup checkup;
    if (!is_there(doctor)) return 0;
    if (go_checkup_database(&checkup, state->driver, state->params, doctor->pool, &err) !=
        APR_SUCCESS) {
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "database", remedy, "It cannot be read: %s",
                       err.what);
        return 0;
    }
    if (checkup.damages) {
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "database", remedy,
                       "It is damaged: SQLite's quick_check finds %s%d faults.",
                       checkup.damages >= 100 ? "at least " : "", (int)checkup.damages);
        return 0;
    }
    if (checkup.lost_children)
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "database", remedy,
                       "%d row%s to something that is not there.", (int)checkup.lost_children,
                       checkup.lost_children == 1 ? " belongs" : "s belong");
    else
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "database", NULL, "It can be read, and is whole.");
    return look_at_schema(doctor, &checkup);
}

/* --- what is in it --------------------------------------------------------------------------- */

static int select_rows(ctl_doctor *doctor, const char *name, go_statement statement,
                       const go_value *values, int count, go_rows **rows) {
    ctl_site *site = &doctor->site;
    if (go_db_select(site->db, statement, values, count, rows, doctor->pool, &site->err) ==
        APR_SUCCESS)
        return 1;
    ctl_doctor_say_error(doctor, name, &site->err);
    return 0;
}

static void look_at_objects(ctl_doctor *doctor) {
    go_rows *rows;
    go_error first = GO_ERROR_INIT(doctor->pool);
    apr_int64_t bytes = 0;
    int count = 0, bad = 0;
    if (!select_rows(doctor, "files", GO_SQL_DOCTOR_OBJECTS, GO_NO_VALUES, &rows)) return;
    while (go_rows_next(rows)) {
        go_error err = GO_ERROR_INIT(doctor->pool);
        apr_int64_t size = go_rows_integer(rows, 1, 0);
        if (bytes + size > SAMPLE_BYTES_MAX) continue;
        bytes += size;
        count++;
        if (go_checkup_object(doctor->site.state->objects, go_rows_text(rows, 0), doctor->pool,
                              &err) == APR_SUCCESS)
            continue;
        if (!bad++) first = err;
    }
    if (bad)
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "files", first.remedy,
                       "%d of %d stored files that were looked at are damaged. %s", bad, count,
                       first.what);
    else
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "files", NULL,
                       "%d stored files (%d KiB), taken at random, are what they were.", count,
                       (int)(bytes / 1024));
}

static void look_at_executors(ctl_doctor *doctor) {
    static const char remedy[] =
        "Is httpd running? Its error log says what the executor complains of.";
    go_rows *rows;
    apr_time_t now = apr_time_now(), newest = 0;
    int alive = 0;
    if (!select_rows(doctor, "executor", GO_SQL_DOCTOR_EXECUTORS, GO_NO_VALUES, &rows)) return;
    while (go_rows_next(rows)) {
        const char *trouble = go_rows_text(rows, 2), *endpoint = go_rows_text(rows, 4);
        apr_time_t reported = go_rows_integer(rows, 3, 0);
        if (reported > newest) newest = reported;
        if (now - reported > apr_time_from_sec(GO_SILENT_SECONDS)) continue;
        alive++;
        ctl_doctor_say(doctor, trouble ? CTL_VERDICT_PROBLEM : CTL_VERDICT_OK, "executor", NULL,
                       "%d warm, %d baking%s%s%s%s", (int)go_rows_integer(rows, 0, 0),
                       (int)go_rows_integer(rows, 1, 0), endpoint ? " at " : "",
                       endpoint ? endpoint : "", trouble ? "; it says: " : ".",
                       trouble ? trouble : "");
    }
    if (alive) return;
    if (newest)
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "executor", remedy,
                       "None has reported for %d seconds; nothing is graded.",
                       (int)apr_time_sec(now - newest));
    else
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "executor", remedy,
                       "None has ever reported; nothing is graded.");
}

static void look_at_queue(ctl_doctor *doctor) {
    go_rows *rows;
    apr_time_t now = apr_time_now();
    if (!select_rows(doctor, "queue", GO_SQL_DOCTOR_QUEUE, GO_VALUES(go_integer(now)), &rows) ||
        !go_rows_next(rows))
        return;
    int count = (int)go_rows_integer(rows, 0, 0);
    int minutes = (int)(apr_time_sec(now - go_rows_integer(rows, 1, now)) / 60);
    if (!count)
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "queue", NULL, "Nothing waits.");
    else
        ctl_doctor_say(
            doctor, minutes < WAIT_MINUTES ? CTL_VERDICT_OK : CTL_VERDICT_WARNING, "queue",
            minutes < WAIT_MINUTES ? NULL
                                   : "See the executor and the engine, or allow more at once "
                                     "(GradeOvenParallel).",
            "%d run%s, the oldest for %d minute%s.", count, count == 1 ? " waits" : "s wait",
            minutes, minutes == 1 ? "" : "s");
}

void ctl_doctor_store(ctl_doctor *doctor) {
    ctl_site *site = &doctor->site;
    if (!look_at_database(doctor)) return;
    if (go_db_open(&site->db, site->state->driver, site->state->params, GO_DURABLE, doctor->pool,
                   &site->err) != APR_SUCCESS) {
        ctl_doctor_say_error(doctor, "database", &site->err);
        return;
    }
    look_at_objects(doctor);
    ctl_doctor_receipts(doctor);
    if (ctl_httpd_conf_grades(&site->conf)) look_at_executors(doctor);
    look_at_queue(doctor);
    ctl_doctor_syncs(doctor);
    ctl_doctor_retention(doctor);
}
