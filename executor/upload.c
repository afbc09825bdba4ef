#include "upload.h"

#include <apr_file_io.h>
#include <apr_strings.h>

#include <stddef.h>
#include <string.h>

#define FILE_HEADER 9           /* u8 executable, u64 size */
#define CHUNK       (32 * 1024) /* bytes of a DATA frame; two fit while one is on its way */

struct go_upload {
    go_oven *oven;
    const char *name;
    const go_tree *tree;
    apr_pool_t *file_pool; /* of the file that is being read */
    int is_begun;
    int next;         /* entry */
    apr_file_t *file; /* NULL between files */
    apr_off_t left;   /* bytes of it */
    unsigned char chunk[CHUNK];
    apr_size_t chunk_length; /* bytes that were read and not yet sent */
};

go_upload *go_upload_make(go_oven *oven, const char *name, const go_tree *tree, apr_pool_t *pool) {
    go_upload *upload = apr_palloc(pool, sizeof(*upload));
    memset(upload, 0, offsetof(struct go_upload, chunk));
    upload->oven = oven;
    upload->name = name;
    upload->tree = tree;
    upload->chunk_length = 0;
    apr_pool_create(&upload->file_pool, pool);
    return upload;
}

static go_upload_result wait_for_room(go_upload *upload) {
    go_oven_want_room(upload->oven);
    return GO_UPLOAD_MORE;
}

/* The frame that announces an entry; 1 when it was sent. */
static int send_entry(go_upload *upload, const go_tree_entry *entry) {
    unsigned char payload[FILE_HEADER + GO_TREE_PATH_MAX];
    apr_size_t length = strlen(entry->path);
    if (entry->is_directory) {
        return go_oven_send(upload->oven, OVEN_DIRECTORY, entry->path, length);
    }
    payload[0] = entry->is_executable ? 1 : 0;
    for (int i = 0; i < 8; i++) {
        payload[1 + i] = (unsigned char)((apr_uint64_t)entry->size >> (56 - 8 * i));
    }
    memcpy(payload + FILE_HEADER, entry->path, length);
    return go_oven_send(upload->oven, OVEN_FILE, payload, FILE_HEADER + length);
}

static apr_status_t open_file(go_upload *upload, const go_tree_entry *entry, go_error *err) {
    apr_finfo_t info;
    apr_pool_clear(upload->file_pool);
    apr_status_t status =
        apr_file_open(&upload->file, entry->file, APR_READ | APR_BINARY, 0, upload->file_pool);
    if (status == APR_SUCCESS) status = apr_file_info_get(&info, APR_FINFO_SIZE, upload->file);
    if (status != APR_SUCCESS) {
        return go_error_system(err, status, NULL, "The file \"%s\" cannot be read", entry->file);
    }
    if (info.size != entry->size) {
        return go_error_set(err, GO_EINTERNAL, NULL, "The file \"%s\" is not as long as it was.",
                            entry->file);
    }
    upload->left = entry->size;
    return APR_SUCCESS;
}

static apr_status_t read_chunk(go_upload *upload, const go_tree_entry *entry, go_error *err) {
    apr_size_t want = upload->left < CHUNK ? (apr_size_t)upload->left : CHUNK;
    apr_status_t status =
        apr_file_read_full(upload->file, upload->chunk, want, &upload->chunk_length);
    if (status == APR_SUCCESS) return status;
    return go_error_system(err, status, NULL, "The file \"%s\" cannot be read", entry->file);
}

/* Sends bytes of the open file: SENT when it is through. */
static go_upload_result continue_file(go_upload *upload, go_error *err) {
    const go_tree_entry *entry = &APR_ARRAY_IDX(upload->tree->entries, upload->next, go_tree_entry);
    while (upload->left > 0) {
        if (!upload->chunk_length && read_chunk(upload, entry, err) != APR_SUCCESS) {
            return GO_UPLOAD_FAILED;
        }
        if (!go_oven_send(upload->oven, OVEN_DATA, upload->chunk, upload->chunk_length)) {
            return wait_for_room(upload);
        }
        upload->left -= (apr_off_t)upload->chunk_length;
        upload->chunk_length = 0;
    }
    apr_pool_clear(upload->file_pool);
    upload->file = NULL;
    return GO_UPLOAD_SENT;
}

go_upload_result go_upload_continue(go_upload *upload, go_error *err) {
    if (!upload->is_begun) {
        if (!go_oven_send(upload->oven, OVEN_TREE, upload->name, strlen(upload->name))) {
            return wait_for_room(upload);
        }
        upload->is_begun = 1;
    }
    for (; upload->next < upload->tree->entries->nelts; upload->next++) {
        const go_tree_entry *entry =
            &APR_ARRAY_IDX(upload->tree->entries, upload->next, go_tree_entry);
        if (!upload->file) {
            if (!entry->is_directory && open_file(upload, entry, err) != APR_SUCCESS) {
                return GO_UPLOAD_FAILED;
            }
            if (!send_entry(upload, entry)) {
                upload->file = NULL; /* opened anew when there is room */
                return wait_for_room(upload);
            }
        }
        if (entry->is_directory) continue;
        go_upload_result result = continue_file(upload, err);
        if (result != GO_UPLOAD_SENT) return result;
    }
    if (!go_oven_send(upload->oven, OVEN_END, NULL, 0)) return wait_for_room(upload);
    return GO_UPLOAD_SENT;
}
