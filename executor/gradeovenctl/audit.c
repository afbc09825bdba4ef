/* `gradeovenctl audit verify`: is the log of changes what was written? */
#include "gradeovenctl/options.h"
#include "gradeovenctl/site.h"

#include "model/audit.h"

#include <stdio.h>
#include <string.h>

/* Does the log still hold what an admin saw at its end some time ago? */
static int holds(go_db *db, const char *head, int *found, apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    apr_status_t status =
        go_db_select(db, GO_SQL_AUDIT_BY_HASH, GO_VALUES(go_text(head)), &rows, pool, err);
    *found = !status && rows && go_rows_next(rows);
    return status;
}

int ctl_audit_verify(const ctl_command *command, int argc, const char *const *argv,
                     apr_pool_t *pool) {
    const char *head = NULL;
    const ctl_option options[] = {{"--head", &head, NULL}, {0}};
    go_audit_verdict verdict;
    ctl_site site;
    int found = 1, rc = ctl_options_read(command, argc, argv, options, NULL, 0);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    if (go_audit_verify(site.db, &verdict, pool, &site.err) ||
        (head && holds(site.db, head, &found, pool, &site.err)))
        return ctl_site_failed(&site);
    printf("entries: %" APR_INT64_T_FMT "\nhead: %s\n", verdict.entries,
           *verdict.head ? verdict.head : "none");
    if (verdict.redacted)
        printf("redacted, as the log itself says: %" APR_INT64_T_FMT "\n", verdict.redacted);
    if (verdict.unchained)
        printf("older entries, without a hash: %" APR_INT64_T_FMT "\n", verdict.unchained);
    if (verdict.broken) return ctl_fail("the audit log was changed. %s", verdict.broken);
    if (!found)
        return ctl_fail("the audit log was changed: it does not hold the head that you gave.");
    printf("The audit log is whole.\n");
    return CTL_OK;
}
