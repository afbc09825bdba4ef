#include "model/archive.h"
#include "model/archive_private.h"
#include "model/text.h"

#include <apr_strings.h>
#include <archive.h>
#include <archive_entry.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define CHUNK 65536
/* One time for all: the same files must give the same archive. A zip knows none before 1980. */
#define FIXED_TIME 315619200 /* 1980-01-02T00:00:00Z, still 1980 in every time zone */

typedef struct writing {
    struct archive *archive;
    go_archive_sink sink;
    void *baton;
    apr_status_t sink_status; /* what the sink returned when it gave up */
    char *chunk;
    apr_pool_t *scratch;
    go_error *err;
} writing;

/*
 * libarchive never hears that the sink has given up: after a failed write it frees neither its
 * compressor nor its buffers (3.6.2), a quarter of a megabyte for each download that is broken off.
 * So the rest goes nowhere, and we look at sink_status after every step.
 */
static la_ssize_t pass_on(struct archive *archive, void *baton, const void *bytes, size_t length) {
    writing *w = baton;
    if (!w->sink_status) w->sink_status = w->sink(w->baton, bytes, length);
    return (la_ssize_t)length;
}

/* libarchive could not go on: tells the sink's own failure from others. */
static apr_status_t failed(writing *w) {
    if (w->sink_status)
        return go_error_system(w->err, w->sink_status, NULL, "The archive could not be sent");
    const char *why = archive_error_string(w->archive);
    return go_error_set(w->err, GO_EINTERNAL, NULL, "The archive could not be made: %s.",
                        why ? why : "unknown reason");
}

static apr_status_t changed(writing *w, const go_tree_entry *entry) {
    return go_error_set(w->err, GO_EINTERNAL, NULL,
                        "The stored file of \"%s\" does not have the size it should have.",
                        go_text_printable(w->scratch, entry->path, strlen(entry->path)));
}

static apr_status_t copy_contents(writing *w, const go_tree_entry *entry, int file) {
    apr_off_t left = entry->size;
    for (;;) {
        ssize_t n = read(file, w->chunk, CHUNK);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return go_error_system(w->err, errno, NULL, "A stored file cannot be read");
        if (n == 0) return left ? changed(w, entry) : APR_SUCCESS;
        if (n > left) return changed(w, entry);
        if (archive_write_data(w->archive, w->chunk, (size_t)n) != n || w->sink_status)
            return failed(w);
        left -= n;
    }
}

static apr_status_t write_contents(writing *w, const go_tree_entry *entry) {
    int file = entry->file ? open(entry->file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (file < 0)
        return go_error_system(w->err, entry->file ? errno : ENOENT, NULL,
                               "The stored file of \"%s\" cannot be read",
                               go_text_printable(w->scratch, entry->path, strlen(entry->path)));
    apr_status_t status = copy_contents(w, entry, file);
    close(file);
    return status;
}

static apr_status_t write_header(writing *w, const char *directory, const go_tree_entry *entry) {
    struct archive_entry *header = archive_entry_new();
    if (!header) return go_error_system(w->err, APR_ENOMEM, NULL, "The archive could not be made");
    /* A directory ends in '/': the zip writer would do it, the tar writer would not. */
    archive_entry_set_pathname(header, apr_pstrcat(w->scratch, directory, entry->path,
                                                   entry->is_directory ? "/" : "", NULL));
    archive_entry_set_filetype(header, entry->is_directory ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(header, entry->is_directory || entry->is_executable ? 0755 : 0644);
    archive_entry_set_size(header, entry->is_directory ? 0 : entry->size);
    archive_entry_set_mtime(header, FIXED_TIME, 0);
    int r = archive_write_header(w->archive, header);
    archive_entry_free(header);
    return r != ARCHIVE_OK || w->sink_status ? failed(w) : APR_SUCCESS;
}

static apr_status_t write_note(writing *w, const go_archive_piece *piece) {
    apr_size_t length = piece->note_length ? piece->note_length : strlen(piece->note);
    go_tree_entry entry = {.path = piece->note_path, .size = (apr_off_t)length};
    apr_status_t status = write_header(w, "", &entry);
    if (status) return status;
    la_ssize_t n = archive_write_data(w->archive, piece->note, length);
    return n != (la_ssize_t)length || w->sink_status ? failed(w) : APR_SUCCESS;
}

static apr_status_t write_piece(writing *w, const go_archive_piece *piece) {
    const char *directory = piece->directory ? piece->directory : "";
    apr_status_t status = piece->note ? write_note(w, piece) : APR_SUCCESS;
    for (int i = 0; !status && i < piece->tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(piece->tree->entries, i, go_tree_entry);
        status = write_header(w, directory, entry);
        if (!status && !entry->is_directory) status = write_contents(w, entry);
    }
    return status;
}

static const char *const format_names[] = {[GO_ARCHIVE_ZIP] = "zip",
                                           [GO_ARCHIVE_TAR_GZ] = "tar.gz",
                                           [GO_ARCHIVE_TAR] = "tar",
                                           [GO_ARCHIVE_TAR_XZ] = "tar.xz"};

const char *go_archive_format_name(go_archive_format format) {
    return format_names[format];
}

go_archive_format go_archive_format_of(const char *filename) {
    static const struct {
        const char *ending;
        go_archive_format format;
    } endings[] = {{"zip", GO_ARCHIVE_ZIP},        {".tar.xz", GO_ARCHIVE_TAR_XZ},
                   {".txz", GO_ARCHIVE_TAR_XZ},    {".tar", GO_ARCHIVE_TAR},
                   {"tar.xz", GO_ARCHIVE_TAR_XZ},  {"tar.gz", GO_ARCHIVE_TAR_GZ},
                   {".tgz", GO_ARCHIVE_TAR_GZ},    {".tar.bz2", GO_ARCHIVE_TAR_XZ},
                   {".tar.zst", GO_ARCHIVE_TAR_XZ}};
    apr_size_t length = strlen(filename);
    if (strcasecmp(filename, "tar") == 0) return GO_ARCHIVE_TAR;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        apr_size_t n = strlen(endings[i].ending);
        if (length >= n && strcasecmp(filename + length - n, endings[i].ending) == 0)
            return endings[i].format;
    }
    return GO_ARCHIVE_ZIP;
}

static int choose_format(struct archive *archive, go_archive_format format) {
    if (format == GO_ARCHIVE_ZIP) return archive_write_set_format_zip(archive);
    if (archive_write_set_format_pax_restricted(archive)) return ARCHIVE_FATAL;
    if (format == GO_ARCHIVE_TAR) return ARCHIVE_OK;
    if (format == GO_ARCHIVE_TAR_XZ) return archive_write_add_filter_xz(archive);
    if (archive_write_add_filter_gzip(archive)) return ARCHIVE_FATAL;
    return archive_write_set_filter_option(archive, "gzip", "timestamp", NULL);
}

/* Each piece has a pool of its own, for what the source makes and for the texts of its headers. */
static apr_status_t write_pieces(writing *w, go_archive_source source, void *source_baton,
                                 go_archive_format format, apr_pool_t *pool) {
    apr_status_t status = APR_SUCCESS;
    archive_write_set_bytes_in_last_block(w->archive, 1);
    if (choose_format(w->archive, format) != ARCHIVE_OK) return failed(w);
    if (archive_write_open(w->archive, w, NULL, pass_on, NULL) != ARCHIVE_OK) return failed(w);
    if (apr_pool_create(&w->scratch, pool) != APR_SUCCESS) return failed(w);
    for (;;) {
        go_archive_piece piece = {0};
        status = source(source_baton, &piece, w->scratch, w->err);
        if (!status && piece.tree) status = write_piece(w, &piece);
        if (status || !piece.tree) break;
        apr_pool_clear(w->scratch);
    }
    if (status) return status;
    int r = archive_write_close(w->archive);
    return r == ARCHIVE_OK && !w->sink_status ? APR_SUCCESS : failed(w);
}

apr_status_t go_archive_write_pieces(go_archive_source source, void *source_baton,
                                     go_archive_format format, go_archive_sink sink, void *baton,
                                     apr_pool_t *pool, go_error *err) {
    writing w = {.sink = sink, .baton = baton, .err = err};
    go_archive_locale locale = {0};
    apr_pool_t *own;
    apr_status_t status = apr_pool_create(&own, pool);
    if (status) return go_error_system(err, status, NULL, "The archive could not be made");
    w.scratch = own;
    w.chunk = apr_palloc(own, CHUNK);
    status = go_archive_locale_enter(&locale, err);
    if (!status) {
        w.archive = archive_write_new();
        status = w.archive
                     ? write_pieces(&w, source, source_baton, format, own)
                     : go_error_system(err, APR_ENOMEM, NULL, "The archive could not be made");
        /* Freeing finishes what was begun: after a failure nobody gets that any more. */
        if (status) w.sink_status = status;
        archive_write_free(w.archive);
        go_archive_locale_leave(&locale);
    }
    apr_pool_destroy(own);
    return status;
}

/* One tree, then no more. */
static apr_status_t one_tree(void *baton, go_archive_piece *piece, apr_pool_t *pool,
                             go_error *err) {
    const go_tree **tree = baton;
    (void)pool, (void)err;
    piece->tree = *tree;
    *tree = NULL;
    return APR_SUCCESS;
}

apr_status_t go_archive_write(const go_tree *tree, go_archive_format format, go_archive_sink sink,
                              void *baton, apr_pool_t *pool, go_error *err) {
    return go_archive_write_pieces(one_tree, &tree, format, sink, baton, pool, err);
}

static apr_status_t write_to_file(void *baton, const void *data, apr_size_t length) {
    const char *bytes = data;
    while (length) {
        ssize_t n = write(*(int *)baton, bytes, length);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        bytes += n;
        length -= (apr_size_t)n;
    }
    return APR_SUCCESS;
}

apr_status_t go_archive_write_file(const go_tree *tree, go_archive_format format, const char *path,
                                   apr_pool_t *pool, go_error *err) {
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return go_error_system(err, errno, NULL, "The archive \"%s\" cannot be made", path);
    apr_status_t status = go_archive_write(tree, format, write_to_file, &file, pool, err);
    if (close(file) && !status)
        status = go_error_system(err, errno, NULL, "The archive \"%s\" cannot be written", path);
    if (status) unlink(path);
    return status;
}
