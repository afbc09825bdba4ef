#include "model/archive.h"

#include "model/archive_private.h"
#include "model/text.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <archive.h>
#include <archive_entry.h>
#include <sodium.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK            65536
#define RATIO_FREE_BYTES (1024 * 1024) /* so much may come out before the ratio is looked at */
/* What a tar may spend on headers and padding for one entry; real ones need 512 to 3072 bytes. */
#define HEADER_BYTES_MAX 4096

typedef struct unpacking {
    struct archive *archive;
    const go_archive_limits *limits;
    const char *directory;
    go_tree *tree;
    apr_hash_t *known; /* every directory named or implied so far, for the count */
    apr_off_t packed;  /* size of the archive itself */
    apr_off_t bytes;   /* unpacked so far */
    int entries, files;
    char *chunk;
    apr_pool_t *scratch;
    go_error *err;
} unpacking;

apr_status_t go_archive_locale_enter(go_archive_locale *saved, go_error *err) {
    saved->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (saved->utf8 == (locale_t)0)
        return go_error_system(err, errno, NULL, "This system has no C.UTF-8 locale");
    saved->before = uselocale(saved->utf8);
    return APR_SUCCESS;
}

void go_archive_locale_leave(go_archive_locale *saved) {
    uselocale(saved->before);
    freelocale(saved->utf8);
}

int go_archive_is(const char *filename) {
    static const char *const endings[] = {".zip",    ".tar", ".tar.gz",  ".tgz",
                                          ".tar.xz", ".txz", ".tar.bz2", ".tar.zst"};
    size_t length = strlen(filename);
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t n = strlen(endings[i]);
        if (length > n && !strcasecmp(filename + length - n, endings[i])) return 1;
    }
    return 0;
}

static apr_status_t refuse(unpacking *u, const char *name, const char *rule) {
    return go_error_set(u->err, GO_EINVALID, "Make the archive again without it.",
                        "\"%s\" in the archive %s.",
                        go_text_printable(u->scratch, name, strlen(name)), rule);
}

/* libarchive could not go on: a broken archive, or none. */
static apr_status_t broken(unpacking *u) {
    const char *why = archive_error_string(u->archive);
    if (!why) why = "unknown format";
    return go_error_set(
        u->err, GO_EINVALID, "Make it again as .zip or .tar.gz, or upload the files themselves.",
        "The archive cannot be unpacked: %s.", go_text_printable(u->scratch, why, strlen(why)));
}

static apr_status_t too_many(unpacking *u) {
    return go_error_set(u->err, GO_ETOOBIG, NULL,
                        "The archive holds more than %d files and directories.",
                        u->limits->max_entries);
}

/* Counts bytes that were really unpacked against both limits. */
static apr_status_t count_bytes(unpacking *u, apr_off_t more) {
    u->bytes += more;
    if (u->bytes > u->limits->max_bytes)
        return go_error_set(u->err, GO_ETOOBIG, NULL,
                            "The archive unpacks to more than %" APR_OFF_T_FMT " bytes.",
                            u->limits->max_bytes);
    if (u->limits->max_ratio && u->bytes > RATIO_FREE_BYTES &&
        u->bytes / u->limits->max_ratio > u->packed)
        return go_error_set(u->err, GO_ETOOBIG, "Upload the files themselves.",
                            "The archive unpacks to more than %d times its own size.",
                            u->limits->max_ratio);
    return APR_SUCCESS;
}

/*
 * Headers are no file contents, but unpacking them takes time as well: a tar may carry a megabyte
 * of attributes with each of its names.
 */
static apr_status_t count_headers(unpacking *u) {
    apr_off_t allowed = u->limits->max_bytes + RATIO_FREE_BYTES +
                        (apr_off_t)u->limits->max_entries * HEADER_BYTES_MAX;
    if (archive_filter_bytes(u->archive, 0) <= allowed) return APR_SUCCESS;
    return go_error_set(u->err, GO_ETOOBIG, "Upload the files themselves.",
                        "The archive unpacks to far more than the files in it.");
}

static apr_status_t count_entry(unpacking *u) {
    return ++u->entries > u->limits->max_entries ? too_many(u) : APR_SUCCESS;
}

/* Counts the directories that `path` implies, and itself if it is one, each of them once. */
static apr_status_t count_directories(unpacking *u, const char *path, int is_directory) {
    apr_size_t length = strlen(path);
    for (apr_size_t i = 1; i <= length; i++) {
        if (i < length ? path[i] != '/' : !is_directory) continue;
        if (apr_hash_get(u->known, path, (apr_ssize_t)i)) continue;
        apr_status_t status = count_entry(u);
        if (status) return status;
        apr_hash_set(u->known, apr_pstrmemdup(u->scratch, path, i), (apr_ssize_t)i, "");
    }
    return APR_SUCCESS;
}

/* "./a/b/" is "a/b"; the archive's own root is "". */
static const char *normal_name(unpacking *u, const char *name) {
    while (name[0] == '.' && name[1] == '/') {
        name += 2;
        while (*name == '/')
            name++;
    }
    apr_size_t length = strlen(name);
    while (length > 1 && name[length - 1] == '/')
        length--;
    if (length == 1 && name[0] == '.') length = 0;
    return apr_pstrmemdup(u->scratch, name, length);
}

/* What macOS adds to every archive without being asked. */
static int is_litter(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!strcmp(slash ? slash + 1 : path, ".DS_Store")) return 1;
    return !strncmp(path, "__MACOSX", 8) && (path[8] == '/' || !path[8]);
}

/* Why this entry may not be in a tree, or NULL. Paths are checked elsewhere. */
static const char *bad_kind(struct archive_entry *entry) {
    /* A hard link in a tar has no file type at all. */
    if (archive_entry_hardlink(entry)) return "is a hard link";
    if (archive_entry_is_encrypted(entry)) return "is encrypted";
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
    case AE_IFDIR:
        return NULL;
    case AE_IFLNK:
        return "is a symbolic link";
    case AE_IFIFO:
        return "is a FIFO";
    case AE_IFSOCK:
        return "is a socket";
    case AE_IFCHR:
    case AE_IFBLK:
        return "is a device";
    default:
        return "is neither a file nor a directory";
    }
}

static apr_status_t write_all(unpacking *u, int file, const char *bytes, size_t length) {
    while (length) {
        ssize_t n = write(file, bytes, length);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return go_error_system(u->err, errno, NULL, "An unpacked file cannot be written");
        bytes += n;
        length -= (size_t)n;
    }
    return APR_SUCCESS;
}

/* The contents of the current entry, into `file` (-1: nowhere), counted and hashed. */
static apr_status_t read_contents(unpacking *u, int file, apr_off_t *size,
                                  unsigned char hash[crypto_hash_sha256_BYTES]) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    *size = 0;
    for (;;) {
        la_ssize_t n = archive_read_data(u->archive, u->chunk, CHUNK);
        if (n < 0) return broken(u);
        if (n == 0) break;
        apr_status_t status = count_bytes(u, n);
        if (!status && file >= 0) status = write_all(u, file, u->chunk, (size_t)n);
        if (status) return status;
        crypto_hash_sha256_update(&state, (const unsigned char *)u->chunk, (unsigned long long)n);
        *size += n;
    }
    crypto_hash_sha256_final(&state, hash);
    return APR_SUCCESS;
}

static apr_status_t unpack_file(unpacking *u, go_tree_entry *entry) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[crypto_hash_sha256_BYTES * 2 + 1];
    entry->file = apr_psprintf(u->scratch, "%s/%06d", u->directory, ++u->files);
    int file = open(entry->file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return go_error_system(u->err, errno, NULL, "An unpacked file cannot be made");
    apr_status_t status = read_contents(u, file, &entry->size, hash);
    if (close(file) && !status)
        status = go_error_system(u->err, errno, NULL, "An unpacked file cannot be written");
    if (status) return status;
    entry->object = sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    return go_tree_add(u->tree, entry, u->err);
}

static apr_status_t unpack_entry(unpacking *u, struct archive_entry *header) {
    const char *name = archive_entry_pathname(header);
    if (!name) return refuse(u, "(no name)", "has a name that cannot be read as UTF-8");
    const char *path = normal_name(u, name);
    if (is_litter(path)) {
        unsigned char unused_hash[crypto_hash_sha256_BYTES];
        apr_off_t unused_size;
        apr_status_t status = count_entry(u);
        return status ? status : read_contents(u, -1, &unused_size, unused_hash);
    }
    const char *rule = bad_kind(header);
    if (rule) return refuse(u, name, rule);
    go_tree_entry entry = {.path = path,
                           .is_directory = archive_entry_filetype(header) == AE_IFDIR};
    if (!*path && entry.is_directory) return APR_SUCCESS;

    apr_status_t status = go_tree_path_check(path, strlen(path), u->err);
    if (!status) status = count_directories(u, path, entry.is_directory);
    if (status) return status;
    if (entry.is_directory) return go_tree_add(u->tree, &entry, u->err);
    status = count_entry(u);
    if (status) return status;
    entry.is_executable = (archive_entry_perm(header) & 0111) != 0;
    return unpack_file(u, &entry);
}

static apr_status_t unpack_all(unpacking *u) {
    for (;;) {
        struct archive_entry *header;
        int r = archive_read_next_header(u->archive, &header);
        if (r == ARCHIVE_EOF) break;
        if (r != ARCHIVE_OK && r != ARCHIVE_WARN) return broken(u);
        /* Compression inside compression: gigabytes could pass between the layers unseen. */
        if (archive_filter_count(u->archive) > 2)
            return go_error_set(u->err, GO_EINVALID, "Make it again as .zip or .tar.gz.",
                                "The archive is compressed more than once.");
        const char *name = archive_entry_pathname(header);
        if (r == ARCHIVE_WARN)
            return refuse(u, name ? name : "(no name)", "is damaged, or its name is not UTF-8");
        apr_status_t status = count_headers(u);
        if (!status) status = unpack_entry(u, header);
        if (status) return status;
    }
    if (!u->files) return go_error_set(u->err, GO_EINVALID, NULL, "The archive holds no files.");
    return go_tree_finish(u->tree, u->err);
}

static apr_status_t open_and_unpack(unpacking *u, const char *archive_path) {
    struct stat info;
    if (stat(archive_path, &info))
        return go_error_system(u->err, errno, NULL, "The archive cannot be read");
    u->packed = info.st_size;
    u->archive = archive_read_new();
    if (!u->archive) return go_error_system(u->err, APR_ENOMEM, NULL, "The archive cannot be read");
    archive_read_support_format_zip(u->archive);
    archive_read_support_format_tar(u->archive);
    archive_read_support_filter_gzip(u->archive);
    archive_read_support_filter_bzip2(u->archive);
    archive_read_support_filter_xz(u->archive);
    archive_read_support_filter_zstd(u->archive);
    apr_status_t status = archive_read_open_filename(u->archive, archive_path, CHUNK) == ARCHIVE_OK
                              ? unpack_all(u)
                              : broken(u);
    archive_read_free(u->archive);
    return status;
}

apr_status_t go_archive_unpack(go_tree **tree, const char *archive_path, const char *directory,
                               const go_archive_limits *limits, apr_pool_t *pool, go_error *err) {
    go_archive_locale locale = {0};
    unpacking u = {.limits = limits, .directory = directory, .err = err};
    *tree = NULL;
    apr_status_t status = apr_pool_create(&u.scratch, pool);
    if (status) return go_error_system(err, status, NULL, "The archive cannot be unpacked");
    u.tree = go_tree_make(pool);
    u.known = apr_hash_make(u.scratch);
    u.chunk = apr_palloc(u.scratch, CHUNK);
    status = go_archive_locale_enter(&locale, err);
    if (!status) {
        status = open_and_unpack(&u, archive_path);
        go_archive_locale_leave(&locale);
    }
    apr_pool_destroy(u.scratch);
    if (!status) *tree = u.tree;
    return status;
}
