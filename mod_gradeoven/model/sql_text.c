/* A scanner over one statement; each take_ function stands on its first byte and steps behind it.
 */
#include "model/sql_text.h"

#include "model/buffer.h"
#include "model/text.h"

#include <apr_strings.h>

#include <string.h>

/* What was read last, blanks and comments aside: decides what may stand next to a placeholder. */
typedef enum token { NOTHING, WORD, STRING, PLACEHOLDER, OTHER } token;

typedef struct scanner {
    const char *at, *kept; /* where we are; from where on the text is not yet in a piece */
    const char *const *names;
    go_dialect dialect;
    token last;
    int touches;      /* nothing stands between the last token and here */
    int has_ended;    /* a ';' was read */
    const char *word; /* the first one */
    apr_size_t word_length;
    apr_array_header_t *pieces;
    apr_pool_t *pool;
    go_error *err;
} scanner;

static int is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* '$', '#' and '@' belong to names in some of the dialects, so they touch in all. */
static int continues_word(char c) {
    return is_letter(c) || is_digit(c) || c == '$' || c == '#' || c == '@';
}

static apr_status_t refuse(const scanner *in, const char *at, const char *remedy,
                           const char *what) {
    apr_size_t length = strlen(at);
    return go_error_set(in->err, GO_EINVALID, remedy, "The statement %s, at: %s", what,
                        go_text_printable(in->pool, at, length > 40 ? 40 : length));
}

static void token_ends(scanner *in, token kind) {
    in->last = kind;
    in->touches = 1;
}

/* From an opening quote to the closing one, which is doubled inside. */
static apr_status_t take_quoted(scanner *in, char close, int is_escaping) {
    const char *start = in->at++;
    int is_string = close == '\'' || (close == '"' && in->dialect == GO_DIALECT_MYSQL);
    int is_ambiguous = is_string && !is_escaping &&
                       (in->dialect == GO_DIALECT_PGSQL || in->dialect == GO_DIALECT_MYSQL);
    for (;; in->at++) {
        if (!*in->at) return refuse(in, start, "Close the quote.", "has a quote without an end");
        if (*in->at == '\\' && is_ambiguous)
            return refuse(in, in->at,
                          "Write it without one; on PostgreSQL E'...' says what it means.",
                          "has a backslash in a string, which servers read in two ways");
        if (*in->at == '\\' && is_escaping && in->at[1])
            in->at++;
        else if (*in->at == close && in->at[1] == close)
            in->at++;
        else if (*in->at == close)
            break;
    }
    in->at++;
    token_ends(in, is_string ? STRING : WORD);
    return APR_SUCCESS;
}

static void take_line_comment(scanner *in) {
    in->at += strcspn(in->at, "\n");
    in->touches = 0;
}

static apr_status_t take_comment(scanner *in) {
    const char *start = in->at;
    int nests = in->dialect == GO_DIALECT_PGSQL || in->dialect == GO_DIALECT_TSQL, depth = 1;
    if (in->dialect == GO_DIALECT_MYSQL && (start[2] == '!' || start[2] == 'M'))
        return refuse(in, start, "Write the condition out.", "has a comment that MySQL executes");
    for (in->at += 2; depth; in->at++) {
        if (!*in->at) return refuse(in, start, "Close it.", "has a comment without an end");
        int is_pair = in->at[1] != '\0';
        if (is_pair && in->at[0] == '*' && in->at[1] == '/')
            depth--, in->at++;
        else if (is_pair && nests && in->at[0] == '/' && in->at[1] == '*')
            depth++, in->at++;
    }
    in->touches = 0;
    return APR_SUCCESS;
}

/* PostgreSQL's $tag$ ... $tag$; a '$' that begins none is an ordinary character. */
static apr_status_t take_dollar(scanner *in) {
    const char *start = in->at, *end = start + 1;
    if (!is_digit(*end))
        while (is_letter(*end) || is_digit(*end))
            end++;
    if (*end != '$') {
        in->at++;
        token_ends(in, WORD);
        return APR_SUCCESS;
    }
    const char *tag = apr_pstrmemdup(in->pool, start, (apr_size_t)(end + 1 - start));
    const char *close = strstr(end + 1, tag);
    if (!close) return refuse(in, start, "Close it.", "has a quote without an end");
    in->at = close + strlen(tag);
    token_ends(in, STRING);
    return APR_SUCCESS;
}

static apr_status_t take_word(scanner *in) {
    const char *start = in->at;
    while (continues_word(*in->at))
        in->at++;
    apr_size_t length = (apr_size_t)(in->at - start);
    if (!in->word) in->word = start, in->word_length = length;
    token_ends(in, WORD);
    if (length == 1 && (*start == 'e' || *start == 'E') && *in->at == '\'' &&
        in->dialect == GO_DIALECT_PGSQL)
        return take_quoted(in, '\'', 1);
    return APR_SUCCESS;
}

static void keep(scanner *in, const char *end) {
    if (end > in->kept)
        APR_ARRAY_PUSH(in->pieces, go_sql_piece) = (go_sql_piece){
            .text = in->kept, .length = (apr_size_t)(end - in->kept), .placeholder = -1};
}

static int find_name(const scanner *in, const char *start, apr_size_t length) {
    for (int i = 0; in->names[i]; i++)
        if (strlen(in->names[i]) == length && !strncmp(in->names[i], start, length)) return i;
    return -1;
}

static const char *all_names(const scanner *in) {
    const char *list = "";
    for (int i = 0; in->names[i]; i++)
        list = apr_pstrcat(in->pool, list, i ? ", :" : ":", in->names[i], NULL);
    return *list ? apr_pstrcat(in->pool, "There are: ", list, ".", NULL) : "There are none here.";
}

/*
 * A value becomes a string literal. Two literals in a row are one on some servers, read by the
 * rules of the first (E''); and so is one that touches a prefix (N, U&), a quote, a name.
 */
static apr_status_t take_placeholder(scanner *in) {
    static const char apart[] = "Put a blank or a comma between them.";
    const char *start = in->at++;
    while (is_letter(*in->at) || is_digit(*in->at))
        in->at++;
    int place = find_name(in, start + 1, (apr_size_t)(in->at - start - 1));
    if (place < 0) return refuse(in, start, all_names(in), "has an unknown placeholder");
    if (!in->word)
        return refuse(in, start, "Begin it with its verb, such as UPDATE.",
                      "has a placeholder before its first word");
    if (in->last == STRING || in->last == PLACEHOLDER)
        return refuse(in, start, "Put an operator or a comma between them.",
                      "has a placeholder right after a string");
    if (in->touches && (in->last == WORD || (in->last == OTHER && strchr("&.", start[-1]))))
        return refuse(in, start, apart, "has a placeholder that touches what stands before it");
    if (continues_word(*in->at) || (*in->at && strchr("'\"`.&", *in->at)))
        return refuse(in, start, apart, "has a placeholder that touches what stands behind it");
    keep(in, start);
    in->kept = in->at;
    APR_ARRAY_PUSH(in->pieces, go_sql_piece) = (go_sql_piece){.placeholder = place};
    token_ends(in, PLACEHOLDER);
    return APR_SUCCESS;
}

/* MySQL takes -- for a comment only before a blank. */
static int is_line_comment(const scanner *in) {
    if (*in->at == '#') return in->dialect == GO_DIALECT_MYSQL;
    if (in->at[0] != '-' || in->at[1] != '-') return 0;
    return in->dialect != GO_DIALECT_MYSQL || !in->at[2] || strchr(" \t\r\n", in->at[2]);
}

static apr_status_t take_quote(scanner *in) {
    if (in->last == PLACEHOLDER && *in->at == '\'')
        return refuse(in, in->at, "Put an operator or a comma between them.",
                      "has a string right after a placeholder");
    if (in->last == STRING && *in->at == '\'' && !in->touches)
        return refuse(in, in->at, "Write it as one.", "has a string in two parts");
    return take_quoted(in, *in->at == '[' ? ']' : *in->at, 0);
}

static void take_colons(scanner *in) {
    in->at += in->at[1] == ':' || in->at[1] == '=' ? 2 : 1;
    token_ends(in, OTHER);
}

static int opens_quote(const scanner *in) {
    int is_mysql = in->dialect == GO_DIALECT_MYSQL, is_pgsql = in->dialect == GO_DIALECT_PGSQL;
    if (*in->at == '`') return is_mysql || in->dialect == GO_DIALECT_SQLITE;
    if (*in->at == '[') return !is_mysql && !is_pgsql;
    return *in->at == '\'' || *in->at == '"';
}

static apr_status_t take_one(scanner *in) {
    char c = *in->at;
    if (strchr(" \t\r\n", c)) {
        in->at++;
        in->touches = 0;
        return APR_SUCCESS;
    }
    if (is_line_comment(in)) return take_line_comment(in), APR_SUCCESS;
    if (c == '/' && in->at[1] == '*') return take_comment(in);
    if (in->has_ended)
        return refuse(in, in->at,
                      "One statement stands here; a procedure of the server can do "
                      "more.",
                      "goes on after a ';'");
    if (opens_quote(in)) return take_quote(in);
    if (c == '$' && in->dialect == GO_DIALECT_PGSQL) return take_dollar(in);
    if (continues_word(c)) return take_word(in);
    if (c == ':' && is_letter(in->at[1])) return take_placeholder(in);
    if (c == ':') return take_colons(in), APR_SUCCESS;
    if (c == ';') {
        keep(in, in->at);
        in->has_ended = 1;
    } else if ((unsigned char)c < ' ' || c == 0x7f) {
        return refuse(in, in->at, "Take it out.", "has a control character");
    }
    in->at++;
    token_ends(in, OTHER);
    return APR_SUCCESS;
}

apr_status_t go_sql_text_parse(go_sql_text *text, const char *sql, go_dialect dialect,
                               const char *const *names, apr_pool_t *pool, go_error *err) {
    apr_size_t length = strlen(sql);
    scanner in = {.at = sql,
                  .kept = sql,
                  .names = names,
                  .dialect = dialect,
                  .pieces = apr_array_make(pool, 8, sizeof(go_sql_piece)),
                  .pool = pool,
                  .err = err};
    if (length > GO_SQL_TEXT_MAX || !go_text_is_utf8(sql, length))
        return go_error_set(err, GO_EINVALID, "Put it into a view or a procedure of the server.",
                            "The statement is over %d KiB long, or is not UTF-8.",
                            GO_SQL_TEXT_MAX / 1024);
    while (*in.at) {
        apr_status_t status = take_one(&in);
        if (status) return status;
    }
    if (!in.has_ended) keep(&in, in.at);
    if (!in.word) return go_error_set(err, GO_EINVALID, "Write one.", "The statement is empty.");
    char *verb = apr_pstrmemdup(pool, in.word, in.word_length);
    for (char *c = verb; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    *text = (go_sql_text){.pieces = in.pieces, .verb = verb};
    return APR_SUCCESS;
}

const char *go_sql_text_fill(const go_sql_text *text, const char *const *literals,
                             apr_pool_t *pool) {
    go_buffer *all = go_buffer_make(pool, 1024);
    for (int i = 0; i < text->pieces->nelts; i++) {
        const go_sql_piece *piece = &APR_ARRAY_IDX(text->pieces, i, go_sql_piece);
        if (piece->text)
            go_buffer_add(all, piece->text, piece->length);
        else
            go_buffer_puts(all, literals[piece->placeholder]);
    }
    return all->bytes;
}

int go_sql_text_begins(const go_sql_text *text, const char *const *verbs) {
    for (; *verbs; verbs++)
        if (!strcmp(text->verb, *verbs)) return 1;
    return 0;
}
