/* Reads whole numbers and prints them as Roman numerals. */
#include <stdio.h>

#define LARGEST 3999

static const struct {
    int value;
    const char *symbols;
} numerals[] = {
    {1000, "M"}, {500, "D"}, {100, "C"}, {50, "L"}, {10, "X"}, {5, "V"}, {1, "I"},
};

static void print_roman(int number) {
    for (size_t i = 0; i < sizeof numerals / sizeof numerals[0]; i++) {
        while (number >= numerals[i].value) {
            fputs(numerals[i].symbols, stdout);
            number -= numerals[i].value;
        }
    }
    putchar('\n');
}

int main(void) {
    int number;

    while (scanf("%d", &number) == 1) {
        if (number < 1 || number > LARGEST)
            puts("invalid");
        else
            print_roman(number);
    }
    return 0;
}
