#include "unit/unit.h"

#include "model/avatar.h"
#include "model/avatar_private.h"

#include <apr_strings.h>
#include <gd.h>

#include <string.h>

typedef enum format { PNG, JPEG, WEBP, FORMATS } format;

/* A picture of this size: red on the left, green on the right, blue below, quarters at the corner.
 */
static const char *picture(format f, int width, int height, apr_size_t *length) {
    gdImagePtr image = gdImageCreateTrueColor(width, height);
    int size = 0;
    gdImageFilledRectangle(image, 0, 0, width / 2 - 1, height / 2 - 1, 0xFF0000);
    gdImageFilledRectangle(image, width / 2, 0, width - 1, height / 2 - 1, 0x00FF00);
    gdImageFilledRectangle(image, 0, height / 2, width / 2 - 1, height - 1, 0x0000FF);
    gdImageFilledRectangle(image, width / 2, height / 2, width - 1, height - 1, 0xFFFFFF);
    void *encoded = f == PNG    ? gdImagePngPtr(image, &size)
                    : f == JPEG ? gdImageJpegPtr(image, &size, 95)
                                : gdImageWebpPtr(image, &size);
    ck_assert_ptr_nonnull(encoded);
    const char *bytes = apr_pmemdup(unit_pool, encoded, (apr_size_t)size);
    gdFree(encoded);
    gdImageDestroy(image);
    *length = (apr_size_t)size;
    return bytes;
}

static const char *png;
static apr_size_t png_length;

static apr_status_t encode(const char *bytes, apr_size_t length) {
    return go_avatar_encode(bytes, length, &png, &png_length, unit_pool, &unit_error);
}

/* Which of the four colours the encoded picture has in its corners, as "RGBW" in reading order. */
static const char *corners(void) {
    char *seen = apr_pstrdup(unit_pool, "????");
    static const int at[4][2] = {{20, 20}, {235, 20}, {20, 235}, {235, 235}};
    gdImagePtr image = gdImageCreateFromPngPtr((int)png_length, (void *)png);
    ck_assert_ptr_nonnull(image);
    ck_assert_int_eq(gdImageSX(image), GO_AVATAR_SIDE);
    ck_assert_int_eq(gdImageSY(image), GO_AVATAR_SIDE);
    for (int i = 0; i < 4; i++) {
        int c = gdImageGetTrueColorPixel(image, at[i][0], at[i][1]);
        int red = gdTrueColorGetRed(c) > 128, green = gdTrueColorGetGreen(c) > 128;
        seen[i] = red && green                  ? 'W'
                  : red                         ? 'R'
                  : green                       ? 'G'
                  : gdTrueColorGetBlue(c) > 128 ? 'B'
                                                : '0';
    }
    gdImageDestroy(image);
    return seen;
}

START_TEST(every_format_becomes_a_square_png) {
    static const int sizes[][2] = {{300, 200}, {200, 300}, {17, 16}, {1024, 1024}};
    for (int i = 0; i < 4; i++) {
        apr_size_t length;
        const char *bytes = picture((format)_i, sizes[i][0], sizes[i][1], &length);
        ck_assert_ok(encode(bytes, length));
        ck_assert_int_eq(memcmp(png, "\x89PNG\r\n\x1a\n", 8), 0);
        ck_assert_str_eq(corners(), "RGBW");
    }
}
END_TEST

START_TEST(sizes_are_read_from_the_header) {
    apr_size_t length;
    const char *bytes = picture((format)_i, 301, 203, &length);
    go_picture found = go_picture_look(bytes, length);
    ck_assert_int_ne(found.format, GO_PICTURE_UNKNOWN);
    ck_assert_uint_eq(found.width, 301);
    ck_assert_uint_eq(found.height, 203);
    ck_assert_int_eq(found.is_animated, 0);
    ck_assert_int_eq(found.orientation, 1);
    for (apr_size_t n = 0; n < length && n < 700; n++) { /* never reads beyond what it was given */
        char *piece = apr_pmemdup(unit_pool, bytes, n);
        go_picture_look(piece, n);
    }
}
END_TEST

START_TEST(a_truncated_picture_is_refused) {
    apr_size_t length;
    const char *bytes = picture((format)_i, 300, 200, &length);
    for (apr_size_t n = 0; n < length - 2; n += length / 23)
        ck_assert_msg(encode(bytes, n) == GO_EINVALID, "%d of %d bytes", (int)n, (int)length);
}
END_TEST

static const char *claimed_png(apr_uint32_t width, apr_uint32_t height) {
    char *bytes = apr_pcalloc(unit_pool, 100);
    memcpy(bytes, "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", 16);
    for (int i = 0; i < 4; i++) {
        bytes[16 + i] = (char)(width >> (24 - 8 * i));
        bytes[20 + i] = (char)(height >> (24 - 8 * i));
    }
    return bytes;
}

START_TEST(a_picture_bomb_is_refused_by_its_header) {
    ck_assert_fails(encode(claimed_png(20000, 20000), 100), GO_ETOOBIG, "20000 by 20000 pixels");
    ck_assert_fails(encode(claimed_png(4097, 1), 100), GO_ETOOBIG, "4097 by 1");
    ck_assert_fails(encode(claimed_png(1, 4097), 100), GO_ETOOBIG, "1 by 4097");
    ck_assert_fails(encode(claimed_png(0xFFFFFFFF, 0xFFFFFFFF), 100), GO_ETOOBIG, "pixels");
    ck_assert_fails(encode(claimed_png(65536, 65536), 100), GO_ETOOBIG, "65536 by 65536");
    ck_assert_fails(encode(claimed_png(0, 5), 100), GO_EINVALID, "is broken");
}
END_TEST

START_TEST(what_is_no_picture_is_refused) {
    char *huge = apr_pcalloc(unit_pool, GO_AVATAR_BYTES_MAX + 1);
    ck_assert_fails(encode(huge, GO_AVATAR_BYTES_MAX + 1), GO_ETOOBIG, "larger than 2 MiB");
    ck_assert_fails(encode("GIF89a\1\0\1\0", 10), GO_EINVALID, "no PNG, JPEG or WebP");
    ck_assert_fails(encode("<svg/>", 6), GO_EINVALID, "no PNG, JPEG or WebP");
    ck_assert_fails(encode("", 0), GO_EINVALID, "no PNG, JPEG or WebP");
    ck_assert_fails(encode("\xFF\xD8\xFF\xE0junkjunk", 12), GO_EINVALID, "is broken");
    ck_assert_fails(encode("RIFF\0\0\0\0WEBPVP8X", 16), GO_EINVALID, "is broken");
}
END_TEST

START_TEST(animated_pictures_are_refused) {
    apr_size_t length;
    const char *bytes = picture(PNG, 20, 20, &length);
    static const char animation[] = "\0\0\0\x08"
                                    "acTL\0\0\0\2\0\0\0\0\0\0\0\0";
    char *animated = apr_palloc(unit_pool, length + 20);
    memcpy(animated, bytes, 33); /* signature and IHDR */
    memcpy(animated + 33, animation, 20);
    memcpy(animated + 53, bytes + 33, length - 33);
    ck_assert_fails(encode(animated, length + 20), GO_EINVALID, "is animated");
    ck_assert_fails(encode("RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x0f\0\0\x0f\0\0", 30),
                    GO_EINVALID, "is animated");
}
END_TEST

/* Puts an EXIF block with this orientation into a JPEG, behind its first two bytes. */
static const char *with_orientation(const char *jpeg, apr_size_t *length, int orientation,
                                    int big_endian) {
    static const char big[] = "\xFF\xE1\0\x22"
                              "Exif\0\0MM\0\x2a\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\0\0\0\0\0\0\0";
    static const char little[] =
        "\xFF\xE1\0\x22"
        "Exif\0\0II\x2a\0\x08\0\0\0\1\0\x12\x01\3\0\1\0\0\0\0\0\0\0\0\0\0\0";
    char *bytes = apr_palloc(unit_pool, *length + 36);
    memcpy(bytes, jpeg, 2);
    memcpy(bytes + 2, big_endian ? big : little, 36);
    bytes[2 + (big_endian ? 29 : 28)] = (char)orientation;
    memcpy(bytes + 38, jpeg + 2, *length - 2);
    *length += 36;
    return bytes;
}

/* What a picture that looks like RG/BW to the sensor is when it is held upright (EXIF 2.3, 4.6.4).
 */
static const char *const upright[] = {"RGBW", "RGBW", "GRWB", "WBGR", "BWRG",
                                      "RBGW", "BRWG", "WGBR", "GWRB", "RGBW"};

START_TEST(a_photo_is_turned_upright) {
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        apr_size_t length;
        const char *bytes = picture(JPEG, 300, 300, &length);
        bytes = with_orientation(bytes, &length, _i, big_endian);
        ck_assert_ok(encode(bytes, length));
        ck_assert_str_eq(corners(), upright[_i]);
    }
}
END_TEST

START_TEST(initials_are_those_of_the_first_and_last_word) {
    static const char *const names[][2] = {{"Ada Lovelace", ">AL<"},
                                           {"grace brewster hopper", ">GH<"},
                                           {"Madonna", ">M<"},
                                           {"\xC3\xA9mile \xC3\xBC", ">\xC3\x89\xC3\x9C<"},
                                           {"\xE5\xAD\xA6\xE7\x94\x9F", ">\xE5\xAD\xA6<"},
                                           {"  (Bob)  \"X\" ", ">BX<"},
                                           {"", ">?<"},
                                           {"<script>&", ">S<"},
                                           {"\xFF", ">?<"},
                                           {"\xE2\x80\xAE <&>", ">?<"}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *svg = go_avatar_svg(unit_pool, "seed", names[i][0]);
        ck_assert_msg(strstr(svg, names[i][1]) != NULL, "%s", svg);
        ck_assert_ptr_null(strstr(svg, "style"));
    }
}
END_TEST

START_TEST(the_colour_belongs_to_the_seed) {
    const char *alice = go_avatar_svg(unit_pool, "alice", "A B");
    int others = 0;
    ck_assert_str_eq(alice, go_avatar_svg(unit_pool, "alice", "A B"));
    for (int i = 0; i < 20; i++)
        others += strcmp(alice, go_avatar_svg(unit_pool, apr_itoa(unit_pool, i), "A B")) != 0;
    ck_assert_int_gt(others, 10);
}
END_TEST

Suite *avatar_suite(void) {
    Suite *suite = suite_create("avatar");
    TCase *pictures = unit_case(suite, "pictures");
    tcase_add_loop_test(pictures, every_format_becomes_a_square_png, 0, FORMATS);
    tcase_add_loop_test(pictures, sizes_are_read_from_the_header, 0, FORMATS);
    tcase_add_loop_test(pictures, a_truncated_picture_is_refused, 0, FORMATS);
    tcase_add_test(pictures, a_picture_bomb_is_refused_by_its_header);
    tcase_add_test(pictures, what_is_no_picture_is_refused);
    tcase_add_test(pictures, animated_pictures_are_refused);
    tcase_add_loop_test(pictures, a_photo_is_turned_upright, 0, 10);
    TCase *generated = unit_case(suite, "generated");
    tcase_add_test(generated, initials_are_those_of_the_first_and_last_word);
    tcase_add_test(generated, the_colour_belongs_to_the_seed);
    return suite;
}
