/*
 * The executor's log: lines on stderr, which httpd has pointed at its error log.
 *
 *     gradeoven executor: [info] run=12 user="alice" course="cs1" assignment="hello": 9/10 in 84 ms
 *
 * A line is one write, so lines of several processes do not mix; whatever could forge a second line
 * or move a terminal's cursor is replaced.
 */
#ifndef GO_EXECUTOR_LOG_H
#define GO_EXECUTOR_LOG_H

typedef enum go_log_level {
    GO_LOG_ERROR,
    GO_LOG_WARNING,
    GO_LOG_NOTICE,
    GO_LOG_INFO,
    GO_LOG_DEBUG,
    GO_LOG_LEVEL_COUNT
} go_log_level;

/* The least important level that is written; GO_LOG_NOTICE at first. */
void go_log_set_level(go_log_level level);

/* By its name, which is httpd's ("warn" and "warning" are the same); 0 when there is none. */
int go_log_parse_level(const char *name, go_log_level *level);

/* Writes a line; `format` is printf's, without a newline. Cut after 2,000 bytes. */
void go_log(go_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
