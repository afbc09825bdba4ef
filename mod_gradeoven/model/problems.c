#include "model/problems.h"

#include <apr_strings.h>

#include <stdarg.h>

go_problems *go_problems_make(apr_pool_t *pool) {
    go_problems *problems = apr_pcalloc(pool, sizeof(*problems));
    problems->pool = pool;
    problems->list = apr_array_make(pool, 4, sizeof(go_problem));
    return problems;
}

static void add(go_problems *problems, go_severity severity, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

static void add(go_problems *problems, go_severity severity, const char *format, va_list args) {
    if (severity == GO_SEVERITY_ERROR) problems->errors++;
    if (problems->list->nelts >= GO_PROBLEMS_MAX) return;
    go_problem *problem = apr_array_push(problems->list);
    problem->severity = severity;
    problem->text = apr_pvsprintf(problems->pool, format, args);
}

void go_problems_error(go_problems *problems, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add(problems, GO_SEVERITY_ERROR, format, args);
    va_end(args);
}

void go_problems_warning(go_problems *problems, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add(problems, GO_SEVERITY_WARNING, format, args);
    va_end(args);
}

const char *go_severity_name(go_severity severity) {
    return severity == GO_SEVERITY_ERROR ? "error" : "warning";
}
