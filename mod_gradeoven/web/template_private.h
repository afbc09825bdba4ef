/* What the parser makes and the renderer walks. */
#ifndef GO_WEB_TEMPLATE_PRIVATE_H
#define GO_WEB_TEMPLATE_PRIVATE_H

#include "web/template.h"

typedef enum go_node_kind {
    GO_NODE_TEXT,
    GO_NODE_ESCAPED,
    GO_NODE_RAW,
    GO_NODE_SECTION,
    GO_NODE_INVERTED,
    GO_NODE_PARTIAL
} go_node_kind;

typedef struct go_node {
    go_node_kind kind;
    const char *text;  /* text, or the name as written */
    apr_size_t length; /* of the text */
    const char *
        *path; /* values and sections: the parts of the name, NULL at the end; none for "." */
    const char *indent; /* a partial alone on its line: the white space before it; otherwise NULL */
    int line;           /* where it begins, from 1 */
    struct go_node *children; /* sections */
    struct go_node *next;
} go_node;

/* Parses a text that lives as long as `pool`; `name` is for messages. */
apr_status_t go_template_parse(go_node **nodes, const char *name, const char *text,
                               apr_size_t length, apr_pool_t *pool, go_error *err);

/* 1 and the nodes (NULL for an empty template) of `name`, or 0 if the set has no such template. */
int go_template_set_find(const go_template_set *set, const char *name, const go_node **nodes);

#endif
