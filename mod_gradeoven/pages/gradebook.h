/* What the gradebook's pages share. */
#ifndef GO_PAGES_GRADEBOOK_H
#define GO_PAGES_GRADEBOOK_H

#include "pages/pages.h"

#include "model/gradebook.h"

/* The address of the gradebook of the course at hand, and of what is below it. */
const char *url_book(const go_request *q);

/* The whole book as staff see it. */
apr_status_t book_read(go_request *q, go_gradebook **book);

/* The column that a form or a query names, with its index; GO_ENOTFOUND. */
apr_status_t book_column(go_request *q, const go_gradebook *book, const char *key, int *index);

/* A cell for JSON and the template: "points", "out_of", "state" in a word, "note" or null. */
json_t *json_grade(const go_request *q, const go_grade_column *column, const go_grade *grade);

/* "93.125 %" or null. */
json_t *json_total(const go_request *q, const go_grade_row *row);

/* "" is no number; -1.5, +2, 3. GO_EINVALID names the field. */
apr_status_t book_points(go_request *q, const char *field, const char *name, int *has,
                         apr_int64_t *milli);

#endif
