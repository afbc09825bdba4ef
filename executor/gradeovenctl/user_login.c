/* gradeovenctl user invite, reset and second-factor: how somebody gets in, or in again. */
#include "gradeovenctl/options.h"
#include "gradeovenctl/site.h"

#include "model/factor.h"
#include "model/links.h"

#include <apr_strings.h>

#include <stdio.h>
#include <string.h>

static go_audit_entry by_operator(void) {
    return (go_audit_entry){.at_us = apr_time_now(), .actor = "*gradeovenctl"};
}

/* "invite" is for who never came in: it does not end a password that is used. */
static apr_status_t check_kind(ctl_site *site, const char *word, const go_link *link) {
    int invites = strcmp(word, "invite") == 0;
    if (!link->user || invites == link->is_invitation) return APR_SUCCESS;
    return go_error_set(
        &site->err, GO_ECONFLICT,
        invites ? "For a new password: gradeovenctl user reset" : "gradeovenctl user invite",
        invites ? "\"%s\" has a password, or has logged in." : "\"%s\" never had a password.",
        link->user->username);
}

int ctl_user_invite(const ctl_command *command, int argc, const char *const *argv,
                    apr_pool_t *pool) {
    const char *username, *url = "";
    const ctl_option options[] = {{"--url", &url, NULL}, {0}};
    const go_audit_entry by = by_operator();
    ctl_site site;
    go_user *user = NULL;
    go_link link = {0};
    int rc = ctl_options_read(command, argc, argv, options, &username, 1);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    if (go_user_find(site.db, username, &user, pool, &site.err) || !user ||
        go_db_begin(site.db, &site.err))
        return ctl_site_failed(&site);
    apr_status_t status = go_link_make(site.db, user, &by, &link, pool, &site.err);
    if (!status) status = check_kind(&site, argv[0], &link);
    if (go_db_end(site.db, status, &site.err)) return ctl_site_failed(&site);
    size_t length = strlen(url);
    printf("%.*s/welcome/%s\n", (int)(length && url[length - 1] == '/' ? length - 1 : length), url,
           link.token);
    if (!length) fprintf(stderr, "gradeovenctl: put the site's address before it, or use --url\n");
    return CTL_OK;
}

int ctl_user_second_factor(const ctl_command *command, int argc, const char *const *argv,
                           apr_pool_t *pool) {
    const char *username;
    int off = 0, ended = 0;
    const ctl_option options[] = {{"--off", NULL, &off}, {0}};
    const go_audit_entry by = by_operator();
    ctl_site site;
    go_user *user = NULL;
    go_factor factor = {0};
    int rc = ctl_options_read(command, argc, argv, options, &username, 1);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    apr_status_t status = go_user_find(site.db, username, &user, pool, &site.err);
    if (!status && user && off)
        status = go_factor_end(site.db, user, "reset by an operator", &by, &ended, pool, &site.err);
    if (!status && user) status = go_factor_find(site.db, user->id, &factor, pool, &site.err);
    if (status || !user) return ctl_site_failed(&site);
    if (factor.is_on)
        printf("%s on, %d recovery codes left\n", user->username, factor.recovery_codes);
    else
        printf("%s off\n", user->username);
    return CTL_OK;
}
