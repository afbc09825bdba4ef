/* The second factor, in the settings: setting it up, recovery codes, turning it off. */
#include "pages/pages.h"

#include "model/totp.h"
#include "web/factor_wall.h"
#include "web/qr.h"
#include "web/session.h"

#include <apr_base64.h>
#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

/* What apps read from the QR code ("Key Uri Format"): whose it is, and the secret. */
static const char *otpauth(const go_request *q, const char *secret) {
    const char *site = go_form_encode(q->pool, q->site->name);
    return apr_psprintf(
        q->pool, "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d&period=%d",
        site, go_form_encode(q->pool, q->at.user->username), secret, site, GO_TOTP_DIGITS,
        GO_TOTP_SECONDS);
}

/* "setup": the secret of one that is begun: as text, as an address, and as a QR code. */
static apr_status_t add_setup(go_request *q, json_t *page) {
    const char *secret = NULL;
    apr_status_t status =
        go_factor_secret(q->db, q->site->state, q->at.user, &secret, q->pool, &q->err);
    if (status || !secret) return status;
    const char *uri = otpauth(q, secret), *qr = go_qr_svg(uri, "QR code of the key", q->pool);
    json_object_set_new(page, "setup",
                        json_pack("{s:s, s:s, s:s}", "secret", go_totp_grouped(secret, q->pool),
                                  "uri", uri, "qr", qr ? qr : ""));
    return APR_SUCCESS;
}

static apr_status_t fill(go_request *q, json_t *page) {
    go_factor factor;
    int must;
    q->shows_secret = 1;
    page_begin(q, page, "Second factor");
    apr_status_t status = go_factor_find(q->db, q->at.user->id, &factor, q->pool, &q->err);
    if (!status) status = go_factor_wall_stands(q, q->at.user, &must);
    if (status) return status;
    json_object_set_new(page, "factor",
                        json_pack("{s:b, s:b, s:o, s:i, s:b}", "is_on", factor.is_on, "must", must,
                                  "since", go_json_time(q, "UTC", factor.on_us), "recovery_codes",
                                  factor.recovery_codes, "is_short", factor.recovery_codes < 3));
    json_object_set_new(page, "has_password", json_boolean(q->at.user->password_hash != NULL));
    return factor.is_begun && !factor.is_on ? add_setup(q, page) : APR_SUCCESS;
}

int factor_page(go_request *q, json_t *page) {
    return fill(q, page) ? go_failed(q) : HTTP_OK;
}

static int refuse(go_request *q, json_t *page) {
    go_error cause = q->err;
    if (fill(q, page)) return go_failed(q);
    q->err = cause;
    return go_page_failed(q, page);
}

/* The page with the recovery codes, told this once; and as a file that the page carries itself. */
static int show_codes(go_request *q, json_t *page, const apr_array_header_t *codes) {
    json_t *list = json_array();
    const char *text = apr_psprintf(q->pool, "Recovery codes of %s at %s, each good once:\n",
                                    q->at.user->username, q->site->name);
    if (fill(q, page)) return go_failed(q);
    for (int i = 0; i < codes->nelts; i++) {
        const char *code = APR_ARRAY_IDX(codes, i, const char *);
        json_array_append_new(list, json_string(code));
        text = apr_pstrcat(q->pool, text, code, "\n", NULL);
    }
    char *base64 = apr_palloc(q->pool, (apr_size_t)apr_base64_encode_len((int)strlen(text)));
    apr_base64_encode(base64, text, (int)strlen(text));
    json_object_set_new(page, "codes", list);
    json_object_set_new(page, "has_codes", json_true());
    json_object_set_new(page, "codes_file", json_string(base64));
    return HTTP_OK;
}

int factor_begin(go_request *q, json_t *page) {
    if (go_factor_begin(q->db, q->site->state, q->at.user, q->pool, &q->err))
        return refuse(q, page);
    return go_reply_redirect(q, go_url(q, "/settings/second-factor"), NULL, 0);
}

/* Who has no password proves with the code alone, in a session of the institution's login. */
static apr_status_t check_password(go_request *q) {
    return q->at.user->password_hash ? login_check_password(q, go_form_text(q->form, "password"))
                                     : APR_SUCCESS;
}

int factor_confirm(go_request *q, json_t *page) {
    const go_audit_entry by = audit_by(q);
    apr_array_header_t *codes = NULL;
    if (check_password(q) ||
        go_factor_confirm(q->db, q->site->state, q->at.user, go_form_text(q->form, "code"),
                          q->session->token_hash, &by, &codes, q->pool, &q->err) ||
        go_web_session_renew(q, 0))
        return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "second factor on");
    return show_codes(q, page, codes);
}

static apr_status_t check_code(go_request *q) {
    go_factor_answer answer;
    return login_check_code(q, q->at.user, go_form_text(q->form, "code"), &answer);
}

int factor_codes(go_request *q, json_t *page) {
    const go_audit_entry by = audit_by(q);
    apr_array_header_t *codes = NULL;
    if (check_code(q) || go_factor_renew_codes(q->db, q->at.user, &by, &codes, q->pool, &q->err))
        return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "new recovery codes");
    return show_codes(q, page, codes);
}

int factor_off(go_request *q, json_t *page) {
    const go_audit_entry by = audit_by(q);
    int ended;
    if (check_password(q) || check_code(q) ||
        go_factor_end(q->db, q->at.user, "by its user", &by, &ended, q->pool, &q->err) ||
        go_web_session_renew(q, 0))
        return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "second factor off");
    return go_reply_redirect(q, go_url(q, "/settings/second-factor"), "factor-off", 0);
}
