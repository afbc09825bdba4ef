#include "model/text.h"
#include "web/template_private.h"

#include <apr_strings.h>

#include <string.h>

#define DELIMITER_MAX 16

/* A section that waits for its closing tag. */
typedef struct open_section {
    go_node *node;
    go_node **tail; /* where the node after it is linked in, once it is closed */
} open_section;

typedef struct parser {
    const char *name;
    const char *start, *at, *end;
    char open[DELIMITER_MAX + 1], close[DELIMITER_MAX + 1];
    go_node **tail;
    open_section stack[GO_TEMPLATE_DEPTH_MAX];
    int depth;
    apr_pool_t *pool;
    go_error *err;
} parser;

/* A tag in the text: from its opening delimiter to behind its closing one. */
typedef struct tag {
    const char *begin, *end;
    char sigil;              /* one of # ^ / > ! = & { or 0 for a plain value */
    const char *body;        /* between sigil and closing delimiter, trimmed */
    apr_size_t length;       /* of the body */
    const char *line_begin;  /* of the line it stands in */
    const char *line_behind; /* behind that line's newline, if it stands alone there; else NULL */
} tag;

static int line_of(const parser *p, const char *where) {
    int line = 1;
    for (const char *c = p->start; c < where; c++)
        line += *c == '\n';
    return line;
}

static apr_status_t mistake(const parser *p, const char *where, const char *what) {
    return go_error_set(p->err, GO_EINVALID, NULL, "Template %s, line %d: %s.", p->name,
                        line_of(p, where), what);
}

static int is_blank(char c) {
    return c == ' ' || c == '\t';
}

static int is_space(char c) {
    return is_blank(c) || c == '\r' || c == '\n';
}

static const char *find(const char *from, const char *end, const char *what) {
    return memmem(from, (size_t)(end - from), what, strlen(what));
}

static void trim(const char **begin, const char **end) {
    while (*begin < *end && is_space(**begin))
        (*begin)++;
    while (*begin < *end && is_space((*end)[-1]))
        (*end)--;
}

static go_node *append(parser *p, go_node_kind kind, const char *text, apr_size_t length) {
    go_node *node = apr_pcalloc(p->pool, sizeof(*node));
    node->kind = kind;
    node->text = text;
    node->length = length;
    *p->tail = node;
    p->tail = &node->next;
    return node;
}

/*
 * The spec's standalone rule: a tag that prints nothing itself, with only blanks around it in its
 * line, takes the whole line with it, newline included.
 */
static void find_line(const parser *p, tag *t) {
    t->line_behind = NULL;
    t->line_begin = t->begin;
    while (t->line_begin > p->start && is_blank(t->line_begin[-1]))
        t->line_begin--;
    if (t->line_begin > p->start && t->line_begin[-1] != '\n') return;
    const char *behind = t->end;
    while (behind < p->end && is_blank(*behind))
        behind++;
    if (behind < p->end && *behind == '\r') behind++;
    if (behind < p->end && *behind != '\n') return;
    t->line_behind = behind < p->end ? behind + 1 : behind;
}

static apr_status_t read_tag(const parser *p, const char *begin, tag *t) {
    const char *inside = begin + strlen(p->open);
    char close[DELIMITER_MAX + 2];
    t->begin = begin;
    t->sigil = 0;
    if (inside < p->end && strchr("#^/>!=&{", *inside) && *inside) t->sigil = *inside++;
    apr_snprintf(close, sizeof(close), "%s%s",
                 t->sigil == '{'   ? "}"
                 : t->sigil == '=' ? "="
                                   : "",
                 p->close);
    const char *stop = find(inside, p->end, close);
    if (!stop) return mistake(p, begin, "a tag is not closed");
    t->end = stop + strlen(close);
    t->body = inside;
    trim(&t->body, &stop);
    t->length = (apr_size_t)(stop - t->body);
    find_line(p, t);
    if (!t->length && t->sigil != '!') return mistake(p, begin, "a tag is empty");
    return APR_SUCCESS;
}

/* "a.b" becomes {"a", "b", NULL}, "." becomes {NULL}. */
static apr_status_t read_name(const parser *p, const tag *t, go_node *node) {
    for (apr_size_t i = 0; i < t->length; i++)
        if (is_space(t->body[i])) return mistake(p, t->begin, "there is white space in a name");
    char *name = apr_pstrmemdup(p->pool, t->body, t->length);
    apr_array_header_t *parts = apr_array_make(p->pool, 4, sizeof(const char *));
    node->text = apr_pstrdup(p->pool, name);
    node->line = line_of(p, t->begin);
    if (strcmp(name, ".")) {
        char *part = name;
        while (part) {
            char *dot = strchr(part, '.');
            if (dot) *dot++ = '\0';
            if (!*part) return mistake(p, t->begin, "a name has an empty part");
            APR_ARRAY_PUSH(parts, const char *) = part;
            part = dot;
        }
    }
    APR_ARRAY_PUSH(parts, const char *) = NULL;
    node->path = (const char **)parts->elts;
    return APR_SUCCESS;
}

static apr_status_t open_a_section(parser *p, const tag *t) {
    if (p->depth == GO_TEMPLATE_DEPTH_MAX)
        return mistake(p, t->begin, "sections are nested too deep");
    go_node *node =
        append(p, t->sigil == '#' ? GO_NODE_SECTION : GO_NODE_INVERTED, t->body, t->length);
    p->stack[p->depth++] = (open_section){.node = node, .tail = p->tail};
    p->tail = &node->children;
    return read_name(p, t, node);
}

static apr_status_t close_a_section(parser *p, const tag *t) {
    if (!p->depth) return mistake(p, t->begin, "a section is closed that was not opened");
    const open_section *top = &p->stack[--p->depth];
    if (!t->body || strlen(top->node->text) != t->length ||
        memcmp(top->node->text, t->body, t->length))
        return mistake(p, t->begin,
                       apr_psprintf(p->pool, "section \"%s\" of line %d is closed by another name",
                                    top->node->text, top->node->line));
    p->tail = top->tail;
    return APR_SUCCESS;
}

/* {{=<% %>=}}: two delimiters with white space between, none and no '=' in them. */
static apr_status_t change_delimiters(parser *p, const tag *t) {
    const char *const end = t->body + t->length;
    const char *first_end = t->body;
    while (first_end < end && !is_space(*first_end))
        first_end++;
    const char *second = first_end;
    while (second < end && is_space(*second))
        second++;
    apr_size_t first_length = (apr_size_t)(first_end - t->body);
    apr_size_t second_length = (apr_size_t)(end - second);
    int fits = first_length <= DELIMITER_MAX && second_length && second_length <= DELIMITER_MAX;
    for (const char *c = t->body; c < end && fits; c++)
        fits = *c != '=' && *c && (c < second || !is_space(*c));
    if (!fits) return mistake(p, t->begin, "these cannot be delimiters");
    apr_cpystrn(p->open, t->body, first_length + 1);
    apr_cpystrn(p->close, second, second_length + 1);
    return APR_SUCCESS;
}

static apr_status_t take_partial(parser *p, const tag *t) {
    go_node *node = append(p, GO_NODE_PARTIAL, t->body, t->length);
    if (t->line_behind)
        node->indent =
            apr_pstrmemdup(p->pool, t->line_begin, (apr_size_t)(t->begin - t->line_begin));
    return read_name(p, t, node);
}

static apr_status_t take_tag(parser *p, const tag *t) {
    switch (t->sigil) {
    case '!':
        return APR_SUCCESS;
    case '=':
        return change_delimiters(p, t);
    case '#':
    case '^':
        return open_a_section(p, t);
    case '/':
        return close_a_section(p, t);
    case '>':
        return take_partial(p, t);
    default:
        return read_name(p, t,
                         append(p, t->sigil ? GO_NODE_RAW : GO_NODE_ESCAPED, t->body, t->length));
    }
}

/* The text before the next tag, and that tag. */
static apr_status_t take_next(parser *p) {
    tag t = {0};
    const char *begin = find(p->at, p->end, p->open);
    if (!begin) {
        if (p->at < p->end) append(p, GO_NODE_TEXT, p->at, (apr_size_t)(p->end - p->at));
        p->at = p->end;
        return APR_SUCCESS;
    }
    apr_status_t status = read_tag(p, begin, &t);
    if (status) return status;
    int alone = t.line_behind && t.sigil && t.sigil != '&' && t.sigil != '{';
    if (!alone) t.line_behind = NULL;
    const char *text_end = alone ? t.line_begin : t.begin;
    if (text_end > p->at) append(p, GO_NODE_TEXT, p->at, (apr_size_t)(text_end - p->at));
    p->at = alone ? t.line_behind : t.end;
    return take_tag(p, &t);
}

apr_status_t go_template_parse(go_node **nodes, const char *name, const char *text,
                               apr_size_t length, apr_pool_t *pool, go_error *err) {
    parser p = {.name = name,
                .start = text,
                .at = text,
                .end = text + length,
                .open = "{{",
                .close = "}}",
                .pool = pool,
                .err = err};
    *nodes = NULL;
    p.tail = nodes;
    if (!go_text_is_utf8(text, length)) return mistake(&p, text, "this is not UTF-8");
    while (p.at < p.end) {
        apr_status_t status = take_next(&p);
        if (status) return status;
    }
    if (!p.depth) return APR_SUCCESS;
    const go_node *unclosed = p.stack[p.depth - 1].node;
    return go_error_set(err, GO_EINVALID, NULL,
                        "Template %s, line %d: section \"%s\" is not closed.", name, unclosed->line,
                        unclosed->text);
}
