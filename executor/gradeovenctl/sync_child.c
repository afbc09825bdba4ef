/*
 * The child: the only code that loads libdbi and its drivers. It is asked for one thing after the
 * other (sync_wire.h) and may be killed at any time.
 */
#include "gradeovenctl/sync_driver.h"
#include "gradeovenctl/sync_wire.h"

#include "model/text.h"

#include <apr_strings.h>
#include <dbi/dbi.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ERROR_MAX = 2000,   /* bytes of what a database says */
    ROWS_MAX = 1000000, /* more changed rows are libdbi's way to say that it does not know */
};

typedef struct child {
    int fd;
    const go_sync_setting *setting;
    dbi_inst library;
    dbi_conn connection; /* NULL: not connected */
    go_sql_text grade;
    apr_pool_t *pool; /* of the present request */
} child;

/* --- answers --------------------------------------------------------------------------------- */

static void done(const child *self, const char *text) {
    ctl_wire_send(self->fd, CTL_WIRE_DONE, &text, text ? 1 : 0, self->pool);
}

static void fail(const child *self, const char *remedy, const char *what) {
    const char *const texts[] = {what, remedy};
    ctl_wire_send(self->fd, CTL_WIRE_FAILED, texts, 2, self->pool);
}

/* What the database says, in one line. */
static const char *complaint(const child *self) {
    const char *said = NULL;
    if (self->connection) dbi_conn_error(self->connection, &said);
    if (!said || !*said) return "it gave no reason";
    apr_size_t length = strlen(said);
    char *text =
        go_text_clean_utf8(self->pool, said, length > ERROR_MAX ? ERROR_MAX : length, &length);
    for (char *at = text; *at; at++)
        if (strchr("\n\t", *at)) *at = ' ';
    while (length && text[length - 1] == ' ')
        text[--length] = '\0';
    return text;
}

static void fail_with(const child *self, const char *what) {
    fail(self, NULL, apr_pstrcat(self->pool, what, ": ", complaint(self), NULL));
}

/* --- connecting ------------------------------------------------------------------------------ */

static const char *option_of(const go_sync_setting *setting, const char *name) {
    for (int i = 0; i < setting->options->nelts; i++) {
        const go_sync_option *option = &APR_ARRAY_IDX(setting->options, i, go_sync_option);
        if (!strcmp(option->name, name)) return option->value;
    }
    return NULL;
}

/* Names and the like stay texts even when they are digits. */
static int is_number(const go_sync_option *option) {
    static const char *const texts[] = {"host", "dbname", "username", "encoding"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        if (!strcmp(option->name, texts[i])) return 0;
    apr_size_t digits = strspn(option->value, "0123456789");
    return digits && digits < 10 && !option->value[digits];
}

static void set_options(const child *self, const char *password) {
    const go_sync_setting *setting = self->setting;
    dbi_conn_set_option(self->connection, "encoding", "UTF-8");
    for (int i = 0; i < setting->options->nelts; i++) {
        const go_sync_option *option = &APR_ARRAY_IDX(setting->options, i, go_sync_option);
        if (is_number(option))
            dbi_conn_set_option_numeric(self->connection, option->name, atoi(option->value));
        else
            dbi_conn_set_option(self->connection, option->name, option->value);
    }
    if (password) dbi_conn_set_option(self->connection, "password", password);
}

/* SQLite would make a file that is not there. */
static const char *missing_file(const child *self) {
    const char *directory = option_of(self->setting, "sqlite3_dbdir");
    const char *name = option_of(self->setting, "dbname");
    if (self->setting->dialect != GO_DIALECT_SQLITE) return NULL;
    if (!directory || !name)
        return "Driver sqlite3 needs Option sqlite3_dbdir DIRECTORY and Option dbname FILE.";
    const char *path = apr_pstrcat(self->pool, directory, "/", name, NULL);
    return access(path, R_OK) ? apr_psprintf(self->pool, "There is no readable \"%s\".", path)
                              : NULL;
}

/* So that texts mean the same everywhere, and nothing waits for ever. */
static int settle(const child *self) {
    static const char *const pgsql[] = {"SET TIME ZONE 'UTC'",
                                        "SET standard_conforming_strings = on",
                                        "SET bytea_output = 'escape'",
                                        "SET client_min_messages = warning",
                                        "SET statement_timeout = '240s'",
                                        NULL};
    static const char *const mysql[] = {"SET time_zone = '+00:00'", NULL};
    const char *const *all = self->setting->dialect == GO_DIALECT_PGSQL   ? pgsql
                             : self->setting->dialect == GO_DIALECT_MYSQL ? mysql
                                                                          : NULL;
    for (; all && *all; all++) {
        dbi_result result = dbi_conn_query(self->connection, *all);
        if (!result) return 0;
        dbi_result_free(result);
    }
    return 1;
}

static void no_driver(const child *self) {
    const char *name = self->setting->driver;
    fail(self, apr_psprintf(self->pool, "Install it; on Debian: apt-get install libdbd-%s", name),
         apr_psprintf(self->pool, "libdbi has no driver \"%s\" here.", name));
}

static void connect_it(child *self) {
    go_error err = GO_ERROR_INIT(self->pool);
    const char *password, *problem = missing_file(self);
    if (problem) return fail(self, NULL, problem);
    if (go_sync_password(self->setting, &password, self->pool, &err))
        return fail(self, err.remedy, err.what);
    if (dbi_initialize_r(NULL, &self->library) < 1) return no_driver(self);
    dbi_set_verbosity_r(0, self->library);
    self->connection = dbi_conn_new_r(self->setting->driver, self->library);
    if (!self->connection) return no_driver(self);
    set_options(self, password);
    if (dbi_conn_connect(self->connection) < 0 || !settle(self)) {
        fail_with(self, "The database cannot be reached");
        self->connection = NULL;
        return;
    }
    done(self, NULL);
}

/* --- statements ------------------------------------------------------------------------------ */

static void send_names(const child *self, dbi_result result, unsigned int columns) {
    const char **names = apr_pcalloc(self->pool, columns * sizeof(*names));
    for (unsigned int i = 0; i < columns; i++)
        names[i] = dbi_result_get_field_name(result, i + 1);
    ctl_wire_send(self->fd, CTL_WIRE_ROW, names, (int)columns, self->pool);
}

static void send_row(const child *self, dbi_result result, unsigned int columns) {
    apr_pool_t *pool;
    apr_pool_create(&pool, self->pool);
    char **cells = apr_pcalloc(pool, columns * sizeof(*cells));
    for (unsigned int i = 0; i < columns; i++)
        if (dbi_result_field_is_null_idx(result, i + 1) != 1)
            cells[i] = dbi_result_get_as_string_copy_idx(result, i + 1);
    ctl_wire_send(self->fd, CTL_WIRE_ROW, (const char *const *)cells, (int)columns, pool);
    for (unsigned int i = 0; i < columns; i++)
        free(cells[i]);
    apr_pool_destroy(pool);
}

static void send_roster(const child *self) {
    static const char *const none[] = {NULL};
    go_error err = GO_ERROR_INIT(self->pool);
    go_sql_text text;
    if (go_sync_roster_text(&text, self->setting, self->pool, &err))
        return fail(self, err.remedy, err.what);
    dbi_result result = dbi_conn_query(self->connection, go_sql_text_fill(&text, none, self->pool));
    if (!result) return fail_with(self, "The database refused the Roster statement");
    unsigned int columns = dbi_result_get_numfields(result);
    if (columns < 1 || columns > CTL_WIRE_TEXTS_MAX)
        return fail(self, NULL, "The Roster statement gives no columns, or too many.");
    send_names(self, result, columns);
    while (dbi_result_has_next_row(result) && dbi_result_next_row(result))
        send_row(self, result, columns);
    dbi_result_free(result);
    done(self, NULL);
}

/* A literal of the server: a number as it is, a text quoted by the driver. NULL: not possible. */
static const char *literal_of(const child *self, int place, const char *value) {
    char *quoted = NULL;
    if (!value) return "NULL";
    if (go_sync_is_number(place) && strspn(value, "0123456789.") == strlen(value)) return value;
    if (!go_text_is_utf8(value, strlen(value)) ||
        !dbi_conn_quote_string_copy(self->connection, value, &quoted) || !quoted)
        return NULL;
    const char *copy = apr_pstrdup(self->pool, quoted);
    free(quoted);
    return copy;
}

static void write_grade(child *self, const ctl_message *request) {
    const char *literals[GO_SYNC_VALUES];
    go_error err = GO_ERROR_INIT(self->pool);
    if (go_sync_grade_text(&self->grade, self->setting, self->pool, &err) ||
        request->texts->nelts != GO_SYNC_VALUES)
        return fail(self, err.remedy, err.what ? err.what : "Values are missing.");
    for (int i = 0; i < GO_SYNC_VALUES; i++)
        if (!(literals[i] = literal_of(self, i, APR_ARRAY_IDX(request->texts, i, const char *))))
            return fail_with(self, "A value cannot be quoted");
    dbi_result result =
        dbi_conn_query(self->connection, go_sql_text_fill(&self->grade, literals, self->pool));
    if (!result) return fail_with(self, "The database refused the Grade statement");
    unsigned long long changed = dbi_result_get_numrows_affected(result);
    dbi_result_free(result);
    done(self, apr_itoa(self->pool, changed > ROWS_MAX ? 0 : (int)changed));
}

/* As a statement: libdbi's own functions answer "done" to a commit that the server has refused. */
static void transact(const child *self, const char *sql, const char *what) {
    dbi_result result = dbi_conn_query(self->connection, sql);
    if (!result) return fail_with(self, what);
    dbi_result_free(result);
    done(self, NULL);
}

static void answer(child *self, const ctl_message *request) {
    if (request->kind == CTL_WIRE_CONNECT) return connect_it(self);
    if (!self->connection) return fail(self, NULL, "The database is not connected.");
    switch (request->kind) {
    case CTL_WIRE_BEGIN:
        return transact(self,
                        self->setting->dialect == GO_DIALECT_MYSQL ? "START TRANSACTION"
                                                                   : "BEGIN TRANSACTION",
                        "The database begins no transaction");
    case CTL_WIRE_COMMIT:
        return transact(self, "COMMIT", "The database did not commit");
    case CTL_WIRE_ROLLBACK:
        return transact(self, "ROLLBACK", "The database did not roll back");
    case CTL_WIRE_ROSTER:
        return send_roster(self);
    case CTL_WIRE_GRADE:
        return write_grade(self, request);
    default:
        return fail(self, NULL, "This was not understood.");
    }
}

_Noreturn void ctl_driver_serve(int fd, const go_sync_setting *setting, apr_pool_t *pool) {
    child self = {.fd = fd, .setting = setting};
    ctl_message request;
    apr_pool_create(&self.pool, pool);
    while (ctl_wire_receive(fd, &request, 0, self.pool) == APR_SUCCESS) {
        answer(&self, &request);
        apr_pool_clear(self.pool);
    }
    _exit(0);
}
