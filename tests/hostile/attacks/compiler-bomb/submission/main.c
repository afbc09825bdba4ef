#define A(...)                                                                                     \
    __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__,     \
        __VA_ARGS__
#define B(...)                                                                                     \
    A(__VA_ARGS__), A(__VA_ARGS__), A(__VA_ARGS__), A(__VA_ARGS__), A(__VA_ARGS__), A(__VA_ARGS__)
#define C(...)                                                                                     \
    B(__VA_ARGS__), B(__VA_ARGS__), B(__VA_ARGS__), B(__VA_ARGS__), B(__VA_ARGS__), B(__VA_ARGS__)
#define D(...)                                                                                     \
    C(__VA_ARGS__), C(__VA_ARGS__), C(__VA_ARGS__), C(__VA_ARGS__), C(__VA_ARGS__), C(__VA_ARGS__)
#define E(...)                                                                                     \
    D(__VA_ARGS__), D(__VA_ARGS__), D(__VA_ARGS__), D(__VA_ARGS__), D(__VA_ARGS__), D(__VA_ARGS__)
#define F(...)                                                                                     \
    E(__VA_ARGS__), E(__VA_ARGS__), E(__VA_ARGS__), E(__VA_ARGS__), E(__VA_ARGS__), E(__VA_ARGS__)
#define G(...)                                                                                     \
    F(__VA_ARGS__), F(__VA_ARGS__), F(__VA_ARGS__), F(__VA_ARGS__), F(__VA_ARGS__), F(__VA_ARGS__)
#define H(...)                                                                                     \
    G(__VA_ARGS__), G(__VA_ARGS__), G(__VA_ARGS__), G(__VA_ARGS__), G(__VA_ARGS__), G(__VA_ARGS__)
#define J(...)                                                                                     \
    H(__VA_ARGS__), H(__VA_ARGS__), H(__VA_ARGS__), H(__VA_ARGS__), H(__VA_ARGS__), H(__VA_ARGS__)
#define K(...)                                                                                     \
    J(__VA_ARGS__), J(__VA_ARGS__), J(__VA_ARGS__), J(__VA_ARGS__), J(__VA_ARGS__), J(__VA_ARGS__)
int big[] = {K(1)};
int main(void) {
}
