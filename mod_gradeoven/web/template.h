/*
 * Templates: Mustache over JSON.
 *
 * All *.html files of a directory are parsed once, at start, into a set that never changes again
 * and that all threads render from. A mistake in a template is found there, with file and line, not
 * by the first visitor. What a page shows is one JSON value; a template can look things up in it,
 * repeat, leave out, and include other templates of the set, and nothing else.
 *
 *   {{name}} {{a.b}} {{.}}     value, escaped for HTML text and quoted attributes
 *   {{{name}}} {{&name}}       value as it is: only for HTML made by us (Markdown)
 *   {{#name}} … {{/name}}      for each of an array, or once with an object, or if true
 *   {{^name}} … {{/name}}      if missing, null, false or an empty array
 *   {{>name}}                  another template of the set, indented like its own line if alone
 * there
 *   {{! comment }}  {{=<% %>=}}
 *
 * This is the Mustache specification's interpolation, sections, inverted, partials, comments and
 * delimiters, complete; lambdas, inheritance and dynamic names are left out. Where it leaves the
 * choice to us: an empty string is false, every number is true (a score of 0 is a score), and an
 * object or array asked for as a value prints nothing.
 */
#ifndef GO_WEB_TEMPLATE_H
#define GO_WEB_TEMPLATE_H

#include "model/buffer.h"
#include "model/error.h"

#include <jansson.h>

#define GO_TEMPLATE_DEPTH_MAX  64                 /* sections and partials inside each other */
#define GO_TEMPLATE_OUTPUT_MAX (64 * 1024 * 1024) /* bytes of one rendering */

typedef struct go_template_set go_template_set;

/* An empty set; it and all in it live in `pool`. */
go_template_set *go_template_set_make(apr_pool_t *pool);

/*
 * Parses a template and puts it into the set under `name`; the text is copied. Only while one
 * thread knows the set. GO_EINVALID: the mistake with name and line; GO_ECONFLICT: the name is
 * taken.
 */
apr_status_t go_template_set_add(go_template_set *set, const char *name, const char *text,
                                 apr_size_t length, go_error *err);

/*
 * Parses every file *.html of `directory` (not below it); a template is named by its file without
 * ".html". Here a partial that is nowhere in the directory is an error too.
 */
apr_status_t go_template_set_load(go_template_set **set, const char *directory, apr_pool_t *pool,
                                  go_error *err);

/* Is there a template of this name? ".html" at the end of `name` is taken off, here and below. */
int go_template_set_has(const go_template_set *set, const char *name);

/*
 * Renders template `name` with `data` and appends it to `out`. Reads `data` only; safe in many
 * threads as long as nobody changes `data`. GO_ENOTFOUND: no such template. GO_EINTERNAL: nested
 * deeper than GO_TEMPLATE_DEPTH_MAX (a partial that includes itself without end) or output over the
 * limit; `out` then holds a part.
 */
apr_status_t go_template_render(const go_template_set *set, const char *name, const json_t *data,
                                go_buffer *out, go_error *err);

#endif
