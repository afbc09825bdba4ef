/*
 * Avatars: a PNG of 256 x 256 that we encoded ourselves, kept in the tuple store under
 * (users, NAME, avatar); until somebody gives one, a drawing of their initials.
 */
#include "pages/pages.h"

#include "model/avatar.h"
#include "model/passwords.h"
#include "model/store.h"

#include <apr_file_io.h>
#include <apr_strings.h>

#include <string.h>

#define AVATAR_OF(user)                                                                            \
    GO_KEY(go_part_text("users"), go_part_text((user)->username), go_part_text("avatar"))

enum { AVATAR_BYTES_MAX = 2 * 1024 * 1024 };

int avatar_page(go_request *q, json_t *page) {
    go_user *user;
    if (go_user_find(q->db, go_request_param(q, "user"), &user, q->pool, &q->err))
        return go_failed(q);
    go_part picture = {NULL, 0};
    apr_status_t status = go_store_get(q->db, AVATAR_OF(user), &picture, q->pool, &q->err);
    if (status && status != GO_ENOTFOUND) return go_failed(q);
    const char *type = status ? "image/svg+xml" : "image/png";
    if (status) picture = go_part_text(go_avatar_svg(q->pool, user->username, go_user_label(user)));
    if (go_reply_is_fresh(
            q, apr_pstrndup(q->pool, go_sha256_hex(q->pool, picture.bytes, picture.length), 32)))
        return HTTP_NOT_MODIFIED;
    return go_reply_bytes(q, type, NULL, picture.bytes, picture.length);
}

static apr_status_t read_file(go_request *q, const go_upload_file *file, const char **bytes) {
    apr_file_t *handle;
    char *buffer = apr_palloc(q->pool, (apr_size_t)file->size + 1);
    apr_status_t status = apr_file_open(&handle, file->path, APR_FOPEN_READ, 0, q->pool);
    if (!status) status = apr_file_read_full(handle, buffer, (apr_size_t)file->size, NULL);
    *bytes = buffer;
    return status == APR_EOF ? APR_SUCCESS : status;
}

static apr_status_t update(go_request *q) {
    const go_upload_file *file = go_upload_first(q->upload, "avatar");
    const char *bytes = NULL;
    go_part png;
    if (!file)
        return go_error_set(&q->err, GO_EINVALID, "Choose a PNG, JPEG or WebP file.",
                            "No picture was chosen.");
    if (file->size > AVATAR_BYTES_MAX)
        return go_error_set(&q->err, GO_ETOOBIG, "Make it smaller; 256 by 256 pixels are shown.",
                            "The picture is larger than 2 MiB.");
    apr_status_t status = read_file(q, file, &bytes);
    if (status) return go_error_system(&q->err, status, NULL, "The picture could not be read");
    status =
        go_avatar_encode(bytes, (apr_size_t)file->size, &png.bytes, &png.length, q->pool, &q->err);
    return status ? status : go_store_put(q->db, AVATAR_OF(q->at.user), png, q->pool, &q->err);
}

int avatar_update(go_request *q, json_t *page) {
    if (update(q)) {
        settings_page(q, page);
        return go_page_failed(q, page);
    }
    return go_reply_redirect(q, go_url(q, "/settings"), "avatar", 0);
}

int avatar_remove(go_request *q, json_t *page) {
    if (go_store_remove(q->db, AVATAR_OF(q->at.user), q->pool, &q->err)) return go_failed(q);
    return go_reply_redirect(q, go_url(q, "/settings"), "avatar", 0);
}
