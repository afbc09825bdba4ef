#include "unit/unit.h"

#include "model/archive.h"
#include "model/archive_private.h"
#include "model/buffer.h"

#include <apr_strings.h>
#include <archive.h>
#include <archive_entry.h>
#include <sodium.h>

#include <dirent.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const go_archive_limits roomy = {
    .max_bytes = 20 * 1024 * 1024, .max_entries = 100, .max_ratio = 0};

/* What goes into an archive made for a test; all but the name may be left out. */
typedef struct item {
    const char *name;
    const char *contents;
    mode_t mode;
    unsigned type;
    const char *symlink, *hardlink;
} item;

/* An archive that is being made; its directory also gets what is unpacked. */
typedef struct fixture {
    const char *path, *out;
    struct archive *archive;
} fixture;

enum { ZIP, TAR, TAR_GZ };

static fixture begin(int format) {
    go_archive_locale locale;
    const char *root = unit_directory();
    fixture f = {.path = unit_path(root, "upload"), .out = unit_path(root, "out")};
    ck_assert_int_eq(mkdir(f.out, 0700), 0);
    f.archive = archive_write_new();
    if (format == ZIP)
        archive_write_set_format_zip(f.archive);
    else
        archive_write_set_format_gnutar(f.archive);
    if (format == TAR_GZ) archive_write_add_filter_gzip(f.archive);
    /* Names go into a tar as they are given; into a zip with the mark that they are UTF-8. */
    go_archive_locale_enter(&locale, &unit_error);
    if (format == ZIP) archive_write_set_options(f.archive, "hdrcharset=UTF-8");
    go_archive_locale_leave(&locale);
    ck_assert_int_eq(archive_write_open_filename(f.archive, f.path), ARCHIVE_OK);
    return f;
}

static void put_bytes(fixture *f, const item *it, const char *bytes, size_t length) {
    go_archive_locale locale;
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, it->name);
    archive_entry_set_filetype(entry, it->type ? it->type : AE_IFREG);
    archive_entry_set_perm(entry, it->mode ? it->mode : 0644);
    archive_entry_set_size(entry, (la_int64_t)length);
    if (it->symlink) archive_entry_set_symlink(entry, it->symlink);
    if (it->hardlink) archive_entry_set_hardlink(entry, it->hardlink);
    go_archive_locale_enter(&locale, &unit_error);
    ck_assert_int_ge(archive_write_header(f->archive, entry), ARCHIVE_WARN);
    go_archive_locale_leave(&locale);
    if (length) archive_write_data(f->archive, bytes, length);
    archive_entry_free(entry);
}

static void put(fixture *f, item it) {
    put_bytes(f, &it, it.contents, it.contents ? strlen(it.contents) : 0);
}

static apr_status_t unpack_within(fixture *f, const go_archive_limits *limits, go_tree **tree) {
    if (f->archive) archive_write_free(f->archive);
    f->archive = NULL;
    return go_archive_unpack(tree, f->path, f->out, limits, unit_pool, &unit_error);
}

static apr_status_t unpack(fixture *f, go_tree **tree) {
    return unpack_within(f, &roomy, tree);
}

static const char *listing(const go_tree *tree) {
    const char *all = "";
    for (int i = 0; i < tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        all = apr_pstrcat(unit_pool, all, entry->path,
                          entry->is_directory    ? "/ "
                          : entry->is_executable ? "* "
                                                 : " ",
                          NULL);
    }
    return all;
}

START_TEST(archives_are_told_by_their_suffix) {
    static const char *const yes[] = {"a.zip",    "A.ZIP", "a.tar",     "a.b.tar.gz", "a.tgz",
                                      "a.tar.xz", "a.txz", "a.tar.bz2", "a.tar.zst"};
    static const char *const no[] = {".zip",  "zip",  "a.gz",   "a.zip.txt",
                                     "a.jar", "a.7z", "tar.xz", ""};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        ck_assert_msg(go_archive_is(yes[i]), "%s", yes[i]);
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        ck_assert_msg(!go_archive_is(no[i]), "%s", no[i]);
}
END_TEST

START_TEST(an_archive_becomes_a_tree) {
    fixture f = begin(_i);
    go_tree *tree;
    struct stat info;
    put(&f, (item){.name = "./", .type = AE_IFDIR, .mode = 0755});
    put(&f, (item){.name = "./src/", .type = AE_IFDIR, .mode = 0755});
    put(&f, (item){.name = "./src/run", .contents = "#!/bin/sh\n", .mode = 04755});
    put(&f, (item){.name = "notes/deep/a.txt", .contents = "abc"});
    put(&f, (item){.name = "empty"});
    put(&f, (item){.name = "Gr\xC3\xBC\xC3\x9F\x65.c", .contents = "1"});
    ck_assert_ok(unpack(&f, &tree));
    ck_assert_str_eq(
        listing(tree),
        "Gr\xC3\xBC\xC3\x9F\x65.c empty notes/ notes/deep/ notes/deep/a.txt src/ src/run* ");
    const go_tree_entry *a = go_tree_find(tree, "notes/deep/a.txt");
    ck_assert_int_eq(a->size, 3);
    ck_assert_str_eq(a->object, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ck_assert_str_eq(unit_read(a->file, NULL), "abc");
    ck_assert_int_eq(stat(a->file, &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0600);
    ck_assert_int_eq(strncmp(strrchr(a->file, '/'), "/00000", 6), 0);
    ck_assert_int_eq(stat(go_tree_find(tree, "src/run")->file, &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0600);
}
END_TEST

START_TEST(what_macos_adds_is_left_out) {
    fixture f = begin(ZIP);
    go_tree *tree;
    put(&f, (item){.name = "a.c", .contents = "1"});
    put(&f, (item){.name = "__MACOSX/._a.c", .contents = "junk"});
    put(&f, (item){.name = ".DS_Store", .contents = "junk"});
    put(&f, (item){.name = "src/.DS_Store", .contents = "junk"});
    put(&f, (item){.name = "src/b.c", .contents = "2"});
    ck_assert_ok(unpack(&f, &tree));
    ck_assert_str_eq(listing(tree), "a.c src/ src/b.c ");
}
END_TEST

static const struct hostile {
    item it;
    int formats; /* bit set: which formats can say this */
    const char *says;
} hostile[] = {
    {{.name = "../../etc/cron.d/x", .contents = "x"}, 7, "part \"..\""},
    {{.name = "a/../../x", .contents = "x"}, 7, "part \"..\""},
    {{.name = "/etc/passwd", .contents = "x"}, 7, "is absolute"},
    {{.name = "a\nb", .contents = "x"}, 7, "a\\x0Ab\" holds a control character"},
    {{.name = "a\\..\\b/c", .contents = "x"}, 6, "backslash"},
    {{.name = "bad\xFFname", .contents = "x"}, 6, "bad\\xFFname"},
    {{.name = "a\xE2\x80\xAE.c", .contents = "x"}, 7, "reverses text"},
    {{.name = "link", .type = AE_IFLNK, .symlink = "/etc/shadow"},
     7,
     "link\" in the archive is a symbolic link"},
    {{.name = "hard", .hardlink = "good"}, 6, "hard\" in the archive is a hard link"},
    {{.name = "null", .type = AE_IFCHR}, 6, "is a device"},
    {{.name = "disk", .type = AE_IFBLK}, 6, "is a device"},
    {{.name = "pipe", .type = AE_IFIFO}, 6, "is a FIFO"},
    {{.name = "good", .contents = "y"}, 7, "stands there twice"},
    {{.name = "GOOD", .contents = "y"}, 7, "differ only in letter case"},
    {{.name = "good/below", .contents = "y"}, 7, "both a file and a directory"},
    {{.name = "a//b", .contents = "y"}, 7, "empty part"},
};
#define HOSTILE ((int)(sizeof(hostile) / sizeof(hostile[0])))

START_TEST(a_hostile_entry_refuses_the_archive) {
    const struct hostile *h = &hostile[_i / 3];
    if (!(h->formats & 1 << (_i % 3))) return;
    fixture f = begin(_i % 3);
    go_tree *tree;
    put(&f, (item){.name = "good", .contents = "x"});
    put(&f, h->it);
    ck_assert_fails(unpack(&f, &tree), GO_EINVALID, h->says);
    ck_assert_ptr_null(tree);
}
END_TEST

/* Every name in the directory that gets the files is a number. */
START_TEST(a_hostile_name_never_becomes_a_path_of_the_host) {
    fixture f = begin(TAR);
    go_tree *tree;
    put(&f, (item){.name = "fine", .contents = "x"});
    put(&f, (item){.name = "../escaped", .contents = "x"});
    ck_assert_int_eq(unpack(&f, &tree), GO_EINVALID);
    ck_assert_int_ne(access(unit_path(f.out, "../escaped"), F_OK), 0);
    DIR *directory = opendir(f.out);
    for (const struct dirent *d; (d = readdir(directory));)
        ck_assert_msg(d->d_name[0] == '.' || strspn(d->d_name, "0123456789") == strlen(d->d_name),
                      "%s", d->d_name);
    closedir(directory);
}
END_TEST

START_TEST(names_are_read_in_the_c_locale_and_the_locale_is_left_alone) {
    fixture f = begin(ZIP);
    go_tree *tree;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = uselocale(c);
    put(&f, (item){.name = "\xE5\xAD\xA6\xE7\x94\x9F.c", .contents = "x"});
    ck_assert_ok(unpack(&f, &tree));
    ck_assert_str_eq(listing(tree), "\xE5\xAD\xA6\xE7\x94\x9F.c ");
    ck_assert(uselocale((locale_t)0) == c);
    uselocale(before);
    freelocale(c);
}
END_TEST

START_TEST(a_bomb_stops_at_the_byte_limit) {
    fixture f = begin(_i);
    go_tree *tree;
    char *zeros = apr_pcalloc(unit_pool, 3000000);
    for (int i = 0; i < 10; i++)
        put_bytes(&f, &(item){.name = apr_itoa(unit_pool, i)}, zeros, 3000000);
    ck_assert_fails(unpack(&f, &tree), GO_ETOOBIG, "more than 20971520 bytes");
    ck_assert_int_ne(access(unit_path(f.out, "000009"), F_OK), 0);
}
END_TEST

START_TEST(a_bomb_hidden_in_macos_litter_counts_too) {
    fixture f = begin(ZIP);
    go_tree *tree;
    char *zeros = apr_pcalloc(unit_pool, 3000000);
    put(&f, (item){.name = "a", .contents = "1"});
    for (int i = 0; i < 10; i++)
        put_bytes(&f, &(item){.name = apr_psprintf(unit_pool, "__MACOSX/%d", i)}, zeros, 3000000);
    ck_assert_fails(unpack(&f, &tree), GO_ETOOBIG, "more than 20971520 bytes");
}
END_TEST

START_TEST(a_bomb_stops_at_the_ratio) {
    fixture f = begin(ZIP);
    go_tree *tree;
    char *zeros = apr_pcalloc(unit_pool, 5000000);
    put_bytes(&f, &(item){.name = "zeros"}, zeros, 5000000);
    go_archive_limits strict = roomy;
    strict.max_ratio = 200;
    ck_assert_fails(unpack_within(&f, &strict, &tree), GO_ETOOBIG, "more than 200 times");
}
END_TEST

START_TEST(ordinary_code_is_within_the_ratio_of_a_small_archive) {
    fixture f = begin(TAR_GZ);
    go_tree *tree;
    char *zeros = apr_pcalloc(unit_pool, 500000);
    put_bytes(&f, &(item){.name = "table.txt"}, zeros, 500000);
    go_archive_limits strict = roomy;
    strict.max_ratio = 20;
    ck_assert_ok(unpack_within(&f, &strict, &tree));
}
END_TEST

START_TEST(too_many_entries_are_refused) {
    fixture f = begin(TAR_GZ);
    go_tree *tree;
    for (int i = 0; i <= roomy.max_entries; i++)
        put(&f, (item){.name = apr_itoa(unit_pool, i)});
    ck_assert_fails(unpack(&f, &tree), GO_ETOOBIG, "more than 100 files");
}
END_TEST

START_TEST(directories_that_a_path_only_implies_count_as_entries) {
    fixture f = begin(TAR_GZ);
    go_tree *tree;
    for (int i = 0; i < 30; i++)
        put(&f, (item){.name = apr_psprintf(unit_pool, "%d/b/c/d/e", i)});
    ck_assert_fails(unpack(&f, &tree), GO_ETOOBIG, "more than 100 files");
}
END_TEST

START_TEST(a_path_that_is_too_deep_is_refused) {
    fixture f = begin(TAR);
    go_tree *tree;
    const char *deep = "d";
    for (int i = 0; i < GO_TREE_DEPTH_MAX; i++)
        deep = apr_pstrcat(unit_pool, deep, "/d", NULL);
    put(&f, (item){.name = deep, .contents = "x"});
    ck_assert_fails(unpack(&f, &tree), GO_EINVALID, "more than 32 parts");
}
END_TEST

static void write_upload(fixture *f, const char *bytes, apr_size_t length) {
    archive_write_free(f->archive);
    f->archive = NULL;
    unit_write(f->path, bytes, length);
}

START_TEST(junk_and_an_empty_file_are_no_archives) {
    fixture f = begin(ZIP);
    go_tree *tree;
    write_upload(&f, "int main(void) { return 0; }\n", 29);
    ck_assert_fails(unpack(&f, &tree), GO_EINVALID, "cannot be unpacked");
    unit_write(f.path, "", 0);
    ck_assert_fails(unpack(&f, &tree), GO_EINVALID, "cannot be unpacked");
    f.path = unit_path(f.out, "none");
    ck_assert_fails(unpack(&f, &tree), APR_ENOENT, "cannot be read");
}
END_TEST

START_TEST(formats_that_are_not_offered_are_refused) {
    fixture f = begin(ZIP);
    go_tree *tree;
    const char cpio[] =
        "070703000000000000100644000000000000000001000000000000000000000000200000000000a";
    write_upload(&f, cpio, sizeof(cpio));
    ck_assert_fails(unpack(&f, &tree), GO_EINVALID, "cannot be unpacked");
}
END_TEST

START_TEST(an_archive_without_files_is_refused) {
    fixture f = begin(_i);
    go_tree *tree;
    put(&f, (item){.name = "only/", .type = AE_IFDIR, .mode = 0755});
    ck_assert_fails(unpack(&f, &tree), GO_EINVALID, "holds no files");
}
END_TEST

/* Bytes that do not compress. */
static const char *noise(apr_size_t length) {
    unsigned char seed[randombytes_SEEDBYTES] = "noise";
    char *bytes = apr_palloc(unit_pool, length);
    randombytes_buf_deterministic(bytes, length, seed);
    return bytes;
}

START_TEST(an_archive_cut_anywhere_never_gives_a_wrong_tree) {
    fixture f = begin(_i);
    go_tree *tree;
    apr_size_t length;
    put_bytes(&f, &(item){.name = "first"}, noise(3000), 3000);
    put_bytes(&f, &(item){.name = "second"}, noise(3000), 3000);
    ck_assert_ok(unpack(&f, &tree));
    const char *whole = unit_read(f.path, &length);
    for (apr_size_t cut = 0; cut < length; cut += 97) {
        const char *again = unit_directory();
        unit_write(f.path, whole, cut);
        apr_status_t status =
            go_archive_unpack(&tree, f.path, again, &roomy, unit_pool, &unit_error);
        ck_assert(status == GO_EINVALID || status == APR_SUCCESS);
        for (int i = 0; status == APR_SUCCESS && i < tree->entries->nelts; i++)
            ck_assert_int_eq(APR_ARRAY_IDX(tree->entries, i, go_tree_entry).size, 3000);
    }
}
END_TEST

START_TEST(flipped_bits_in_a_zip_are_noticed_or_harmless) {
    fixture f = begin(ZIP);
    go_tree *tree;
    apr_size_t length;
    put_bytes(&f, &(item){.name = "first"}, noise(500), 500);
    ck_assert_ok(unpack(&f, &tree));
    const char *object = go_tree_find(tree, "first")->object;
    const char *whole = unit_read(f.path, &length);
    for (apr_size_t at = 0; at < length; at++) {
        char *bytes = apr_pmemdup(unit_pool, whole, length);
        bytes[at] = (char)(bytes[at] ^ 1 << (at % 8));
        unit_write(f.path, bytes, length);
        const char *again = apr_psprintf(unit_pool, "%s/%d", f.out, (int)at);
        ck_assert_int_eq(mkdir(again, 0700), 0);
        if (go_archive_unpack(&tree, f.path, again, &roomy, unit_pool, &unit_error)) continue;
        for (int i = 0; i < tree->entries->nelts; i++) {
            const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
            if (entry->object && entry->size == 500) ck_assert_str_eq(entry->object, object);
        }
    }
}
END_TEST

START_TEST(compression_inside_compression_is_refused) {
    fixture f = begin(TAR_GZ);
    go_tree *tree;
    archive_write_free(f.archive);
    f.archive = archive_write_new();
    archive_write_set_format_gnutar(f.archive);
    archive_write_add_filter_gzip(f.archive);
    archive_write_add_filter_gzip(f.archive);
    archive_write_open_filename(f.archive, f.path);
    put(&f, (item){.name = "a", .contents = "x"});
    ck_assert_fails(unpack(&f, &tree), GO_EINVALID, "compressed more than once");
}
END_TEST

/* A tar whose headers alone are gigabytes: long attributes with tiny files. */
START_TEST(a_flood_of_attributes_is_refused) {
    fixture f = begin(TAR_GZ);
    go_tree *tree;
    archive_write_free(f.archive);
    f.archive = archive_write_new();
    archive_write_set_format_pax(f.archive);
    archive_write_add_filter_gzip(f.archive);
    archive_write_open_filename(f.archive, f.path);
    char *blank = apr_pcalloc(unit_pool, 300000);
    for (int i = 0; i < 60; i++) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, apr_itoa(unit_pool, i));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, 0);
        archive_entry_xattr_add_entry(entry, "user.big", blank, 300000);
        archive_write_header(f.archive, entry);
        archive_entry_free(entry);
    }
    ck_assert_fails(unpack(&f, &tree), GO_ETOOBIG, "far more than the files in it");
}
END_TEST

/* A tree of three files on disk, one of them executable, and a directory. */
static go_tree *sample_tree(void) {
    fixture f = begin(TAR);
    go_tree *tree;
    put(&f, (item){.name = "bin/run", .contents = "#!/bin/sh\necho hi\n", .mode = 0755});
    put(&f, (item){.name = "\xC3\xBC.txt", .contents = "umlaut"});
    put_bytes(&f, &(item){.name = "noise"}, noise(200000), 200000);
    put(&f, (item){.name = "empty/", .type = AE_IFDIR, .mode = 0755});
    ck_assert_ok(unpack(&f, &tree));
    return tree;
}

START_TEST(what_is_written_unpacks_to_the_same_tree) {
    go_tree *tree = sample_tree(), *again;
    const char *root = unit_directory(), *path = unit_path(root, "download");
    ck_assert_ok(go_archive_write_file(tree, (go_archive_format)_i, path, unit_pool, &unit_error));
    ck_assert_ok(go_archive_unpack(&again, path, root, &roomy, unit_pool, &unit_error));
    ck_assert_str_eq(listing(again), "bin/ bin/run* empty/ noise \xC3\xBC.txt ");
    for (int i = 0; i < tree->entries->nelts; i++) {
        const go_tree_entry *a = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        const go_tree_entry *b = &APR_ARRAY_IDX(again->entries, i, go_tree_entry);
        ck_assert_str_eq(a->path, b->path);
        ck_assert_int_eq(a->size, b->size);
        ck_assert_pstr_eq(a->object, b->object);
    }
}
END_TEST

START_TEST(the_same_tree_gives_the_same_bytes) {
    go_tree *tree = sample_tree();
    const char *root = unit_directory();
    apr_size_t one_length, two_length;
    ck_assert_ok(go_archive_write_file(tree, (go_archive_format)_i, unit_path(root, "1"), unit_pool,
                                       &unit_error));
    sleep(1); /* were the time in it, it would differ now */
    ck_assert_ok(go_archive_write_file(tree, (go_archive_format)_i, unit_path(root, "2"), unit_pool,
                                       &unit_error));
    const char *one = unit_read(unit_path(root, "1"), &one_length);
    const char *two = unit_read(unit_path(root, "2"), &two_length);
    ck_assert_uint_eq(one_length, two_length);
    ck_assert_mem_eq(one, two, one_length);
}
END_TEST

static apr_status_t hang_up(void *baton, const void *data, apr_size_t length) {
    (void)data;
    *(apr_size_t *)baton += length;
    return *(apr_size_t *)baton > 50000 ? APR_ECONNABORTED : APR_SUCCESS;
}

START_TEST(a_receiver_that_hangs_up_ends_the_writing) {
    apr_size_t got = 0;
    ck_assert_fails(go_archive_write(sample_tree(), (go_archive_format)_i, hang_up, &got, unit_pool,
                                     &unit_error),
                    APR_ECONNABORTED, "could not be sent");
    ck_assert_uint_lt(got, 150000);
}
END_TEST

typedef struct pieces {
    const go_tree *tree;
    int given, cleared, fails_at;
} pieces;

static apr_status_t count_cleared(void *data) {
    ((pieces *)data)->cleared++;
    return APR_SUCCESS;
}

static apr_status_t next_piece(void *baton, go_archive_piece *piece, apr_pool_t *pool,
                               go_error *err) {
    pieces *self = baton;
    ck_assert_int_eq(self->cleared, self->given); /* no more than one is in memory */
    if (self->given == self->fails_at)
        return go_error_set(err, GO_EINTERNAL, NULL, "The source dried up.");
    if (self->given == 3) return APR_SUCCESS;
    apr_pool_cleanup_register(pool, self, count_cleared, apr_pool_cleanup_null);
    piece->tree = self->tree;
    piece->directory = apr_psprintf(pool, "%d/", ++self->given);
    piece->note = "noted";
    piece->note_path = apr_psprintf(pool, "note-%d", self->given);
    return APR_SUCCESS;
}

static apr_status_t collect(void *baton, const void *data, apr_size_t length) {
    go_buffer_add(baton, data, length);
    return APR_SUCCESS;
}

START_TEST(an_archive_is_written_piece_by_piece) {
    pieces source = {.tree = sample_tree(), .fails_at = -1};
    go_buffer *bytes = go_buffer_make(unit_pool, 0);
    const char *root = unit_directory(), *path = unit_path(root, "download");
    go_tree *again;
    ck_assert_ok(go_archive_write_pieces(next_piece, &source, GO_ARCHIVE_ZIP, collect, bytes,
                                         unit_pool, &unit_error));
    unit_write(path, bytes->bytes, bytes->length);
    ck_assert_ok(go_archive_unpack(&again, path, root, &roomy, unit_pool, &unit_error));
    ck_assert_ptr_nonnull(go_tree_find(again, "3/bin/run"));
    ck_assert_int_eq(go_tree_find(again, "note-2")->size, 5);
    source = (pieces){.tree = source.tree, .fails_at = 2};
    ck_assert_fails(go_archive_write_pieces(next_piece, &source, GO_ARCHIVE_ZIP, collect, bytes,
                                            unit_pool, &unit_error),
                    GO_EINTERNAL, "dried up");
}
END_TEST

START_TEST(a_stored_file_of_another_size_is_an_error) {
    go_tree *tree = sample_tree();
    const char *path = unit_path(unit_directory(), "download");
    unit_write(go_tree_find(tree, "bin/run")->file, "longer than it was before, and not the same",
               40);
    ck_assert_fails(go_archive_write_file(tree, GO_ARCHIVE_ZIP, path, unit_pool, &unit_error),
                    GO_EINTERNAL, "does not have the size");
    ck_assert_int_ne(access(path, F_OK), 0);
    unit_write(go_tree_find(tree, "bin/run")->file, "short", 5);
    ck_assert_fails(go_archive_write_file(tree, GO_ARCHIVE_TAR_GZ, path, unit_pool, &unit_error),
                    GO_EINTERNAL, "does not have the size");
    unlink(go_tree_find(tree, "bin/run")->file);
    ck_assert_fails(go_archive_write_file(tree, GO_ARCHIVE_TAR_GZ, path, unit_pool, &unit_error),
                    APR_ENOENT, "bin/run");
}
END_TEST

START_TEST(an_existing_file_is_not_written_over) {
    go_tree *tree = sample_tree();
    const char *path = unit_path(unit_directory(), "download");
    unit_write(path, "precious", 8);
    ck_assert_fails(go_archive_write_file(tree, GO_ARCHIVE_ZIP, path, unit_pool, &unit_error),
                    APR_EEXIST, "cannot be made");
    ck_assert_str_eq(unit_read(path, NULL), "precious");
}
END_TEST

Suite *archive_suite(void) {
    Suite *suite = suite_create("archive");
    TCase *reading = unit_case(suite, "reading");
    tcase_add_test(reading, archives_are_told_by_their_suffix);
    tcase_add_loop_test(reading, an_archive_becomes_a_tree, ZIP, TAR_GZ + 1);
    tcase_add_test(reading, what_macos_adds_is_left_out);
    tcase_add_test(reading, names_are_read_in_the_c_locale_and_the_locale_is_left_alone);
    TCase *attacks = unit_case(suite, "attacks");
    tcase_add_loop_test(attacks, a_hostile_entry_refuses_the_archive, 0, HOSTILE * 3);
    tcase_add_test(attacks, a_hostile_name_never_becomes_a_path_of_the_host);
    tcase_add_loop_test(attacks, a_bomb_stops_at_the_byte_limit, ZIP, TAR_GZ + 1);
    tcase_add_test(attacks, a_bomb_hidden_in_macos_litter_counts_too);
    tcase_add_test(attacks, a_bomb_stops_at_the_ratio);
    tcase_add_test(attacks, ordinary_code_is_within_the_ratio_of_a_small_archive);
    tcase_add_test(attacks, too_many_entries_are_refused);
    tcase_add_test(attacks, directories_that_a_path_only_implies_count_as_entries);
    tcase_add_test(attacks, a_path_that_is_too_deep_is_refused);
    tcase_add_test(attacks, compression_inside_compression_is_refused);
    tcase_add_test(attacks, a_flood_of_attributes_is_refused);
    TCase *damage = unit_case(suite, "damage");
    tcase_add_test(damage, junk_and_an_empty_file_are_no_archives);
    tcase_add_test(damage, formats_that_are_not_offered_are_refused);
    tcase_add_loop_test(damage, an_archive_without_files_is_refused, ZIP, TAR_GZ + 1);
    tcase_add_loop_test(damage, an_archive_cut_anywhere_never_gives_a_wrong_tree, ZIP, TAR_GZ + 1);
    tcase_add_test(damage, flipped_bits_in_a_zip_are_noticed_or_harmless);
    TCase *writing = unit_case(suite, "writing");
    tcase_add_loop_test(writing, what_is_written_unpacks_to_the_same_tree, GO_ARCHIVE_ZIP,
                        GO_ARCHIVE_TAR_GZ + 1);
    tcase_add_loop_test(writing, the_same_tree_gives_the_same_bytes, GO_ARCHIVE_ZIP,
                        GO_ARCHIVE_TAR_GZ + 1);
    tcase_add_loop_test(writing, a_receiver_that_hangs_up_ends_the_writing, GO_ARCHIVE_ZIP,
                        GO_ARCHIVE_TAR_GZ + 1);
    tcase_add_test(writing, an_archive_is_written_piece_by_piece);
    tcase_add_test(writing, a_stored_file_of_another_size_is_an_error);
    tcase_add_test(writing, an_existing_file_is_not_written_over);
    return suite;
}
