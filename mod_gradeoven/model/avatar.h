/*
 * Avatars: a small square picture of a user.
 *
 * An uploaded picture is decoded and written anew, so that what other people's browsers get is a
 * PNG that we made: no metadata (where a photo was taken), no trailing payload, one size. Width and
 * height are read from the header before libgd sees a byte, since a PNG of 1 MB can claim 20000 x
 * 20000 pixels and cost gigabytes. Who has uploaded nothing gets a generated picture: initials on a
 * colour that is always the same for the same person.
 */
#ifndef GO_MODEL_AVATAR_H
#define GO_MODEL_AVATAR_H

#include "model/error.h"

#define GO_AVATAR_BYTES_MAX  (2 * 1024 * 1024)
#define GO_AVATAR_SIDE_MAX   4096 /* pixels of width and of height */
#define GO_AVATAR_PIXELS_MAX (16 * 1024 * 1024)
#define GO_AVATAR_SIDE       256 /* of the result */

/*
 * PNG, JPEG or WebP in; its central square, as a PNG of GO_AVATAR_SIDE squared, out (in `pool`).
 * GO_EINVALID: another format, animated, cut short or broken. GO_ETOOBIG: over a limit.
 */
apr_status_t go_avatar_encode(const char *bytes, apr_size_t length, const char **png,
                              apr_size_t *png_length, apr_pool_t *pool, go_error *err);

/*
 * A generated picture as an SVG document: up to two initials of `display_name` (UTF-8) on a colour
 * told by `seed` (a user name or id). Readable on light and dark pages; no script, no style.
 */
const char *go_avatar_svg(apr_pool_t *pool, const char *seed, const char *display_name);

#endif
