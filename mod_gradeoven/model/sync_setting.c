/* The lines of a section: read, and checked as far as can be without the database. */
#include "model/sync_setting.h"

#include <apr_strings.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const go_sync_names[GO_SYNC_VALUES + 1] = {
    [GO_SYNC_USERNAME] = "username", [GO_SYNC_NAME] = "name",
    [GO_SYNC_EMAIL] = "email",       [GO_SYNC_SECTION] = "section",
    [GO_SYNC_COURSE] = "course",     [GO_SYNC_ASSIGNMENT] = "assignment",
    [GO_SYNC_TITLE] = "title",       [GO_SYNC_SCORE] = "score",
    [GO_SYNC_POSSIBLE] = "possible", [GO_SYNC_PERCENT] = "percent",
    [GO_SYNC_IS_LATE] = "is_late",   [GO_SYNC_SUBMITTED_AT] = "submitted_at",
    [GO_SYNC_TOTAL] = "total",
};

int go_sync_is_number(int placeholder) {
    return placeholder == GO_SYNC_SCORE || placeholder == GO_SYNC_POSSIBLE ||
           placeholder == GO_SYNC_PERCENT || placeholder == GO_SYNC_IS_LATE ||
           placeholder == GO_SYNC_TOTAL;
}

static const struct {
    const char *name;
    go_dialect dialect;
} drivers[] = {
    {"pgsql", GO_DIALECT_PGSQL},
    {"mysql", GO_DIALECT_MYSQL},
    {"sqlite3", GO_DIALECT_SQLITE},
    {"freetds", GO_DIALECT_TSQL},
};
enum { DRIVERS = sizeof(drivers) / sizeof(*drivers), PASSWORD_MAX = 1024 };

go_sync_setting *go_sync_setting_make(const char *course, apr_pool_t *pool) {
    go_sync_setting *setting = apr_pcalloc(pool, sizeof(*setting));
    setting->course = course;
    setting->options = apr_array_make(pool, 4, sizeof(go_sync_option));
    return setting;
}

/* --- the lines ------------------------------------------------------------------------------- */

static const char *put_driver(go_sync_setting *setting, const char *const *argv, apr_pool_t *pool) {
    for (int i = 0; i < DRIVERS; i++) {
        if (strcmp(drivers[i].name, argv[0]) != 0) continue;
        setting->driver = drivers[i].name;
        setting->dialect = drivers[i].dialect;
        return NULL;
    }
    return apr_psprintf(pool,
                        "Driver: \"%s\" is not known; it is one of pgsql, mysql, sqlite3, freetds "
                        "(Debian: apt-get install libdbd-NAME).",
                        argv[0]);
}

static const char *put_option(go_sync_setting *setting, const char *const *argv, apr_pool_t *pool) {
    const char *name = argv[0];
    if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name))
        return apr_psprintf(pool, "Option: \"%s\" is no name of an option of libdbi.", name);
    if (strstr(name, "password"))
        return "Option password: a password does not belong into httpd's configuration. Put it "
               "into a file that only the executor's user can read: PasswordFile /path";
    for (int i = 0; i < setting->options->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(setting->options, i, go_sync_option).name, name))
            return apr_psprintf(pool, "Option: \"%s\" is given twice; remove one.", name);
    APR_ARRAY_PUSH(setting->options, go_sync_option) = (go_sync_option){name, argv[1]};
    return NULL;
}

/* Group may read: a file of root's for the executor's group. */
static const char *judge_password_file(const char *path, const struct stat *info,
                                       apr_pool_t *pool) {
    if (!S_ISREG(info->st_mode))
        return apr_psprintf(pool, "PasswordFile: \"%s\" is not a file.", path);
    if (info->st_mode & (S_IRWXO | S_IWGRP))
        return apr_psprintf(pool,
                            "PasswordFile: others may use \"%s\" (mode %04o). Close it: chmod 0640 "
                            "%s, with the executor's group; and change the password if others use "
                            "this host.",
                            path, info->st_mode & 07777U, path);
    return NULL;
}

static const char *put_password_file(go_sync_setting *setting, const char *const *argv,
                                     apr_pool_t *pool) {
    struct stat info;
    const char *path = argv[0];
    if (*path != '/')
        return apr_psprintf(pool, "PasswordFile: \"%s\" is not an absolute path.", path);
    if (stat(path, &info))
        return apr_psprintf(pool,
                            "PasswordFile: \"%s\" cannot be found (%s). Make it, with the password "
                            "on its only line, owned by root, of the executor's group, mode 0640.",
                            path, strerror(errno));
    setting->password_file = path;
    return judge_password_file(path, &info, pool);
}

static const char *put_roster(go_sync_setting *setting, const char *const *argv, apr_pool_t *pool) {
    setting->roster = argv[0];
    return NULL;
}

static const char *put_grade(go_sync_setting *setting, const char *const *argv, apr_pool_t *pool) {
    setting->grade = argv[0];
    return NULL;
}

static const char *put_missing(go_sync_setting *setting, const char *const *argv,
                               apr_pool_t *pool) {
    if (strcasecmp(argv[0], "drop") != 0 && strcasecmp(argv[0], "keep") != 0)
        return apr_psprintf(pool, "Missing: \"%s\" is not \"drop\" or \"keep\".", argv[0]);
    setting->drops_missing = !strcasecmp(argv[0], "drop");
    return NULL;
}

static const char *put_schedule(go_sync_setting *setting, const char *const *argv,
                                apr_pool_t *pool) {
    setting->schedule_text = argv[1] ? apr_pstrcat(pool, argv[0], " ", argv[1], NULL) : argv[0];
    return go_sync_schedule_parse(&setting->schedule, setting->schedule_text, pool);
}

static const struct {
    const char *key;
    int least, most; /* words */
    const char *(*put)(go_sync_setting *setting, const char *const *argv, apr_pool_t *pool);
    const char *usage;
} lines[] = {
    {"Driver", 1, 1, put_driver, "Driver pgsql"},
    {"Option", 2, 2, put_option, "Option host db.example.edu"},
    {"PasswordFile", 1, 1, put_password_file, "PasswordFile /path"},
    {"Roster", 1, 1, put_roster, "Roster \"SELECT ...\""},
    {"Grade", 1, 1, put_grade, "Grade \"UPDATE ...\""},
    {"Missing", 1, 1, put_missing, "Missing drop|keep"},
    {"Schedule", 1, 2, put_schedule, "Schedule 6h, or: Schedule daily 03:00"},
};

const char *go_sync_setting_put(go_sync_setting *setting, const char *key, int argc,
                                const char *const *argv, apr_pool_t *pool) {
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        if (strcasecmp(key, lines[i].key) != 0) continue;
        if (argc < lines[i].least || argc > lines[i].most || !*argv[0])
            return apr_psprintf(pool, "%s: write it like this: %s", lines[i].key, lines[i].usage);
        return lines[i].put(setting, argv, pool);
    }
    return apr_psprintf(pool,
                        "\"%s\" does not belong into <GradeOvenSync>; there are Driver, Option, "
                        "PasswordFile, Roster, Grade, Missing, Schedule.",
                        key);
}

/* --- the statements -------------------------------------------------------------------------- */

apr_status_t go_sync_roster_text(go_sql_text *text, const go_sync_setting *setting,
                                 apr_pool_t *pool, go_error *err) {
    static const char *const none[] = {NULL}, *const verbs[] = {"select", "with", NULL};
    apr_status_t status =
        go_sql_text_parse(text, setting->roster, setting->dialect, none, pool, err);
    if (status || go_sql_text_begins(text, verbs)) return status;
    return go_error_set(err, GO_EINVALID, "A roster is read: SELECT, or WITH and SELECT.",
                        "The statement begins with \"%s\".", text->verb);
}

/* Nothing that ends a transaction. */
apr_status_t go_sync_grade_text(go_sql_text *text, const go_sync_setting *setting, apr_pool_t *pool,
                                go_error *err) {
    static const char *const verbs[] = {"update", "insert", "merge", "replace", "delete", "with",
                                        "select", "call",   "exec",  "execute", NULL};
    apr_status_t status =
        go_sql_text_parse(text, setting->grade, setting->dialect, go_sync_names, pool, err);
    if (status) return status;
    if (!go_sql_text_begins(text, verbs))
        return go_error_set(err, GO_EINVALID, "It is an UPDATE, INSERT, MERGE, or a procedure.",
                            "The statement begins with \"%s\".", text->verb);
    for (int i = 0; i < text->pieces->nelts; i++)
        if (!APR_ARRAY_IDX(text->pieces, i, go_sql_piece).text) return APR_SUCCESS;
    return go_error_set(err, GO_EINVALID,
                        "Without :username and :score it would do the same for "
                        "everybody.",
                        "The statement has no placeholder.");
}

const char *go_sync_setting_check(const go_sync_setting *setting, apr_pool_t *pool) {
    go_error err = GO_ERROR_INIT(pool);
    go_sql_text text;
    if (!setting->driver)
        return apr_psprintf(pool, "<GradeOvenSync %s> has no Driver; write: Driver pgsql",
                            setting->course);
    if (!setting->roster && !setting->grade)
        return apr_psprintf(pool,
                            "<GradeOvenSync %s> has neither Roster nor Grade: it would do nothing.",
                            setting->course);
    if (setting->roster && go_sync_roster_text(&text, setting, pool, &err))
        return apr_pstrcat(pool, "Roster: ", go_error_text(&err), NULL);
    if (setting->grade && go_sync_grade_text(&text, setting, pool, &err))
        return apr_pstrcat(pool, "Grade: ", go_error_text(&err), NULL);
    return NULL;
}

/* --- the password ---------------------------------------------------------------------------- */

apr_status_t go_sync_password(const go_sync_setting *setting, const char **password,
                              apr_pool_t *pool, go_error *err) {
    char line[PASSWORD_MAX + 1];
    struct stat info;
    const char *path = setting->password_file;
    *password = NULL;
    if (!path) return APR_SUCCESS;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return go_error_system(err, APR_FROM_OS_ERROR(errno),
                               "It must be readable for the executor's user: chgrp and chmod 0640.",
                               "PasswordFile \"%s\" cannot be read", path);
    const char *problem =
        fstat(fd, &info) ? "PasswordFile cannot be read." : judge_password_file(path, &info, pool);
    ssize_t length = problem ? 0 : read(fd, line, PASSWORD_MAX);
    close(fd);
    if (problem) return go_error_set(err, GO_EDENIED, NULL, "%s", problem);
    line[length > 0 ? length : 0] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    *password = apr_pstrdup(pool, line);
    return APR_SUCCESS;
}
