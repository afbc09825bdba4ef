/*
 * Replies: what a page answers when it is not simply rendered.
 */
#ifndef GO_WEB_REPLY_H
#define GO_WEB_REPLY_H

#include "web/request.h"

#include "model/archive.h"

/* The Content-Security-Policy of all pages: nothing inline, nothing foreign. */
#define GO_CSP                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "        \
    "'self'; frame-src 'self'; "                                                                   \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/* What a browser could offer to pages, and ours never ask for. */
#define GO_PERMISSIONS                                                                             \
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "      \
    "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"

/*
 * Sends the browser elsewhere after a form was handled: 303 to `url` (from go_url). `notice` names
 * a text of notices.c that the next page shows, or is NULL. A client that wants JSON gets
 * {"location": url, "notice": text} with 200 instead, and 201 when `is_new`.
 */
int go_reply_redirect(go_request *q, const char *url, const char *notice, int is_new);

/* The text of a notice, or NULL for a name that is none. */
const char *go_notice_text(const char *name);

/* Answers with `page` rendered by `template`, or as JSON. */
int go_reply_page(go_request *q, const char *template, json_t *page, int http_status);

/* Answers with the error page (or a JSON problem) that tells q->err or the status' usual text. */
int go_reply_error(go_request *q, int http_status);

/* A model function failed: the status for its error, to return from a page. */
int go_failed(const go_request *q);

/*
 * Conditional GET: sets the ETag made of `tag`; 1 when the client has that version already, upon
 * which the page answers HTTP_NOT_MODIFIED.
 */
int go_reply_is_fresh(go_request *q, const char *tag);

/* Bytes as they are. `filename` not NULL: as a download of that name. */
int go_reply_bytes(go_request *q, const char *type, const char *filename, const void *bytes,
                   apr_size_t length);

/* A file of the object store, always as a download: what people upload is never shown as a page. */
int go_reply_object(go_request *q, const go_tree_entry *entry);

/* A tree as an archive, or as a zip. */
int go_reply_archive(go_request *q, const go_tree *tree, go_archive_format format,
                     const char *filename);
int go_reply_zip(go_request *q, const go_tree *tree, const char *filename);

/* As many trees as `source` gives, in one zip archive; q->db is gone when it is called. */
int go_reply_zip_pieces(go_request *q, go_archive_source source, void *baton, const char *filename);

/* Adds a text to the page's list of problems, which forms show above themselves. */
void go_page_problem(go_request *q, json_t *page, const char *text);

/* Takes q->err into the page's problems; the status to return: 422, or the error's own from 500. */
int go_page_failed(go_request *q, json_t *page);

#endif
