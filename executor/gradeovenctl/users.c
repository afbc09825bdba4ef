/* gradeovenctl user ...: accounts and roles from the command line. */
#include "gradeovenctl/options.h"
#include "gradeovenctl/site.h"

#include "model/courses.h"
#include "model/passwords.h"

#include <stdio.h>
#include <string.h>

/* The hash of the password on standard input, or of a generated one, which is printed. */
static int choose_password(ctl_site *site, int from_stdin, const char **hash,
                           const char **generated) {
    apr_status_t status;
    *generated = NULL;
    if (from_stdin) {
        const char *password = ctl_read_password(site->pool);
        if (!password) return CTL_FAILED;
        status = go_password_check(password, &site->err);
        if (!status) status = go_password_hash(hash, password, site->pool, &site->err);
    } else {
        *generated = go_password_generate(site->pool);
        status = go_password_hash_generated(hash, *generated, site->pool, &site->err);
    }
    return status ? ctl_site_failed(site) : CTL_OK;
}

int ctl_user_add(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool) {
    const char *username, *name = "", *email = "", *hash = NULL, *generated;
    int is_admin = 0, may_teach = 0, from_stdin = 0;
    const ctl_option options[] = {{"--name", &name, NULL},
                                  {"--email", &email, NULL},
                                  {"--admin", NULL, &is_admin},
                                  {"--may-teach", NULL, &may_teach},
                                  {"--password-stdin", NULL, &from_stdin},
                                  {0}};
    ctl_site site;
    go_user *user = NULL;
    int rc = ctl_options_read(command, argc, argv, options, &username, 1);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (!rc) rc = choose_password(&site, from_stdin, &hash, &generated);
    if (rc) return rc;
    apr_status_t status = go_db_begin(site.db, &site.err);
    if (!status)
        status = go_user_create(site.db, username, name, email, hash, apr_time_now(), &user, pool,
                                &site.err);
    if (!status && (is_admin || may_teach))
        status = go_user_set_flags(site.db, user, is_admin, may_teach, 0, pool, &site.err);
    if (!status)
        status = ctl_site_audit(&site, 0, "account", user->username, "",
                                is_admin    ? "made, admin"
                                : may_teach ? "made, makes courses"
                                            : "made");
    if (go_db_end(site.db, status, &site.err)) return ctl_site_failed(&site);
    if (generated && user) printf("%s %s\n", user->username, generated);
    return CTL_OK;
}

int ctl_user_list(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool) {
    const ctl_option options[] = {{0}};
    apr_array_header_t *users;
    ctl_site site;
    int rc = ctl_options_read(command, argc, argv, options, NULL, 0);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    if (go_users_all(site.db, &users, pool, &site.err)) return ctl_site_failed(&site);
    for (int i = 0; i < users->nelts; i++) {
        const go_user *user = APR_ARRAY_IDX(users, i, go_user *);
        printf("%-20s %-30s %s%s%s\n", user->username, user->display_name,
               user->is_admin ? "admin " : "", user->may_teach ? "makes-courses " : "",
               user->is_disabled ? "disabled" : "");
    }
    return CTL_OK;
}

int ctl_user_passwd(const ctl_command *command, int argc, const char *const *argv,
                    apr_pool_t *pool) {
    const char *username, *password;
    int from_stdin = 0;
    const ctl_option options[] = {{"--password-stdin", NULL, &from_stdin}, {0}};
    ctl_site site;
    go_user *user;
    int rc = ctl_options_read(command, argc, argv, options, &username, 1);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    password = from_stdin ? ctl_read_password(pool) : go_password_generate(pool);
    if (!password) return CTL_FAILED;
    apr_status_t status = go_user_find(site.db, username, &user, pool, &site.err);
    if (status || go_db_begin(site.db, &site.err)) return ctl_site_failed(&site);
    status = go_user_set_password(site.db, user->id, password, "", pool, &site.err);
    if (!status) status = ctl_site_audit(&site, 0, "password", user->username, "", "set");
    if (go_db_end(site.db, status, &site.err)) return ctl_site_failed(&site);
    if (!from_stdin) printf("%s %s\n", user->username, password);
    return CTL_OK;
}

int ctl_user_role(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool) {
    const char *words[3]; /* user, course, role */
    const ctl_option options[] = {{0}};
    go_role role = GO_ROLE_NONE;
    ctl_site site;
    go_user *user;
    go_course *course;
    int rc = ctl_options_read(command, argc, argv, options, words, 3);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    if ((strcmp(words[2], "none") && go_role_parse(words[2], &role, &site.err)) ||
        go_user_find(site.db, words[0], &user, pool, &site.err) ||
        go_course_find(site.db, words[1], &course, pool, &site.err) ||
        go_db_begin(site.db, &site.err))
        return ctl_site_failed(&site);
    apr_status_t status =
        go_enrolment_set(site.db, course, user, role, apr_time_now(), pool, &site.err);
    if (!status) status = ctl_site_audit(&site, course->id, "role", user->username, "", words[2]);
    return go_db_end(site.db, status, &site.err) ? ctl_site_failed(&site) : CTL_OK;
}
