#include "unit/unit.h"

#include "demux.h"

#include <stdlib.h>
#include <string.h>

/* What the demultiplexer gave out: "type:payload;" for each frame. */
static char heard[4096];
static int frames, stop_after;

static int hear(void *baton, int type, const unsigned char *payload, apr_size_t length) {
    apr_size_t used = strlen(heard);
    if (used + length + 4 < sizeof(heard)) {
        heard[used++] = (char)type;
        heard[used++] = ':';
        memcpy(heard + used, payload, length);
        memcpy(heard + used + length, ";", 2);
    }
    return ++frames != stop_after;
}

static go_demux *fresh(void) {
    heard[0] = '\0';
    frames = stop_after = 0;
    return go_demux_make(hear, NULL, unit_pool);
}

/* Docker's header and what it announces, appended at *to. */
static void piece(unsigned char **to, int stream, const void *bytes, apr_size_t length) {
    unsigned char header[8] = {(unsigned char)stream,
                               0,
                               0,
                               0,
                               (unsigned char)(length >> 24),
                               (unsigned char)(length >> 16),
                               (unsigned char)(length >> 8),
                               (unsigned char)length};
    memcpy(*to, header, 8);
    memcpy(*to + 8, bytes, length);
    *to += 8 + length;
}

static const char two_frames[] = "H\0\0\0\003abcS\0\0\0\0";
#define TWO_FRAMES (sizeof(two_frames) - 1)

START_TEST(frames_are_the_same_however_the_stream_is_cut) {
    unsigned char stream[256], *end = stream;
    piece(&end, 1, two_frames, 7); /* in the middle of a payload */
    piece(&end, 2, "oops\n", 5);
    piece(&end, 1, two_frames + 7, TWO_FRAMES - 7);
    apr_size_t length = (apr_size_t)(end - stream), at = 0;
    go_demux *demux = fresh();
    while (at < length) {
        apr_size_t step = (apr_size_t)_i < length - at ? (apr_size_t)_i : length - at;
        ck_assert_int_eq(go_demux_feed(demux, stream + at, step), GO_DEMUX_MORE);
        at += step;
    }
    ck_assert_str_eq(heard, "H:abc;S:;");
    ck_assert_str_eq(go_demux_words(demux, unit_pool), "oops\\x0A");
}
END_TEST

START_TEST(a_taker_that_stops_hears_no_more) {
    unsigned char stream[64], *end = stream;
    go_demux *demux = fresh();
    stop_after = 1;
    piece(&end, 1, two_frames, TWO_FRAMES);
    ck_assert_int_eq(go_demux_feed(demux, stream, (apr_size_t)(end - stream)), GO_DEMUX_STOPPED);
    ck_assert_int_eq(frames, 1);
}
END_TEST

static const struct wrong {
    int stream;
    const char *bytes, *complaint;
} wrongs[] = {
    {1, "X\0\0\0\0", "type that does not exist"},  {1, "\0\0\0\0\0", "type that does not exist"},
    {1, "p\0\0\0\0", "type that does not exist"}, /* a command, not a report */
    {1, "O\0\001\0\001", "longer than allowed"},   {1, "O\377\377\377\377", "longer than allowed"},
    {3, "H\0\0\0\0", "neither stdout nor stderr"}, {0, "H\0\0\0\0", "neither stdout nor stderr"},
};

START_TEST(what_is_no_protocol_is_refused_with_a_reason) {
    unsigned char stream[64], *end = stream;
    go_demux *demux = fresh();
    piece(&end, wrongs[_i].stream, wrongs[_i].bytes, OVEN_FRAME_HEADER);
    ck_assert_int_eq(go_demux_feed(demux, stream, (apr_size_t)(end - stream)), GO_DEMUX_BROKEN);
    ck_assert_ptr_nonnull(strstr(go_demux_complaint(demux), wrongs[_i].complaint));
    ck_assert_int_eq(frames, 0);
}
END_TEST

START_TEST(of_the_last_words_the_end_is_kept) {
    static unsigned char stream[8 + 5000];
    unsigned char *end = stream;
    char words[5000];
    go_demux *demux = fresh();
    for (int i = 0; i < 5000; i++) {
        words[i] = (char)('a' + i % 26);
    }
    piece(&end, 2, words, 3000);
    ck_assert_int_eq(go_demux_feed(demux, stream, 8 + 3000), GO_DEMUX_MORE);
    end = stream;
    piece(&end, 2, "the very end", 12);
    ck_assert_int_eq(go_demux_feed(demux, stream, 8 + 12), GO_DEMUX_MORE);
    const char *kept = go_demux_words(demux, unit_pool);
    ck_assert_uint_eq(strlen(kept), GO_DEMUX_WORDS_MAX);
    ck_assert_str_eq(kept + GO_DEMUX_WORDS_MAX - 12, "the very end");
    ck_assert_ptr_null(go_demux_words(fresh(), unit_pool));
}
END_TEST

START_TEST(random_bytes_do_no_harm) {
    unsigned char bytes[2048];
    srand((unsigned)_i);
    for (int round = 0; round < 200; round++) {
        go_demux *demux = fresh();
        for (apr_size_t i = 0; i < sizeof(bytes); i++) {
            /* mostly small numbers and real types, so that some of it is taken */
            bytes[i] =
                rand() % 4 ? (unsigned char)(rand() % 3) : (unsigned char)"HSBOLCE\377"[rand() % 8];
        }
        for (apr_size_t at = 0; at < sizeof(bytes); at += 128) {
            if (go_demux_feed(demux, bytes + at, 128) != GO_DEMUX_MORE) break;
        }
        apr_pool_clear(unit_pool);
    }
}
END_TEST

Suite *demux_suite(void) {
    Suite *suite = suite_create("demux");
    TCase *tests = unit_case(suite, "frames");
    tcase_add_loop_test(tests, frames_are_the_same_however_the_stream_is_cut, 1, 48);
    tcase_add_test(tests, a_taker_that_stops_hears_no_more);
    tcase_add_loop_test(tests, what_is_no_protocol_is_refused_with_a_reason, 0,
                        sizeof(wrongs) / sizeof(*wrongs));
    tcase_add_test(tests, of_the_last_words_the_end_is_kept);
    tcase_add_loop_test(tests, random_bytes_do_no_harm, 0, 8);
    return suite;
}
