/* What a picture's header says, read before anything decodes it. */
#ifndef GO_MODEL_AVATAR_PRIVATE_H
#define GO_MODEL_AVATAR_PRIVATE_H

#include <apr.h>

typedef enum go_picture_format {
    GO_PICTURE_UNKNOWN,
    GO_PICTURE_PNG,
    GO_PICTURE_JPEG,
    GO_PICTURE_WEBP
} go_picture_format;

typedef struct go_picture {
    go_picture_format format;
    apr_uint32_t width, height; /* 0: the header is broken */
    int is_animated;
    int orientation; /* EXIF's, 1 to 8; 1 where none is said */
} go_picture;

/* Never reads beyond `length`; what cannot be read is left as unknown or 0. */
go_picture go_picture_look(const char *bytes, apr_size_t length);

#endif
