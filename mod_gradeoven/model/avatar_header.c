#include "model/avatar_private.h"

#include <string.h>

typedef struct view {
    const unsigned char *bytes;
    apr_size_t length;
} view;

/* What lies behind `offset`, nothing if that is beyond the end. */
static view behind(view v, apr_size_t offset) {
    if (offset > v.length) offset = v.length;
    return (view){v.bytes + offset, v.length - offset};
}

static int begins_with(view v, apr_size_t offset, const char *what, apr_size_t n) {
    return v.length >= offset && v.length - offset >= n && !memcmp(v.bytes + offset, what, n);
}

/* `count` bytes as a number; 0 if they are not there. */
static apr_uint32_t big(view v, apr_size_t offset, int count) {
    apr_uint32_t value = 0;
    if (offset + (apr_size_t)count > v.length) return 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | v.bytes[offset + (apr_size_t)i];
    return value;
}

static apr_uint32_t little(view v, apr_size_t offset, int count) {
    apr_uint32_t value = 0;
    if (offset + (apr_size_t)count > v.length) return 0;
    for (int i = count - 1; i >= 0; i--)
        value = value << 8 | v.bytes[offset + (apr_size_t)i];
    return value;
}

/* PNG: IHDR comes first; acTL before the first IDAT makes it an animated one. */
static void look_png(view v, go_picture *picture) {
    if (!begins_with(v, 12, "IHDR", 4)) return;
    picture->width = big(v, 16, 4);
    picture->height = big(v, 20, 4);
    for (view chunk = behind(v, 8); chunk.length >= 12;) {
        if (begins_with(chunk, 4, "IDAT", 4)) return;
        if (begins_with(chunk, 4, "acTL", 4)) picture->is_animated = 1;
        chunk = behind(chunk, (apr_size_t)big(chunk, 0, 4) + 12);
    }
}

/* EXIF in a JPEG is a TIFF: the first directory may hold tag 0x0112, how the camera was held. */
static int exif_orientation(view tiff) {
    apr_uint32_t (*number)(view, apr_size_t, int) = begins_with(tiff, 0, "MM", 2) ? big : little;
    view directory = behind(tiff, number(tiff, 4, 4));
    apr_uint32_t count = number(directory, 0, 2);
    for (apr_uint32_t i = 0; i < count; i++) {
        view field = behind(directory, 2 + (apr_size_t)i * 12);
        if (field.length < 12) break;
        if (number(field, 0, 2) != 0x0112) continue;
        apr_uint32_t orientation = number(field, 8, 2);
        return orientation >= 1 && orientation <= 8 ? (int)orientation : 1;
    }
    return 1;
}

/* Start of frame: C0 to CF without DHT (C4), JPG (C8) and DAC (CC). */
static int is_start_of_frame(apr_uint32_t marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static void look_jpeg(view v, go_picture *picture) {
    for (view segment = behind(v, 2); segment.length >= 4 && segment.bytes[0] == 0xFF;) {
        apr_uint32_t marker = segment.bytes[1];
        if (marker == 0xFF) { /* a fill byte */
            segment = behind(segment, 1);
            continue;
        }
        if (is_start_of_frame(marker)) {
            picture->height = big(segment, 5, 2);
            picture->width = big(segment, 7, 2);
            return;
        }
        if (marker == 0xE1 && begins_with(segment, 4, "Exif\0\0", 6))
            picture->orientation = exif_orientation(behind(segment, 10));
        segment = behind(segment, (apr_size_t)big(segment, 2, 2) + 2);
    }
}

/* WebP's three kinds of first chunk: lossy, lossless, extended (RFC 9649). */
static void look_webp(view v, go_picture *picture) {
    if (begins_with(v, 12, "VP8 ", 4)) {
        picture->width = little(v, 26, 2) & 0x3FFF;
        picture->height = little(v, 28, 2) & 0x3FFF;
    } else if (begins_with(v, 12, "VP8L", 4) && v.length >= 25) {
        apr_uint32_t bits = little(v, 21, 4);
        picture->width = (bits & 0x3FFF) + 1;
        picture->height = (bits >> 14 & 0x3FFF) + 1;
    } else if (begins_with(v, 12, "VP8X", 4) && v.length >= 30) {
        picture->is_animated = (v.bytes[20] & 0x02) != 0;
        picture->width = little(v, 24, 3) + 1;
        picture->height = little(v, 27, 3) + 1;
    }
}

go_picture go_picture_look(const char *bytes, apr_size_t length) {
    go_picture picture = {.format = GO_PICTURE_UNKNOWN, .orientation = 1};
    view v = {(const unsigned char *)bytes, length};
    if (begins_with(v, 0, "\x89PNG\r\n\x1a\n", 8)) {
        picture.format = GO_PICTURE_PNG;
        look_png(v, &picture);
    } else if (begins_with(v, 0, "\xFF\xD8\xFF", 3)) {
        picture.format = GO_PICTURE_JPEG;
        look_jpeg(v, &picture);
    } else if (begins_with(v, 0, "RIFF", 4) && begins_with(v, 8, "WEBP", 4)) {
        picture.format = GO_PICTURE_WEBP;
        look_webp(v, &picture);
    }
    return picture;
}
