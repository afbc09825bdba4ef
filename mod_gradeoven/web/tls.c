#include "web/tls.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_ssl.h>

#define HALF_A_YEAR "max-age=15552000"

int go_tls_is_on(const request_rec *r) {
    return ap_ssl_conn_is_ssl(r->connection);
}

const char *go_tls_scheme(const request_rec *r) {
    return go_tls_is_on(r) ? "https" : ap_http_scheme(r);
}

int go_tls_demand(request_rec *r, go_plain_http choice) {
    if (go_tls_is_on(r) || choice == GO_PLAIN_ALLOW) return OK;
    /* a program that sent its token in the clear must notice, not be led on silently */
    if (choice == GO_PLAIN_REFUSE || r->method_number != M_GET ||
        apr_table_get(r->headers_in, "Authorization"))
        return HTTP_FORBIDDEN;
    apr_table_setn(r->headers_out, "Location",
                   apr_pstrcat(r->pool, "https://", ap_get_server_name_for_url(r),
                               r->unparsed_uri[0] == '/' ? r->unparsed_uri : r->uri, NULL));
    return HTTP_MOVED_PERMANENTLY;
}

void go_tls_set_headers(request_rec *r, const char *mount, go_plain_http choice) {
    if (*mount || choice == GO_PLAIN_ALLOW || !go_tls_is_on(r)) return;
    apr_table_setn(r->err_headers_out, "Strict-Transport-Security", HALF_A_YEAR);
}
