#include "oven/util.h"

#include <stdarg.h>
#include <stdio.h>

_Noreturn void die(const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    dprintf(STDERR_FILENO, "oven: %s\n", text);
    _exit(OVEN_EXIT_BROKEN);
}
