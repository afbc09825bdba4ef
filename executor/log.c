#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2000

static const char *const names[GO_LOG_LEVEL_COUNT] = {"error", "warning", "notice", "info",
                                                      "debug"};
static go_log_level least = GO_LOG_NOTICE;

void go_log_set_level(go_log_level level) {
    least = level;
}

int go_log_parse_level(const char *name, go_log_level *level) {
    if (!strcmp(name, "warn")) name = "warning";
    for (int i = 0; i < GO_LOG_LEVEL_COUNT; i++) {
        if (strcmp(names[i], name) != 0) continue;
        *level = (go_log_level)i;
        return 1;
    }
    return 0;
}

void go_log(go_log_level level, const char *format, ...) {
    char line[LINE_MAX_BYTES + 2];
    if (level > least) return;
    int start = snprintf(line, LINE_MAX_BYTES, "gradeoven executor: [%s] ", names[level]);
    va_list args;
    va_start(args, format);
    vsnprintf(line + start, LINE_MAX_BYTES - (size_t)start, format, args);
    va_end(args);
    size_t length = strlen(line);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)line[i];
        if (byte < ' ' || byte == 127) line[i] = byte == '\n' || byte == '\t' ? ' ' : '?';
    }
    line[length++] = '\n';
    /* A log that cannot be written has nobody to be told to. */
    if (write(STDERR_FILENO, line, length) < 0) return;
}
