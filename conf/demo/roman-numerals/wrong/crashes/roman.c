/* Looks each digit up in a table, without asking first whether the number is in it. */
#include <stdio.h>

static const char *thousands[] = {"", "M", "MM", "MMM", NULL};
static const char *hundreds[] = {"", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"};
static const char *tens[] = {"", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"};
static const char *ones[] = {"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"};

static void print(const char *digit) {
    while (*digit)
        putchar(*digit++);
}

int main(void) {
    int number;

    while (scanf("%d", &number) == 1) {
        print(thousands[number / 1000]);
        print(hundreds[number / 100 % 10]);
        print(tens[number / 10 % 10]);
        print(ones[number % 10]);
        putchar('\n');
    }
    return 0;
}
