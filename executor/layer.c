#include "layer.h"

#include <archive.h>
#include <archive_entry.h>

#define TAR_OVERHEAD (64 * 1024) /* headers and padding of the few entries */

static int add_entry(struct archive *tar, const char *path, int type, int mode,
                     const char *link_target, const void *bytes, apr_size_t length) {
    struct archive_entry *entry = archive_entry_new();
    if (!entry) return 0;
    archive_entry_set_pathname(entry, path);
    archive_entry_set_filetype(entry, (unsigned)type);
    archive_entry_set_perm(entry, (unsigned)mode);
    archive_entry_set_size(entry, (la_int64_t)length);
    if (link_target) archive_entry_set_symlink(entry, link_target);
    int is_ok = archive_write_header(tar, entry) == ARCHIVE_OK &&
                (!length || archive_write_data(tar, bytes, length) == (la_ssize_t)length);
    archive_entry_free(entry);
    return is_ok;
}

static int add_entries(struct archive *tar, const void *oven, apr_size_t oven_length) {
    return add_entry(tar, "usr/local/libexec/gradeoven/", AE_IFDIR, 0755, NULL, NULL, 0) &&
           add_entry(tar, &GO_LAYER_OVEN[1], AE_IFREG, 0755, NULL, oven, oven_length) &&
           add_entry(tar, "usr/local/bin/sandbox", AE_IFLNK, 0777, GO_LAYER_OVEN, NULL, 0) &&
           /* runc gives a tmpfs the mode of the directory it covers, whatever its options say. */
           add_entry(tar, "grade_oven/", AE_IFDIR, 0711, NULL, NULL, 0) &&
           add_entry(tar, "sandbox/", AE_IFDIR, 01777, NULL, NULL, 0) &&
           add_entry(tar, "tmp/", AE_IFDIR, 01777, NULL, NULL, 0);
}

apr_status_t go_layer_make(const void *oven, apr_size_t oven_length, const void **bytes,
                           apr_size_t *length, apr_pool_t *pool, go_error *err) {
    apr_size_t room = oven_length + TAR_OVERHEAD;
    void *buffer = apr_palloc(pool, room);
    size_t used = 0;
    struct archive *tar = archive_write_new();
    int is_ok = tar && archive_write_set_format_ustar(tar) == ARCHIVE_OK &&
                archive_write_open_memory(tar, buffer, room, &used) == ARCHIVE_OK &&
                add_entries(tar, oven, oven_length) && archive_write_close(tar) == ARCHIVE_OK;
    if (tar) archive_write_free(tar);
    if (!is_ok) return go_error_set(err, GO_EINTERNAL, NULL, "The oven's layer cannot be packed.");
    *bytes = buffer;
    *length = used;
    return APR_SUCCESS;
}
