/*
 * Reading a shell script as simple commands.
 *
 * One pass with an explicit stack: each frame is a list that is being read, the script's own, a
 * subshell's or a substitution's, and ends with its closing character. Deeper nesting than
 * DEPTH_MAX ends the reading.
 */
#include "model/buffer.h"
#include "model/lint_private.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

#define DEPTH_MAX     32
#define DOCUMENTS_MAX 8 /* here-documents that begin in one line */

typedef struct frame {
    char closer; /* ')' or '`'; 0: the script's own */
    int in_quotes;
    int is_substitution;    /* its output becomes part of the word outside */
    int is_array;           /* x=( ... ) */
    int in_word, is_target; /* of a redirection */
    int line;               /* where the command began */
    int in_submission;      /* to be restored */
    go_buffer *word;
    apr_array_header_t *words; /* of const char * */
} frame;

typedef struct here_document {
    const char *end;
    int strips_tabs;
} here_document;

typedef struct reader {
    go_lint *lint;
    const char *at, *end;
    int line, depth;
    int document_count;
    frame frames[DEPTH_MAX];
    here_document documents[DOCUMENTS_MAX];
} reader;

static frame *top(reader *r) {
    return &r->frames[r->depth];
}

static char peek(const reader *r, apr_size_t ahead) {
    return (apr_size_t)(r->end - r->at) > ahead ? r->at[ahead] : '\0';
}

static int push(reader *r, char closer) {
    if (r->depth + 1 == DEPTH_MAX) {
        r->at = r->end;
        return 0;
    }
    r->depth++;
    frame *f = top(r); /* its buffers are used again: a script may push as often as it is long */
    *f = (frame){.closer = closer,
                 .line = r->line,
                 .in_submission = r->lint->in_submission,
                 .word = f->word ? f->word : go_buffer_make(r->lint->pool, 64),
                 .words =
                     f->words ? f->words : apr_array_make(r->lint->pool, 8, sizeof(const char *))};
    f->word->length = 0;
    apr_array_clear(f->words);
    return 1;
}

static void add_char(reader *r, char c) {
    frame *f = top(r);
    if (!f->in_word && !f->words->nelts) f->line = r->line;
    f->in_word = 1;
    go_buffer_putc(f->word, c);
}

static void add_text(reader *r, const char *text) {
    while (*text)
        add_char(r, *text++);
}

static void end_word(reader *r) {
    frame *f = top(r);
    if (f->in_word && !f->is_target && f->words->nelts < GO_LINT_WORDS_MAX)
        APR_ARRAY_PUSH(f->words, const char *) =
            apr_pstrmemdup(r->lint->pool, f->word->bytes, f->word->length);
    if (f->in_word) f->is_target = 0;
    f->in_word = 0;
    f->word->length = 0;
}

static void end_command(reader *r) {
    end_word(r);
    frame *f = top(r);
    f->is_target = 0;
    if (f->is_array) return; /* a newline in a list of words */
    if (f->words->nelts) go_lint_command(r->lint, f->words, f->line);
    apr_array_clear(f->words);
}

/* What a substitution puts into the word outside, by its last command. */
static const char *value_of(const apr_array_header_t *last) {
    return last->nelts == 1 && !strcmp(APR_ARRAY_IDX(last, 0, const char *), "pwd") ? "$PWD"
                                                                                    : "$()";
}

static void end_array(reader *r, const frame *inner) {
    frame *outer = top(r);
    const char *name = apr_pstrmemdup(r->lint->pool, outer->word->bytes, outer->word->length);
    apr_size_t length = strcspn(name, "+=");
    const char *first = inner->words->nelts ? APR_ARRAY_IDX(inner->words, 0, const char *) : "";
    go_lint_assign(r->lint, apr_pstrmemdup(r->lint->pool, name, length), first);
}

static void pop(reader *r) {
    end_word(r);
    frame inner = *top(r);
    const char *value = value_of(inner.words);
    end_command(r);
    r->depth--;
    if (inner.is_array) {
        end_array(r, &inner);
        return;
    }
    r->lint->in_submission = inner.in_submission;
    if (inner.is_substitution) add_text(r, value);
}

/* After "${": the whole expansion becomes "$name". */
static void read_braces(reader *r) {
    int depth = 1;
    while (r->at < r->end && strchr("#!", *r->at))
        r->at++;
    add_char(r, '$');
    while (r->at < r->end && (apr_isalnum(*r->at) || *r->at == '_'))
        add_char(r, *r->at++);
    for (; r->at < r->end && depth; r->at++) {
        if (*r->at == '\\' && r->at + 1 < r->end) r->at++;
        if (*r->at == '{') depth++;
        if (*r->at == '}') depth--;
        if (*r->at == '\n') r->line++;
    }
}

/* After "((": to the matching "))". */
static void skip_arithmetic(reader *r) {
    int depth = 2;
    for (; r->at < r->end && depth; r->at++) {
        if (*r->at == '(') depth++;
        if (*r->at == ')') depth--;
        if (*r->at == '\n') r->line++;
    }
}

static void begin_substitution(reader *r, char closer) {
    if (push(r, closer)) top(r)->is_substitution = 1;
}

static void read_dollar(reader *r) {
    r->at++;
    if (peek(r, 0) == '(' && peek(r, 1) == '(') {
        r->at += 2;
        skip_arithmetic(r);
        add_text(r, "$()");
    } else if (peek(r, 0) == '(') {
        r->at++;
        begin_substitution(r, ')');
    } else if (peek(r, 0) == '{') {
        r->at++;
        read_braces(r);
    } else if (peek(r, 0) != '\'' && peek(r, 0) != '"') { /* $'...' and $"..." are quotes */
        add_char(r, '$');
    }
}

static void read_backslash(reader *r) {
    r->at++;
    if (r->at == r->end) return;
    if (*r->at == '\n')
        r->line++;
    else if (*r->at != '\r')
        add_char(r, *r->at);
    r->at++;
}

static void read_single_quotes(reader *r) {
    top(r)->in_word = 1;
    for (r->at++; r->at < r->end && *r->at != '\''; r->at++) {
        add_char(r, *r->at);
        if (*r->at == '\n') r->line++;
    }
    if (r->at < r->end) r->at++;
}

static void read_in_quotes(reader *r) {
    char c = *r->at;
    if (c == '"') {
        top(r)->in_quotes = 0;
        r->at++;
    } else if (c == '\\') {
        read_backslash(r);
    } else if (c == '$') {
        read_dollar(r);
    } else if (c == '`') {
        r->at++;
        begin_substitution(r, '`');
    } else {
        add_char(r, c);
        if (c == '\n') r->line++;
        r->at++;
    }
}

/* The word that ends a here-document: its quotes go. */
static void begin_document(reader *r) {
    here_document document = {.strips_tabs = peek(r, 0) == '-'};
    go_buffer *end = go_buffer_make(r->lint->pool, 16);
    if (document.strips_tabs) r->at++;
    while (peek(r, 0) == ' ' || peek(r, 0) == '\t')
        r->at++;
    for (; r->at < r->end && !strchr(" \t\r\n;|&<>()", *r->at); r->at++)
        if (!strchr("'\"\\", *r->at)) go_buffer_putc(end, *r->at);
    document.end = end->bytes;
    if (r->document_count < DOCUMENTS_MAX) r->documents[r->document_count++] = document;
}

static int is_number(const char *word) {
    return *word && !word[strspn(word, "0123456789")];
}

static void read_redirection(reader *r) {
    frame *f = top(r);
    if (f->in_word && is_number(f->word->bytes)) {
        f->in_word = 0;
        f->word->length = 0;
        f->word->bytes[0] = '\0';
    }
    end_word(r);
    if (peek(r, 0) == '<' && peek(r, 1) == '<' && peek(r, 2) != '<') {
        r->at += 2;
        begin_document(r);
        return;
    }
    if (peek(r, 1) == '(') { /* <(...) */
        r->at += 2;
        begin_substitution(r, ')');
        return;
    }
    while (r->at < r->end && strchr("<>&|", *r->at))
        r->at++;
    f->is_target = 1;
}

/* The lines of a here-document, from the one at hand to its end. */
static void read_document(reader *r, const here_document *document) {
    const char *start = r->at;
    int line = r->line;
    while (r->at < r->end) {
        const char *newline = memchr(r->at, '\n', (apr_size_t)(r->end - r->at));
        const char *stop = newline ? newline : r->end, *from = r->at, *past = stop;
        while (document->strips_tabs && from < stop && *from == '\t')
            from++;
        if (past > from && past[-1] == '\r') past--;
        int is_end = (apr_size_t)(past - from) == strlen(document->end) &&
                     !memcmp(from, document->end, (apr_size_t)(past - from));
        const char *body_end = r->at;
        r->at = newline ? newline + 1 : r->end;
        if (newline) r->line++;
        if (!is_end) continue;
        if (r->lint->wants_stdin)
            go_lint_push_script(
                r->lint, r->lint->wants_stdin,
                apr_pstrmemdup(r->lint->pool, start, (apr_size_t)(body_end - start)), line);
        return;
    }
}

static void read_newline(reader *r) {
    end_command(r);
    r->at++;
    r->line++;
    for (int i = 0; i < r->document_count; i++)
        read_document(r, &r->documents[i]);
    r->document_count = 0;
    r->lint->wants_stdin = GO_LINT_NO_LANGUAGE;
}

/* "name() {": the words so far are no command. */
static int is_definition(const reader *r) {
    apr_size_t ahead = 1;
    while (peek(r, ahead) == ' ' || peek(r, ahead) == '\t')
        ahead++;
    return peek(r, ahead) == ')';
}

static void read_parenthesis(reader *r) {
    frame *f = top(r);
    if (f->in_word && f->word->length && f->word->bytes[f->word->length - 1] == '=') {
        r->at++;
        if (push(r, ')')) top(r)->is_array = 1;
        return;
    }
    end_word(r);
    if (is_definition(r)) {
        apr_array_clear(f->words);
        r->at = memchr(r->at, ')', (apr_size_t)(r->end - r->at));
        r->at++;
        return;
    }
    end_command(r);
    r->at++;
    if (peek(r, 0) == '(') {
        r->at++;
        skip_arithmetic(r);
    } else {
        push(r, ')');
    }
}

static void read_closer(reader *r, char c) {
    r->at++;
    if (top(r)->closer == c) {
        pop(r);
    } else if (c == ')') { /* the pattern of a case */
        end_word(r);
        apr_array_clear(top(r)->words);
    } else {
        begin_substitution(r, '`');
    }
}

static void skip_comment(reader *r) {
    while (r->at < r->end && *r->at != '\n')
        r->at++;
}

static void read_plain(reader *r) {
    char c = *r->at;
    if (c == '\n') {
        read_newline(r);
    } else if (c == ' ' || c == '\t' || c == '\r') {
        end_word(r);
        r->at++;
    } else if (c == '\\') {
        read_backslash(r);
    } else if (c == '\'') {
        read_single_quotes(r);
    } else if (c == '"') {
        add_text(r, "");
        top(r)->in_word = top(r)->in_quotes = 1;
        r->at++;
    } else if (c == '$') {
        read_dollar(r);
    } else if (c == '(') {
        read_parenthesis(r);
    } else if (c == ')' || c == '`') {
        read_closer(r, c);
    } else if (c == '#' && !top(r)->in_word) {
        skip_comment(r);
    } else if (c == '<' || c == '>' || (c == '&' && peek(r, 1) == '>')) {
        read_redirection(r);
    } else if (c == ';' || c == '&' || c == '|') {
        end_command(r);
        r->at++;
    } else {
        add_char(r, c);
        r->at++;
    }
}

void go_lint_shell(go_lint *lint, const char *text, apr_size_t length, int line) {
    reader *r = apr_pcalloc(lint->pool, sizeof(*r));
    r->lint = lint;
    r->at = text;
    r->end = text + length;
    r->line = line;
    r->depth = -1;
    push(r, '\0');
    while (r->at < r->end) {
        if (top(r)->in_quotes)
            read_in_quotes(r);
        else
            read_plain(r);
    }
    while (r->depth > 0)
        pop(r);
    end_command(r);
}
