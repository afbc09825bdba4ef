/* Works everything out and forgets to print it. */
#include <stdio.h>
#include <string.h>

static void roman(int number, char *text) {
    static const int values[] = {1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1};
    static const char *const symbols[] = {"M",  "CM", "D",  "CD", "C",  "XC", "L",
                                          "XL", "X",  "IX", "V",  "IV", "I"};

    text[0] = '\0';
    for (int i = 0; i < 13; i++) {
        while (number >= values[i]) {
            strcat(text, symbols[i]);
            number -= values[i];
        }
    }
}

int main(void) {
    int number;
    char text[64];

    while (scanf("%d", &number) == 1)
        if (number >= 1 && number <= 3999) roman(number, text);
    return 0;
}
