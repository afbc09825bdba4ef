/*
 * Names that people choose and that stand in addresses: of users, courses and assignments.
 */
#ifndef GO_MODEL_NAMES_H
#define GO_MODEL_NAMES_H

#include "model/error.h"

#define GO_NAME_MAX 64 /* bytes */

/*
 * A username as it is kept: surrounding blanks cut, ASCII letters in lower case, so that "Ada" logs
 * in as "ada". Letters, digits and . _ @ + -, starting with a letter or digit. GO_EINVALID.
 */
apr_status_t go_name_username(const char **name, const char *typed, apr_pool_t *pool,
                              go_error *err);

/*
 * A course's or assignment's name: 1 to GO_NAME_MAX bytes of UTF-8, no '/', no backslash, no
 * control character, not "." or "..", no blank at either end (they are cut). `kind` is for the
 * error's text.
 */
apr_status_t go_name_slug(const char **name, const char *kind, const char *typed, apr_pool_t *pool,
                          go_error *err);

/*
 * One line of text for people (title, display name, e-mail): blanks at the ends are cut, control
 * characters refused, at most `max` bytes; empty only when `may_be_empty`.
 */
apr_status_t go_name_line(const char **line, const char *kind, const char *typed, apr_size_t max,
                          int may_be_empty, apr_pool_t *pool, go_error *err);

#endif
