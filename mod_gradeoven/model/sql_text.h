/*
 * Statements of the institution's database (sync.h): the text that an administrator wrote, with
 * placeholders such as :username, into which values are put.
 *
 * The library that talks to those databases has no bound parameters, so where a placeholder stands
 * must be told exactly as the server will: not in strings, E'' strings, quoted identifiers,
 * comments or $tag$ bodies, and not in a :: cast. What could be read in two ways (a placeholder
 * that touches a quote or a letter, so that the server would take both as one; a backslash whose
 * meaning depends on the server's settings; a second statement) is refused with its place. Pure.
 */
#ifndef GO_MODEL_SQL_TEXT_H
#define GO_MODEL_SQL_TEXT_H

#include "model/error.h"

#include <apr_tables.h>

/* What of SQL differs between the servers. */
typedef enum go_dialect {
    GO_DIALECT_PGSQL,
    GO_DIALECT_MYSQL,
    GO_DIALECT_SQLITE,
    GO_DIALECT_TSQL, /* SQL Server, Sybase */
} go_dialect;

#define GO_SQL_TEXT_MAX (16 * 1024) /* bytes of a statement */

/* A piece: text to be sent as it is, or the place of a value. */
typedef struct go_sql_piece {
    const char *text; /* NULL: a placeholder */
    apr_size_t length;
    int placeholder; /* index into the names */
} go_sql_piece;

typedef struct go_sql_text {
    apr_array_header_t *pieces; /* of go_sql_piece */
    const char *verb;           /* the first word, in small letters */
} go_sql_text;

/*
 * Cuts a statement at its placeholders, whose names are `names` (ended by NULL). GO_EINVALID: what
 * is wrong with it, with the characters where it is. A ';' at the end is left out.
 */
apr_status_t go_sql_text_parse(go_sql_text *text, const char *sql, go_dialect dialect,
                               const char *const *names, apr_pool_t *pool, go_error *err);

/* The statement with literals (quoted by the driver, or NULL) in the places; in `pool`. */
const char *go_sql_text_fill(const go_sql_text *text, const char *const *literals,
                             apr_pool_t *pool);

/* Is the first word one of a list that is ended by NULL? */
int go_sql_text_begins(const go_sql_text *text, const char *const *verbs);

#endif
