#include "web/template_private.h"

#include <apr_strings.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct renderer {
    const go_template_set *set;
    const char *name; /* of the template the page asked for */
    go_buffer *out;
    apr_size_t out_begin;
    /* What names are looked up in, the innermost last. */
    const json_t *contexts[GO_TEMPLATE_DEPTH_MAX + 1];
    int context_count;
    int depth;
    const char *indent; /* put before every line that the current template writes itself */
    int at_line_begin;
    go_error *err;
} renderer;

static apr_status_t render_nodes(renderer *r, const go_node *node);

/* A whole name is one lookup through all contexts for its first part; the rest goes down from there
 * and never starts again (the spec's "context precedence"). */
static const json_t *look_up(const renderer *r, const char *const *path) {
    const json_t *value = NULL;
    if (!path[0]) return r->contexts[r->context_count - 1];
    for (int i = r->context_count - 1; i >= 0 && !value; i--)
        value = json_object_get(r->contexts[i], path[0]);
    for (path++; value && *path; path++)
        value = json_object_get(value, *path);
    return value;
}

static int is_false(const json_t *value) {
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_NULL:
    case JSON_FALSE:
        return 1;
    case JSON_ARRAY:
        return json_array_size(value) == 0;
    case JSON_STRING:
        return json_string_length(value) == 0;
    default:
        return 0;
    }
}

/* The shortest decimal that reads back as the same number. */
static void format_real(char *text, size_t size, double real) {
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, real);
        if (strtod(text, NULL) == real) return;
    }
}

static void add_value(renderer *r, const json_t *value, int escaped) {
    char number[40];
    const char *text = number;
    apr_size_t length = 0;
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING:
        text = json_string_value(value);
        length = json_string_length(value);
        break;
    case JSON_INTEGER:
        length = (apr_size_t)snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
                                      json_integer_value(value));
        break;
    case JSON_REAL:
        format_real(number, sizeof(number), json_real_value(value));
        length = strlen(number);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        text = json_is_true(value) ? "true" : "false";
        length = strlen(text);
        break;
    default:
        return;
    }
    if (escaped)
        go_buffer_add_html(r->out, text, length);
    else
        go_buffer_add(r->out, text, length);
}

static void begin_line(renderer *r) {
    if (r->at_line_begin) go_buffer_puts(r->out, r->indent);
    r->at_line_begin = 0;
}

static void add_text(renderer *r, const char *text, apr_size_t length) {
    if (!*r->indent) { /* almost always */
        go_buffer_add(r->out, text, length);
        return;
    }
    const char *end = text + length;
    while (text < end) {
        const char *newline = memchr(text, '\n', (apr_size_t)(end - text));
        const char *stop = newline ? newline + 1 : end;
        if (text != newline) begin_line(r); /* an empty line stays empty */
        go_buffer_add(r->out, text, (apr_size_t)(stop - text));
        r->at_line_begin = newline != NULL;
        text = stop;
    }
}

static apr_status_t too_deep(const renderer *r, const go_node *node) {
    return go_error_set(
        r->err, GO_EINTERNAL, NULL,
        "Template %s: \"%s\" (line %d of its template) is nested more than %d deep.", r->name,
        node->text, node->line, GO_TEMPLATE_DEPTH_MAX);
}

static apr_status_t render_with(renderer *r, const go_node *section, const json_t *value) {
    r->contexts[r->context_count++] = value;
    apr_status_t status = render_nodes(r, section->children);
    r->context_count--;
    return status;
}

static apr_status_t render_section(renderer *r, const go_node *node) {
    const json_t *value = look_up(r, node->path);
    if (is_false(value)) return APR_SUCCESS;
    if (!json_is_array(value)) return render_with(r, node, value);
    for (size_t i = 0; i < json_array_size(value); i++) {
        apr_status_t status = render_with(r, node, json_array_get(value, i));
        if (status) return status;
    }
    return APR_SUCCESS;
}

static apr_status_t render_inverted(renderer *r, const go_node *node) {
    return is_false(look_up(r, node->path)) ? render_nodes(r, node->children) : APR_SUCCESS;
}

static apr_status_t render_partial(renderer *r, const go_node *node) {
    const go_node *nodes;
    if (!go_template_set_find(r->set, node->text, &nodes)) return APR_SUCCESS;
    const char *indent = r->indent;
    if (node->indent) {
        if (*node->indent) r->indent = apr_pstrcat(r->out->pool, indent, node->indent, NULL);
        r->at_line_begin = 1;
    } else {
        begin_line(r);
        r->indent = "";
    }
    apr_status_t status = render_nodes(r, nodes);
    r->indent = indent;
    r->at_line_begin = node->indent != NULL;
    return status;
}

static apr_status_t render_node(renderer *r, const go_node *node) {
    switch (node->kind) {
    case GO_NODE_TEXT:
        add_text(r, node->text, node->length);
        return APR_SUCCESS;
    case GO_NODE_ESCAPED:
    case GO_NODE_RAW:
        begin_line(r);
        add_value(r, look_up(r, node->path), node->kind == GO_NODE_ESCAPED);
        return APR_SUCCESS;
    case GO_NODE_SECTION:
        return render_section(r, node);
    case GO_NODE_INVERTED:
        return render_inverted(r, node);
    case GO_NODE_PARTIAL:
        return render_partial(r, node);
    }
    return APR_SUCCESS;
}

static apr_status_t render_nodes(renderer *r, const go_node *node) {
    apr_status_t status = APR_SUCCESS;
    if (node && r->depth == GO_TEMPLATE_DEPTH_MAX) return too_deep(r, node);
    r->depth++;
    for (; node && !status; node = node->next) {
        status = render_node(r, node);
        if (!status && r->out->length - r->out_begin > GO_TEMPLATE_OUTPUT_MAX)
            status =
                go_error_set(r->err, GO_EINTERNAL, NULL, "Template %s writes more than %d bytes.",
                             r->name, GO_TEMPLATE_OUTPUT_MAX);
    }
    r->depth--;
    return status;
}

apr_status_t go_template_render(const go_template_set *set, const char *name, const json_t *data,
                                go_buffer *out, go_error *err) {
    const go_node *nodes;
    if (!go_template_set_find(set, name, &nodes))
        return go_error_set(err, GO_ENOTFOUND, NULL, "There is no template \"%s\".", name);
    renderer r = {.set = set,
                  .name = name,
                  .out = out,
                  .out_begin = out->length,
                  .contexts = {data},
                  .context_count = 1,
                  .indent = "",
                  .at_line_begin = 1,
                  .err = err};
    return render_nodes(&r, nodes);
}
