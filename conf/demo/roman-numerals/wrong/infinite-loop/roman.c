/* Ends only when the number has become exactly 0, which a number below 0 never does. */
#include <stdio.h>

static const int values[] = {1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1};
static const char *const symbols[] = {"M",  "CM", "D",  "CD", "C",  "XC", "L",
                                      "XL", "X",  "IX", "V",  "IV", "I"};

int main(void) {
    int number;

    while (scanf("%d", &number) == 1) {
        if (number > 3999) {
            puts("invalid");
            continue;
        }
        while (number != 0) {
            for (int i = 0; i < 13; i++) {
                if (number >= values[i]) {
                    fputs(symbols[i], stdout);
                    number -= values[i];
                    break;
                }
            }
        }
        putchar('\n');
    }
    return 0;
}
