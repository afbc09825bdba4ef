/* Reads whole numbers and prints them as Roman numerals. */
#include <stdio.h>

#define LARGEST 3999

static const struct {
    int value;
    const char *symbols;
} numerals[] = {
    {1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
    {40, "XL"},  {10, "X"},   {9, "IX"},  {5, "V"},    {4, "IV"},  {1, "I"},
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
