/* What the two halves of archive.h share. */
#ifndef GO_MODEL_ARCHIVE_PRIVATE_H
#define GO_MODEL_ARCHIVE_PRIVATE_H

#include "model/error.h"

#include <locale.h>

/*
 * libarchive turns names from and to the character set of the calling thread's locale, and httpd
 * runs in "C", where a UTF-8 name in a zip comes out as NULL. Between enter and leave this thread,
 * and no other, has a UTF-8 one.
 */
typedef struct go_archive_locale {
    locale_t utf8, before;
} go_archive_locale;

apr_status_t go_archive_locale_enter(go_archive_locale *saved, go_error *err);
void go_archive_locale_leave(go_archive_locale *saved);

#endif
