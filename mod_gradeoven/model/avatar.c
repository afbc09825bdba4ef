#include "model/avatar.h"

#include "model/avatar_private.h"

#include <apr_strings.h>
#include <gd.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char another[] = "Please choose another picture (PNG, JPEG or WebP).";

/* Set by listen_to() when the picture that this thread decodes ends too early. */
static _Thread_local int is_cut_short;

/*
 * What libgd says goes to this, not to standard error, which is the log of httpd. One thing is
 * worth hearing: a JPEG that was cut short is decoded with grey for the rest, and that is only told
 * here. Other warnings are about harmless extras that some cameras write.
 */
static void listen_to(int priority, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void listen_to(int priority, const char *format, va_list args) {
    char said[200];
    vsnprintf(said, sizeof(said), format, args);
    if (strstr(said, "Premature end of JPEG")) is_cut_short = 1;
}

static apr_status_t check(const go_picture *picture, apr_size_t length, go_error *err) {
    if (length > GO_AVATAR_BYTES_MAX)
        return go_error_set(err, GO_ETOOBIG, another, "The picture is larger than %d MiB.",
                            GO_AVATAR_BYTES_MAX / 1024 / 1024);
    if (picture->format == GO_PICTURE_UNKNOWN)
        return go_error_set(err, GO_EINVALID, another, "This is no PNG, JPEG or WebP picture.");
    if (picture->is_animated)
        return go_error_set(err, GO_EINVALID, another, "The picture is animated.");
    if (!picture->width || !picture->height)
        return go_error_set(err, GO_EINVALID, another, "The picture is broken.");
    if (picture->width > GO_AVATAR_SIDE_MAX || picture->height > GO_AVATAR_SIDE_MAX ||
        picture->width * picture->height > GO_AVATAR_PIXELS_MAX)
        return go_error_set(
            err, GO_ETOOBIG, another, "The picture is %u by %u pixels; at most %d by %d are taken.",
            picture->width, picture->height, GO_AVATAR_SIDE_MAX, GO_AVATAR_SIDE_MAX);
    return APR_SUCCESS;
}

static gdImagePtr decode(go_picture_format format, const char *bytes, apr_size_t length) {
    void *data = (void *)bytes; /* libgd only reads it */
    switch (format) {
    case GO_PICTURE_PNG:
        return gdImageCreateFromPngPtr((int)length, data);
    case GO_PICTURE_JPEG:
        /* 0: warnings are told to listen_to(). */
        return gdImageCreateFromJpegPtrEx((int)length, data, 0);
    case GO_PICTURE_WEBP:
        return gdImageCreateFromWebpPtr((int)length, data);
    default:
        return NULL;
    }
}

static gdImagePtr new_square(void) {
    gdImagePtr square = gdImageCreateTrueColor(GO_AVATAR_SIDE, GO_AVATAR_SIDE);
    if (!square) return NULL;
    gdImageAlphaBlending(square, 0);
    gdImageSaveAlpha(square, 1);
    return square;
}

/* The central square of a picture, scaled. */
static gdImagePtr crop(gdImagePtr whole) {
    int width = gdImageSX(whole), height = gdImageSY(whole);
    int side = width < height ? width : height;
    gdImagePtr square = new_square();
    if (square)
        gdImageCopyResampled(square, whole, 0, 0, (width - side) / 2, (height - side) / 2,
                             GO_AVATAR_SIDE, GO_AVATAR_SIDE, side, side);
    return square;
}

/*
 * Turns a square upright. EXIF's eight orientations are: mirrored left-right in 2, 3, 7, 8 of the
 * source, top-bottom in 3, 4, 6, 7, and with rows and columns exchanged from 5 on.
 */
static gdImagePtr turn(gdImagePtr square, int orientation) {
    static const struct {
        unsigned char exchange, flip_x, flip_y;
    } turns[] = {{0, 0, 0}, {0, 0, 0}, {0, 1, 0}, {0, 1, 1}, {0, 0, 1},
                 {1, 0, 0}, {1, 0, 1}, {1, 1, 1}, {1, 1, 0}};
    const int last = GO_AVATAR_SIDE - 1;
    if (orientation == 1 || !square) return square;
    gdImagePtr turned = new_square();
    for (int y = 0; turned && y <= last; y++) {
        for (int x = 0; x <= last; x++) {
            int from_x = turns[orientation].exchange ? y : x;
            int from_y = turns[orientation].exchange ? x : y;
            if (turns[orientation].flip_x) from_x = last - from_x;
            if (turns[orientation].flip_y) from_y = last - from_y;
            gdImageSetPixel(turned, x, y, gdImageGetTrueColorPixel(square, from_x, from_y));
        }
    }
    gdImageDestroy(square);
    return turned;
}

apr_status_t go_avatar_encode(const char *bytes, apr_size_t length, const char **png,
                              apr_size_t *png_length, apr_pool_t *pool, go_error *err) {
    go_picture picture = go_picture_look(bytes, length);
    apr_status_t status = check(&picture, length, err);
    if (status) return status;
    gdSetErrorMethod(listen_to);
    is_cut_short = 0;
    gdImagePtr whole = decode(picture.format, bytes, length);
    if (!whole || is_cut_short) {
        if (whole) gdImageDestroy(whole);
        return go_error_set(err, GO_EINVALID, another, "The picture is broken or cut short.");
    }
    gdImagePtr square = turn(crop(whole), picture.orientation);
    gdImageDestroy(whole);
    int size = 0;
    void *encoded = square ? gdImagePngPtr(square, &size) : NULL;
    if (square) gdImageDestroy(square);
    if (!encoded) return go_error_system(err, APR_ENOMEM, NULL, "The picture cannot be encoded");
    *png = apr_pmemdup(pool, encoded, (apr_size_t)size);
    *png_length = (apr_size_t)size;
    gdFree(encoded);
    return APR_SUCCESS;
}
