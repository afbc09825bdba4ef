#define A(x) x, x, x, x, x, x, x, x, x, x
#define B(x) A(A(A(A(x))))
int big[] = {B(A(A(A(A(1)))))};
int main(void) {
}
