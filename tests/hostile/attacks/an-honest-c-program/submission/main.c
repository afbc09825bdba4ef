#include "attempt.h"

int main(void) {
    answer();
}
