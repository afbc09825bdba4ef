/*
 * Archives: what a person uploads as one file becomes a tree, and a tree becomes one file again.
 *
 * An uploaded archive is hostile until proved otherwise. Its names never become paths of this host:
 * each file is written under a counter ("000001") into a directory of the caller, with mode 0600,
 * and only the tree remembers what it was called. Regular files and directories are taken; links of
 * both kinds, devices, FIFOs, sockets, encrypted entries and names that go_tree_path_check()
 * refuses are not, and one of them refuses the whole archive. Bytes are counted as they are
 * written, never believed from a header, so a bomb stops at the limit. One layer of compression is
 * undone, no more. What macOS adds unasked ("__MACOSX/", ".DS_Store", "._name" files below the
 * former) is left out.
 *
 * libarchive does the formats. It needs a UTF-8 locale for names; both directions set one for the
 * calling thread only and put the old one back, so they may be called from any httpd worker.
 */
#ifndef GO_MODEL_ARCHIVE_H
#define GO_MODEL_ARCHIVE_H

#include "model/tree.h"

typedef struct go_archive_limits {
    apr_off_t max_bytes; /* sum of all unpacked files */
    int max_entries;     /* files and directories, those only implied by a path included */
    int max_ratio;       /* unpacked : packed, looked at beyond the first MiB; 0: no such limit */
} go_archive_limits;

/* Does this file name end like an archive we unpack: .zip .tar .tar.gz .tgz .tar.xz .txz .tar.bz2
 * .tar.zst, in any letter case? */
int go_archive_is(const char *filename);

/*
 * Unpacks the file `archive_path` into `directory`, which exists, is the caller's alone, and holds
 * nothing named by a number. The tree is finished, lives in `pool`, and every file entry has size,
 * executable bit, object (SHA-256 of its bytes) and file (its path in `directory`). Files are not
 * fsync'ed. On failure what was written so far stays in `directory`: the caller removes that
 * anyway.
 *
 * GO_EINVALID: not an archive, or it holds what a tree may not; names the entry and the rule.
 * GO_ETOOBIG: over a limit. Anything else: this host's fault (disk full).
 */
apr_status_t go_archive_unpack(go_tree **tree, const char *archive_path, const char *directory,
                               const go_archive_limits *limits, apr_pool_t *pool, go_error *err);

typedef enum go_archive_format {
    GO_ARCHIVE_ZIP,
    GO_ARCHIVE_TAR_GZ,
    GO_ARCHIVE_TAR,
    GO_ARCHIVE_TAR_XZ,
} go_archive_format;

/* "zip", "tar.gz", "tar", "tar.xz": what such a file's name ends in. */
const char *go_archive_format_name(go_archive_format format);
/* The format of that name, or of a file called like this: the nearest that we write, else zip. */
go_archive_format go_archive_format_of(const char *filename);

/* Takes the next bytes of an archive; anything but APR_SUCCESS ends the writing with that status.
 */
typedef apr_status_t (*go_archive_sink)(void *baton, const void *data, apr_size_t length);

/*
 * Writes a finished tree, whose file entries all have `file` and `size`, as an archive into `sink`.
 * The same tree gives the same bytes: times are fixed, owners are left out, order is the tree's.
 * A file that is no longer as long as its entry says is an error (GO_EINTERNAL).
 */
apr_status_t go_archive_write(const go_tree *tree, go_archive_format format, go_archive_sink sink,
                              void *baton, apr_pool_t *pool, go_error *err);

/* One piece of an archive that is made piece by piece. */
typedef struct go_archive_piece {
    const char *directory; /* what stands before the tree's paths: "a/b/" */
    const go_tree *tree;
    const char *note, *note_path; /* a text of our own beside it, and its whole path; or NULL */
    apr_size_t note_length;       /* of `note`, when it is no text but bytes; 0: it ends in NUL */
} go_archive_piece;

/* Fills the next piece, from `pool`, which is cleared after it is written; leaves it empty (no
 * tree) after the last. */
typedef apr_status_t (*go_archive_source)(void *baton, go_archive_piece *piece, apr_pool_t *pool,
                                          go_error *err);

/* The same for as many trees as `source` gives, one in memory at a time. */
apr_status_t go_archive_write_pieces(go_archive_source source, void *source_baton,
                                     go_archive_format format, go_archive_sink sink, void *baton,
                                     apr_pool_t *pool, go_error *err);

/* The same into a new file (mode 0600; it must not exist). It is removed again on failure. */
apr_status_t go_archive_write_file(const go_tree *tree, go_archive_format format, const char *path,
                                   apr_pool_t *pool, go_error *err);

#endif
