#include "unit/unit.h"

#include "model/buffer.h"
#include "web/multipart.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

#define TYPE "multipart/form-data; boundary=XyZ"

static const go_multipart_limits roomy = {.max_parts = 10,
                                          .max_header_bytes = 1000,
                                          .max_name = 200,
                                          .max_field_bytes = 1000,
                                          .max_total_bytes = 1000000};

/* Writes down what is called: "[name|filename|type]data[/]". */
typedef struct record {
    go_buffer *out;
    int fail_at; /* part_data fails when this is counted down to 0 */
} record;

static apr_status_t note_begin(void *baton, const go_multipart_part *part) {
    record *r = baton;
    go_buffer_printf(r->out, "[%s|%s|%s]", part->name, part->filename ? part->filename : "-",
                     part->content_type ? part->content_type : "-");
    return APR_SUCCESS;
}

static apr_status_t note_data(void *baton, const char *bytes, apr_size_t length) {
    record *r = baton;
    ck_assert_uint_gt(length, 0);
    go_buffer_add(r->out, bytes, length);
    return r->fail_at && !--r->fail_at ? APR_ENOSPC : APR_SUCCESS;
}

static apr_status_t note_end(void *baton) {
    go_buffer_puts(((record *)baton)->out, "[/]");
    return APR_SUCCESS;
}

static const go_multipart_callbacks callbacks = {note_begin, note_data, note_end};

/* Parses a body in pieces of `step` bytes; each piece is a copy of its own, so that a sanitizer
 * sees reads beyond it. */
static apr_status_t parse_in(const char *type, const char *body, apr_size_t length, apr_size_t step,
                             const go_multipart_limits *limits, record *r) {
    go_multipart *m;
    r->out = go_buffer_make(unit_pool, 0);
    apr_status_t status =
        go_multipart_create(&m, type, limits, &callbacks, r, unit_pool, &unit_error);
    for (apr_size_t at = 0; at < length && !status; at += step) {
        apr_size_t n = length - at < step ? length - at : step;
        char *piece = malloc(n);
        memcpy(piece, body + at, n);
        status = go_multipart_feed(m, piece, n);
        free(piece);
    }
    return status ? status : go_multipart_finish(m);
}

static apr_status_t parse(const char *body, record *r) {
    return parse_in(TYPE, body, strlen(body), 1000000, &roomy, r);
}

#define PART(headers, data) "--XyZ\r\n" headers "\r\n\r\n" data "\r\n"
#define FIELD(name, data)   PART("Content-Disposition: form-data; name=\"" name "\"", data)
#define END_OF_BODY         "--XyZ--\r\n"

static const char browser_body[] = FIELD("csrf", "abc")
    PART("Content-Disposition: form-data; name=\"files\"; filename=\"src/ma in.c\"\r\n"
         "Content-Type: text/x-csrc",
         "int main;\r\n\r\n--XyY\r\r\n-\r\n--Xy")
        PART("content-disposition:form-data;name=files ; FileName=\"\"\r\nContent-Type: "
             "application/octet-stream",
             "") FIELD("empty", "") END_OF_BODY;

static const char browser_says[] =
    "[csrf|-|-]abc[/]"
    "[files|src/ma in.c|text/x-csrc]int main;\r\n\r\n--XyY\r\r\n-\r\n--Xy[/]"
    "[files||application/octet-stream][/]"
    "[empty|-|-][/]";

START_TEST(a_body_may_be_cut_anywhere) {
    record r = {NULL, 0};
    ck_assert_ok(parse_in(TYPE, browser_body, strlen(browser_body), (apr_size_t)_i, &roomy, &r));
    ck_assert_str_eq(r.out->bytes, browser_says);
}
END_TEST

START_TEST(every_truncation_is_noticed) {
    record r = {NULL, 0};
    apr_size_t length = strlen(browser_body) - 2; /* the last CR LF is no part of it */
    for (apr_size_t n = 0; n < length; n++)
        ck_assert_fails(parse_in(TYPE, browser_body, n, 7, &roomy, &r), GO_EINVALID, "cut short");
    ck_assert_ok(parse_in(TYPE, browser_body, length, 7, &roomy, &r));
}
END_TEST

START_TEST(binary_contents_come_through_whole) {
    char contents[3000];
    record r = {NULL, 0};
    for (size_t i = 0; i < sizeof(contents); i++)
        contents[i] = (char)(i * 7 ^ i >> 5);
    memcpy(contents + 1000, "\r\n--Xy\0\r\r\n--XyZZ", 8); /* nearly a boundary, with a NUL */
    go_buffer *body = go_buffer_make(unit_pool, 0);
    go_buffer_puts(body, "--XyZ\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\n");
    go_buffer_add(body, contents, sizeof(contents));
    go_buffer_puts(body, "\r\n--XyZ--");
    ck_assert_ok(parse_in(TYPE, body->bytes, body->length, 11, &roomy, &r));
    ck_assert_uint_eq(r.out->length, strlen("[f|x|-]") + sizeof(contents) + strlen("[/]"));
    ck_assert_mem_eq(r.out->bytes + strlen("[f|x|-]"), contents, sizeof(contents));
}
END_TEST

START_TEST(what_follows_the_last_boundary_is_ignored) {
    record r = {NULL, 0};
    ck_assert_ok(parse(FIELD("a", "1") "--XyZ--"
                                       "anything\r\n--XyZ\r\n",
                       &r));
    ck_assert_str_eq(r.out->bytes, "[a|-|-]1[/]");
    ck_assert_ok(parse("--XyZ--\r\n", &r));
    ck_assert_str_eq(r.out->bytes, "");
}
END_TEST

static const struct named {
    const char *disposition, *says;
} named[] = {
    {"name=\"a\"; filename=\"say \\\"hi\\\".c\"", "[a|say \"hi\".c|-]"}, /* curl */
    {"name=\"a\"; filename=\"say %22hi%22.c\"", "[a|say \"hi\".c|-]"},   /* browsers */
    {"name=\"a\"; filename=\"new%0D%0Aline\"", "[a|new\r\nline|-]"},
    {"name=\"a\"; filename=\"100%25.txt\"", "[a|100%25.txt|-]"},
    {"name=\"a\"; filename=\"50%\"", "[a|50%|-]"},
    {"name=\"a\"; filename=\"C:\\dir\\x.c\"", "[a|C:\\dir\\x.c|-]"},
    {"name=\"a\"; filename=\"dir/sub/x.c\"", "[a|dir/sub/x.c|-]"},
    {"name=\"a\"; filename=\"../../etc/passwd\"", "[a|../../etc/passwd|-]"},
    {"name=\"a;b=c\"; filename=\"x; y=z\"", "[a;b=c|x; y=z|-]"},
    {"name=\"\xC3\xBC\"; filename=\"\xE5\xAD\xA6.c\"", "[\xC3\xBC|\xE5\xAD\xA6.c|-]"},
    {"name=a; filename=b.c;", "[a|b.c|-]"},
    {"filename=\"b\"; other=1; name=\"a\"", "[a|b|-]"},
};

START_TEST(names_are_read_as_browsers_and_curl_write_them) {
    record r = {NULL, 0};
    const char *body = apr_pstrcat(unit_pool, "--XyZ\r\nContent-Disposition: form-data; ",
                                   named[_i].disposition, "\r\n\r\n\r\n--XyZ--\r\n", NULL);
    ck_assert_ok(parse(body, &r));
    ck_assert_str_eq(r.out->bytes, apr_pstrcat(unit_pool, named[_i].says, "[/]", NULL));
}
END_TEST

static const struct malformed {
    const char *body, *says;
} malformed[] = {
    {"junk" FIELD("a", "1") END_OF_BODY, "does not begin with a boundary"},
    {"\r\n" FIELD("a", "1") END_OF_BODY, "does not begin with a boundary"},
    {"--XyZZ\r\n", "bytes follow a boundary"},
    {"--XyZ\n", "bytes follow a boundary"},
    {"--XyZ\rX", "bytes follow a boundary"},
    {"--XyZ-X", "bytes follow a boundary"},
    {FIELD("a", "1\r\n--XyZoops") END_OF_BODY, "bytes follow a boundary"},
    {"--XyZ\r\n\r\ndata\r\n" END_OF_BODY, "no name"},
    {PART("Content-Type: text/plain", "x") END_OF_BODY, "no name"},
    {PART("Content-Disposition: form-data", "x") END_OF_BODY, "no name"},
    {FIELD("", "x") END_OF_BODY, "no name"},
    {PART("Content-Disposition: attachment; name=a", "x") END_OF_BODY, "no form data"},
    {PART("Content-Disposition: form-data; name=\"a", "x") END_OF_BODY, "cannot be read"},
    {PART("Content-Disposition: form-data; name=", "x") END_OF_BODY, "cannot be read"},
    {PART("Content-Disposition: form-data; name", "x") END_OF_BODY, "cannot be read"},
    {PART("Content-Disposition: form-data name=a", "x") END_OF_BODY, "cannot be read"},
    {PART("Content-Disposition: form-data; name=a b", "x") END_OF_BODY, "cannot be read"},
    {PART("Content-Disposition: form-data; name=a; name=b", "x") END_OF_BODY, "two names"},
    {PART("Content-Disposition: form-data; name=a; filename=x; filename=y", "x") END_OF_BODY,
     "two names"},
    {PART("Content-Disposition: form-data; name=a; filename*=UTF-8''x", "x") END_OF_BODY,
     "filename*"},
    {PART("Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b", "x")
         END_OF_BODY,
     "says twice"},
    {PART("Content-Disposition: form-data; name=a\r\nContent-Type: a\r\nContent-Type: b", "x")
         END_OF_BODY,
     "two types"},
    {PART("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64", "x")
         END_OF_BODY,
     "is encoded"},
    {PART("Content-Disposition: form-data;\r\n name=a", "x") END_OF_BODY, "no name"},
    {PART("no colon here", "x") END_OF_BODY, "header has no name"},
    {PART(": x", "x") END_OF_BODY, "header has no name"},
    {PART("Content-Disposition: form-data; name=a\nX: y", "x") END_OF_BODY,
     "does not end in CR LF"},
    {PART("Content-Disposition: form-data; name=\"a\x01\"", "x") END_OF_BODY, "control character"},
    {FIELD("\xFF", "x") END_OF_BODY, "not UTF-8"},
};

START_TEST(a_malformed_body_is_refused_with_its_reason) {
    record r = {NULL, 0};
    const struct malformed *m = &malformed[_i];
    ck_assert_fails(parse(m->body, &r), GO_EINVALID, m->says);
    ck_assert_fails(parse_in(TYPE, m->body, strlen(m->body), 1, &roomy, &r), GO_EINVALID, m->says);
}
END_TEST

START_TEST(a_nul_in_a_header_is_refused) {
    record r = {NULL, 0};
    const char body[] = PART("Content-Disposition: form-data; name=\"a\0b\"", "x") END_OF_BODY;
    ck_assert_fails(parse_in(TYPE, body, sizeof(body) - 1, 9, &roomy, &r), GO_EINVALID,
                    "control character");
}
END_TEST

START_TEST(a_content_type_without_a_good_boundary_is_refused) {
    static const char *const bad[] = {
        "",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/mixed; boundary=a",
        "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; boundary=\"a\r\nb\"",
        "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=\xC3\xBC",
        "multipart/form-data; "
        "boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "multipart/form-data; boundary=\"unclosed"};
    go_multipart *m;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert_fails(
            go_multipart_create(&m, bad[i], &roomy, &callbacks, NULL, unit_pool, &unit_error),
            GO_EINVALID, "valid boundary");
    ck_assert_int_eq(
        go_multipart_create(&m, NULL, &roomy, &callbacks, NULL, unit_pool, &unit_error),
        GO_EINVALID);
}
END_TEST

START_TEST(a_quoted_boundary_and_other_parameters_are_read) {
    record r = {NULL, 0};
    const char body[] = "--a b:c\r\nContent-Disposition: form-data; name=n\r\n\r\nv\r\n--a b:c--";
    ck_assert_ok(parse_in("Multipart/Form-Data; charset=utf-8; Boundary=\"a b:c\"", body,
                          strlen(body), 3, &roomy, &r));
    ck_assert_str_eq(r.out->bytes, "[n|-|-]v[/]");
}
END_TEST

START_TEST(every_limit_holds) {
    record r = {NULL, 0};
    go_multipart_limits tight = roomy;
    const char three[] = FIELD("a", "123") END_OF_BODY, four[] = FIELD("abcd", "1234") END_OF_BODY;
    tight.max_field_bytes = 3;
    ck_assert_ok(parse_in(TYPE, three, strlen(three), 1, &tight, &r));
    ck_assert_fails(parse_in(TYPE, four, strlen(four), 1, &tight, &r), GO_ETOOBIG,
                    "larger than 3 bytes");
    tight = roomy;
    tight.max_parts = 1;
    const char two[] = FIELD("a", "1") FIELD("b", "2") END_OF_BODY;
    ck_assert_fails(parse_in(TYPE, two, strlen(two), 50, &tight, &r), GO_ETOOBIG,
                    "more than 1 parts");
    tight = roomy;
    tight.max_name = 3;
    ck_assert_fails(parse_in(TYPE, four, strlen(four), 50, &tight, &r), GO_ETOOBIG,
                    "more than 3 bytes");
    tight = roomy;
    tight.max_header_bytes = 30;
    ck_assert_fails(parse_in(TYPE, two, strlen(two), 50, &tight, &r), GO_ETOOBIG,
                    "headers of a part are larger than 30");
    tight = roomy;
    tight.max_total_bytes = 40;
    ck_assert_fails(parse_in(TYPE, two, strlen(two), 7, &tight, &r), GO_ETOOBIG,
                    "upload is larger than 40");
}
END_TEST

START_TEST(a_file_may_be_larger_than_a_field) {
    record r = {NULL, 0};
    go_multipart_limits tight = roomy;
    tight.max_field_bytes = 3;
    const char body[] = PART("Content-Disposition: form-data; name=a; filename=b", "12345678")
        FIELD("c", "123") END_OF_BODY;
    ck_assert_ok(parse_in(TYPE, body, strlen(body), 5, &tight, &r));
}
END_TEST

START_TEST(a_callback_can_stop_the_parse_for_good) {
    record r = {NULL, 2};
    go_multipart *m;
    r.out = go_buffer_make(unit_pool, 0);
    ck_assert_ok(go_multipart_create(&m, TYPE, &roomy, &callbacks, &r, unit_pool, &unit_error));
    ck_assert_int_eq(go_multipart_feed(m, browser_body, strlen(browser_body)), APR_ENOSPC);
    apr_size_t length = r.out->length;
    ck_assert_int_eq(go_multipart_feed(m, "more", 4), APR_ENOSPC);
    ck_assert_int_eq(go_multipart_finish(m), APR_ENOSPC);
    ck_assert_uint_eq(r.out->length, length);
}
END_TEST

/* What a fuzzer would do first: break one byte, at every place, in three ways. */
START_TEST(a_changed_byte_never_makes_it_read_out_of_bounds) {
    record r = {NULL, 0};
    char body[sizeof(browser_body)];
    static const char with[] = {'\r', '"', '\0'};
    for (apr_size_t at = 0; at < strlen(browser_body); at++) {
        memcpy(body, browser_body, sizeof(body));
        body[at] = with[_i];
        apr_status_t status = parse_in(TYPE, body, sizeof(body) - 1, 13, &roomy, &r);
        ck_assert(status == APR_SUCCESS || status == GO_EINVALID);
    }
}
END_TEST

Suite *multipart_suite(void) {
    Suite *suite = suite_create("multipart");
    TCase *bodies = unit_case(suite, "bodies");
    tcase_add_loop_test(bodies, a_body_may_be_cut_anywhere, 1, (int)sizeof(browser_body));
    tcase_add_test(bodies, every_truncation_is_noticed);
    tcase_add_test(bodies, binary_contents_come_through_whole);
    tcase_add_test(bodies, what_follows_the_last_boundary_is_ignored);
    tcase_add_loop_test(bodies, names_are_read_as_browsers_and_curl_write_them, 0,
                        (int)(sizeof(named) / sizeof(named[0])));
    TCase *attacks = unit_case(suite, "attacks");
    tcase_add_loop_test(attacks, a_malformed_body_is_refused_with_its_reason, 0,
                        (int)(sizeof(malformed) / sizeof(malformed[0])));
    tcase_add_test(attacks, a_nul_in_a_header_is_refused);
    tcase_add_test(attacks, a_content_type_without_a_good_boundary_is_refused);
    tcase_add_test(attacks, a_quoted_boundary_and_other_parameters_are_read);
    tcase_add_test(attacks, every_limit_holds);
    tcase_add_test(attacks, a_file_may_be_larger_than_a_field);
    tcase_add_test(attacks, a_callback_can_stop_the_parse_for_good);
    tcase_add_loop_test(attacks, a_changed_byte_never_makes_it_read_out_of_bounds, 0, 3);
    return suite;
}
