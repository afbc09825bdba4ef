#include "web/request.h"

#include "model/text.h"
#include "model/zone.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>

#include <stdarg.h>
#include <string.h>

APLOG_USE_MODULE(gradeoven);

const char *go_request_param(const go_request *q, const char *name) {
    const char *value = apr_table_get(q->params, name);
    return value ? value : "";
}

int go_request_may(const go_request *q, go_right right) {
    return go_rights_decide(right, &q->at) == GO_ALLOWED;
}

const char *go_url(const go_request *q, const char *format, ...) {
    go_buffer *url = go_buffer_make(q->pool, 128);
    va_list args;
    go_buffer_puts(url, q->mount);
    va_start(args, format);
    for (const char *p = format; *p; p++) {
        if (*p != '%') {
            go_buffer_putc(url, *p);
        } else if (*++p == 's') {
            go_buffer_puts(url, go_form_encode(q->pool, va_arg(args, const char *)));
        } else {
            go_buffer_printf(url, "%d", va_arg(args, int));
        }
    }
    va_end(args);
    return url->bytes;
}

go_plain_http go_request_plain_http(const go_request *q) {
    return (go_plain_http)go_setting_get(q->site->settings, GO_D_PLAIN_HTTP).number;
}

const char *go_request_absolute(const go_request *q, const char *path) {
    return ap_construct_url(q->pool, path, q->r);
}

json_t *go_json_time(const go_request *q, const char *zone, apr_time_t time) {
    if (!time) return json_null();
    return json_pack("{s:s, s:s}", "iso", go_zone_format(q->pool, NULL, time, GO_ZONE_ISO_UTC),
                     "text", go_zone_format(q->pool, zone, time, GO_ZONE_HUMAN));
}

json_t *go_json_score(const go_request *q, int has_score, go_score score) {
    if (!has_score) return json_null();
    apr_int64_t percent =
        score.possible_milli > 0 ? score.earned_milli * 100 / score.possible_milli : 0;
    return json_pack(
        "{s:s, s:s, s:I}", "earned", go_score_format_milli(q->pool, score.earned_milli), "possible",
        go_score_format_milli(q->pool, score.possible_milli), "percent", (json_int_t)percent);
}

json_t *go_json_text(const go_request *q, const char *text) {
    apr_size_t length;
    const char *clean = go_text_clean_utf8(q->pool, text, strlen(text), &length);
    return json_stringn(clean, length);
}

const char *go_bytes_text(apr_pool_t *pool, apr_int64_t bytes) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) return apr_psprintf(pool, "%d B", (int)bytes);
    int unit = 0;
    apr_int64_t tenths = bytes * 10 / 1024;
    while (tenths >= 10240 && unit < 3) {
        tenths /= 1024;
        unit++;
    }
    return tenths < 100
               ? apr_psprintf(pool, "%d.%d %s", (int)(tenths / 10), (int)(tenths % 10), units[unit])
               : apr_psprintf(pool, "%d %s", (int)(tenths / 10), units[unit]);
}

int go_http_status(apr_status_t status) {
    switch (status) {
    case APR_SUCCESS:
        return HTTP_OK;
    case GO_EINVALID:
        return HTTP_UNPROCESSABLE_ENTITY;
    case GO_ENOTFOUND:
        return HTTP_NOT_FOUND;
    case GO_ECONFLICT:
    case GO_EMULTIPLE:
        return HTTP_CONFLICT;
    case GO_EDENIED:
        return HTTP_FORBIDDEN;
    case GO_ETOOBIG:
        return HTTP_REQUEST_ENTITY_TOO_LARGE;
    case GO_EBUSY:
        return HTTP_SERVICE_UNAVAILABLE;
    case GO_ESLOW:
        return HTTP_REQUEST_TIME_OUT;
    case GO_EENCODED:
        return HTTP_UNSUPPORTED_MEDIA_TYPE;
    case GO_EGONE:
        return HTTP_GONE;
    default:
        return HTTP_INTERNAL_SERVER_ERROR;
    }
}

void go_request_log(const go_request *q, int level, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const char *text = apr_pvsprintf(q->pool, format, args);
    va_end(args);
    const go_user *user = q->view ? q->session->user : q->at.user;
    if (q->view)
        text = apr_psprintf(q->pool, "(sees it as %s) %s", q->view->student->username, text);
    /* httpd escapes control characters of a log line itself (ap_escape_errorlog_item) */
    ap_log_rerror(APLOG_MARK, level, 0, q->r, "gradeoven: user=%s course=%s assignment=%s: %s",
                  user ? user->username : "-", q->at.course ? q->at.course->name : "-",
                  q->at.assignment ? q->at.assignment->name : "-", text);
}
