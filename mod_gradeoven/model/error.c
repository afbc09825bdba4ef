#include "model/error.h"

#include <apr_strings.h>

#include <stdarg.h>

apr_status_t go_error_set(go_error *err, apr_status_t status, const char *remedy,
                          const char *format, ...) {
    if (!err) return status;
    va_list args;
    va_start(args, format);
    err->what = apr_pvsprintf(err->pool, format, args);
    va_end(args);
    err->status = status;
    err->remedy = remedy;
    return status;
}

apr_status_t go_error_system(go_error *err, apr_status_t status, const char *remedy,
                             const char *format, ...) {
    if (!err) return status;
    char reason[128];
    va_list args;
    va_start(args, format);
    const char *what = apr_pvsprintf(err->pool, format, args);
    va_end(args);
    apr_strerror(status, reason, sizeof(reason));
    err->what = apr_psprintf(err->pool, "%s: %s.", what, reason);
    err->status = status;
    err->remedy = remedy;
    return status;
}

const char *go_error_text(const go_error *err) {
    if (!err->what) return "No error.";
    if (!err->remedy) return err->what;
    return apr_pstrcat(err->pool, err->what, " ", err->remedy, NULL);
}
