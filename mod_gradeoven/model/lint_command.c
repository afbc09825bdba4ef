/*
 * What a command does with a student's code, by the name of its program.
 */
#include "model/lint_private.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

typedef enum program_kind {
    PROGRAM_UNKNOWN,
    PROGRAM_PREFIX, /* runs the command that follows it */
    PROGRAM_QUIET,  /* begins no command: for, case, [ */
    PROGRAM_DECLARE,
    PROGRAM_CD,
    PROGRAM_COPY,
    PROGRAM_SOURCE,
    PROGRAM_EVAL,
    PROGRAM_SHELL,
    PROGRAM_PYTHON,
    PROGRAM_INTERPRETER,
    PROGRAM_JAVA,
    PROGRAM_MAKE,
    PROGRAM_BUILD,
    PROGRAM_PYTEST,
    PROGRAM_COMPILER
} program_kind;

/* Names, separated by blanks. "python3.11" and "gcc-12" are found under "python" and "gcc". */
static const struct programs {
    program_kind kind;
    const char *names;
} programs[] = {
    {PROGRAM_PREFIX,
     " if then else elif while until do ! { } fi done esac time exec command builtin "
     "env timeout nice ionice nohup stdbuf setsid xargs valgrind strace ltrace "
     "prlimit chrt taskset unbuffer sudo "},
    {PROGRAM_QUIET, " case function select [ [[ test echo printf "},
    {PROGRAM_DECLARE, " export local readonly declare typeset "},
    {PROGRAM_CD, " cd pushd "},
    {PROGRAM_COPY, " cp mv ln install rsync "},
    {PROGRAM_SOURCE, " source . "},
    {PROGRAM_EVAL, " eval "},
    {PROGRAM_SHELL, " sh bash dash ksh zsh "},
    {PROGRAM_PYTHON, " python pypy "},
    {PROGRAM_INTERPRETER, " perl ruby node nodejs php Rscript lua luajit julia octave guile racket "
                          "tclsh swipl ocaml runghc runhaskell escript elixir groovy deno bun "},
    {PROGRAM_JAVA, " java scala kotlin "},
    {PROGRAM_MAKE, " make gmake bmake "},
    {PROGRAM_BUILD, " cmake ninja ctest meson scons mvn gradle ant sbt npm npx yarn pnpm cargo go "
                    "dotnet rake bundle pip tox nox cabal stack "},
    {PROGRAM_PYTEST, " pytest py.test nosetests nose "},
    {PROGRAM_COMPILER, " gcc g++ cc c++ clang clang++ tcc javac kotlinc scalac rustc ghc gfortran "
                       "fpc gnatmake ocamlc ocamlopt mcs nvcc swiftc "},
};

static int is_listed(const char *names, const char *name, apr_size_t length) {
    for (const char *at = names; (at = strstr(at, name)); at++)
        if (at[-1] == ' ' && at[length] == ' ') return 1;
    return 0;
}

static program_kind kind_of(go_lint *lint, const char *word) {
    const char *base = strcmp(word, ".") ? go_lint_base(word) : word;
    apr_size_t length = strlen(base);
    if (!length || strchr(base, ' ')) return PROGRAM_UNKNOWN;
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
        if (is_listed(programs[i].names, base, length)) return programs[i].kind;
    apr_size_t stem = length;
    while (stem && strchr("0123456789.-", base[stem - 1]))
        stem--;
    if (!stem || stem == length) return PROGRAM_UNKNOWN;
    const char *name = apr_pstrmemdup(lint->pool, base, stem);
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
        if (is_listed(programs[i].names, name, stem)) return programs[i].kind;
    return PROGRAM_UNKNOWN;
}

/* A command without what stands before its program. */
typedef struct command {
    go_lint *lint;
    const apr_array_header_t *words;
    int first; /* the program */
    int line;
} command;

static const char *word_at(const command *c, int i) {
    return i < c->words->nelts ? APR_ARRAY_IDX(c->words, i, const char *) : NULL;
}

static int ends_with(const char *word, const char *end) {
    size_t length = strlen(word), size = strlen(end);
    return length >= size && !strcmp(word + length - size, end);
}

/* A few words, enough to recognise the command by. */
static const char *shown(const command *c) {
    const char *text = word_at(c, c->first);
    for (int i = c->first + 1; i < c->words->nelts && i < c->first + 5 && strlen(text) < 60; i++)
        text = apr_pstrcat(c->lint->pool, text, " ", word_at(c, i), NULL);
    return strlen(text) > 100
               ? apr_pstrcat(c->lint->pool, apr_pstrmemdup(c->lint->pool, text, 97), "...", NULL)
               : text;
}

static void find(const command *c, go_lint_kind kind) {
    go_lint_find(c->lint, kind, c->line, shown(c));
}

/* NAME=value: where the value begins, or NULL. */
static const char *assigned(const char *word) {
    const char *at = word;
    while (apr_isalnum(*at) || *at == '_')
        at++;
    if (at == word || apr_isdigit(*word)) return NULL;
    if (*at == '+') at++;
    return *at == '=' ? at + 1 : NULL;
}

static void assign(const command *c, const char *word, const char *value) {
    const char *name = apr_pstrmemdup(c->lint->pool, word, strcspn(word, "+="));
    go_lint_assign(c->lint, name, value);
}

/* "for x in LIST": x stands for a student's file if one of the list does. */
static void note_loop(const command *c) {
    const char *name = word_at(c, c->first + 1);
    for (int i = c->first + 3; name && i < c->words->nelts; i++) {
        const char *word = word_at(c, i);
        int is_glob = strchr(word, '*') && go_lint_is_student_file(c->lint, word);
        if (!is_glob && !go_lint_is_student(c->lint, word)) continue;
        go_lint_add_name(c->lint, apr_pstrcat(c->lint->pool, "$", name, NULL), 1);
        return;
    }
}

/* Options, numbers and signals that stand between timeout, nice, xargs... and their command. */
static int is_prefix_argument(const char *word) {
    if (*word == '-' || assigned(word)) return 1;
    if (!strcmp(word, "KILL") || !strcmp(word, "TERM") || !strcmp(word, "INT")) return 1;
    return apr_isdigit(*word) && !word[strspn(word, "0123456789.smhLKMG:")];
}

/* Skips what stands before the program. False if there is none. */
static int find_program(command *c) {
    const char *prefix = NULL;
    for (c->first = 0; c->first < c->words->nelts; c->first++) {
        const char *word = word_at(c, c->first), *value = assigned(word);
        int is_limit = prefix && !strcmp(prefix, "timeout") && *word == '$';
        if (value && !prefix)
            assign(c, word, value);
        else if (kind_of(c->lint, word) == PROGRAM_PREFIX)
            prefix = go_lint_base(word);
        else if (prefix && !strcmp(prefix, "command") && !strcasecmp(word, "-v"))
            return 0; /* asks where a program is */
        else if (!(prefix && is_prefix_argument(word)) && !is_limit)
            return 1;
    }
    return 0;
}

/* What sandbox brings out of the sandbox is still the student's. */
static void note_collected(const command *c) {
    for (int i = c->first + 1; i + 1 < c->words->nelts; i++) {
        if (!strcmp(word_at(c, i), "--")) return;
        if (strcmp(word_at(c, i), "--collect")) continue;
        const char *colon = strchr(word_at(c, ++i), ':');
        go_lint_add_name(c->lint, colon ? colon + 1 : go_lint_base(word_at(c, i)), 0);
    }
}

static int mentions_student(const command *c, int files_too) {
    for (int i = c->first + 1; i < c->words->nelts; i++) {
        const char *word = word_at(c, i);
        if (files_too ? go_lint_is_student_file(c->lint, word) : go_lint_is_student(c->lint, word))
            return 1;
    }
    return 0;
}

static void change_directory(const command *c) {
    const char *to = word_at(c, c->first + 1);
    if (to && !strcmp(to, "--")) to = word_at(c, c->first + 2);
    c->lint->in_submission = to && strcmp(to, "-") && go_lint_is_student_file(c->lint, to);
}

/* All of the submission, or one file? */
static int is_whole_submission(const command *c, const char *word) {
    if (c->lint->in_submission &&
        (!strcmp(word, ".") || !strcmp(word, "./.") || !strcmp(word, "*") || !strcmp(word, "./*")))
        return 1;
    return ends_with(word, "/submission") || ends_with(word, "/submission/.") ||
           ends_with(word, "/submission/*") || ends_with(word, "/submission/");
}

/* The copy of a student's file is a student's file. */
static void note_copies(const command *c) {
    const char *to = word_at(c, c->words->nelts - 1);
    for (int i = c->first + 1; i + 1 < c->words->nelts; i++) {
        const char *from = word_at(c, i);
        if (!go_lint_is_student_file(c->lint, from)) continue;
        if (is_whole_submission(c, from)) {
            apr_size_t length = strlen(to);
            while (length > 1 && strchr("/.", to[length - 1]))
                length--;
            go_lint_add_name(c->lint, apr_pstrmemdup(c->lint->pool, to, length), 1);
        } else if (!strchr(from, '*')) {
            const char *slash = ends_with(to, "/") ? "" : "/";
            go_lint_add_name(c->lint,
                             apr_pstrcat(c->lint->pool, to, slash, go_lint_base(from), NULL), 0);
            if (!*slash) continue;
            if (strchr(to, '/')) go_lint_add_name(c->lint, to, 0);
        }
    }
}

/* The program that a compiler makes of a student's files is a student's. */
static void check_compiler(const command *c) {
    const char *output = NULL;
    int reads_student = 0;
    for (int i = c->first + 1; i < c->words->nelts; i++) {
        const char *word = word_at(c, i);
        if (!strcmp(word, "-o") && i + 1 < c->words->nelts)
            output = word_at(c, ++i);
        else if (*word != '-' && go_lint_is_student_file(c->lint, word))
            reads_student = 1;
    }
    if (!reads_student) return;
    if (output) go_lint_add_name(c->lint, output, 0);
    find(c, GO_LINT_COMPILE);
}

/* A file that is run: a student's, or one of the stage's, which is to be looked at too. */
static void check_file(const command *c, const char *word, go_lint_kind kind) {
    if (go_lint_is_student_file(c->lint, word))
        find(c, kind);
    else
        go_lint_add_helper(c->lint, go_lint_base(word));
}

/* Is `letter` among the short options before the first other word? */
static int has_option(const command *c, char letter) {
    for (int i = c->first + 1; i < c->words->nelts; i++) {
        const char *word = word_at(c, i);
        if (*word != '-' || !word[1]) return 0;
        if (word[1] != '-' && strchr(word + 1, letter)) return 1;
    }
    return 0;
}

/* The first word that is no option. */
static int first_argument(const command *c) {
    int i = c->first + 1;
    while (i < c->words->nelts && *word_at(c, i) == '-' && word_at(c, i)[1])
        i++;
    return i;
}

static void check_shell(const command *c) {
    const char *argument = word_at(c, first_argument(c));
    if (has_option(c, 'n')) return; /* reads and does nothing */
    if (has_option(c, 'c')) {
        if (argument) go_lint_push_script(c->lint, GO_LINT_SHELL, argument, c->line);
    } else if (argument && strcmp(argument, "-")) {
        check_file(c, argument, GO_LINT_RUN);
    } else {
        c->lint->wants_stdin = GO_LINT_SHELL;
    }
}

static void check_python(const command *c) {
    int is_isolated = has_option(c, 'I') || has_option(c, 'P');
    int takes_code = has_option(c, 'c'), takes_module = has_option(c, 'm');
    const char *argument = word_at(c, first_argument(c));
    if (!takes_code && !takes_module && argument && strcmp(argument, "-")) {
        check_file(c, argument, GO_LINT_RUN);
        return;
    }
    if (takes_module && argument && (!strcmp(argument, "pytest") || !strcmp(argument, "pip"))) {
        find(c, GO_LINT_BUILD);
        return;
    }
    if (takes_code && argument)
        go_lint_push_script(c->lint, GO_LINT_PYTHON, argument, c->line);
    else if (!takes_module)
        c->lint->wants_stdin = GO_LINT_PYTHON;
    if (c->lint->in_submission && !is_isolated) find(c, GO_LINT_MODULES);
}

static void check_interpreter(const command *c) {
    const char *program = go_lint_base(word_at(c, c->first));
    if ((!strcmp(program, "php") && has_option(c, 'l')) || /* these look at syntax only */
        (!strcmp(program, "ruby") && has_option(c, 'c')) ||
        (!strncmp(program, "node", 4) &&
         (has_option(c, 'c') ||
          (word_at(c, c->first + 1) && !strcmp(word_at(c, c->first + 1), "--check")))))
        return;
    if (has_option(c, 'e')) return; /* a program in an argument is the stage's own */
    const char *argument = word_at(c, first_argument(c));
    if (argument) check_file(c, argument, GO_LINT_RUN);
}

/* Without a class path the working directory is it. */
static void check_java(const command *c) {
    for (int i = c->first + 1; i + 1 < c->words->nelts; i++) {
        const char *word = word_at(c, i);
        if (strcmp(word, "-cp") && strcmp(word, "-classpath") && strcmp(word, "-jar") &&
            strcmp(word, "--class-path"))
            continue;
        if (mentions_student(c, 0) || go_lint_is_student_file(c->lint, word_at(c, i + 1)))
            find(c, GO_LINT_RUN);
        return;
    }
    const char *argument = word_at(c, first_argument(c));
    if (argument && (c->lint->in_submission || go_lint_is_student(c->lint, argument)))
        find(c, GO_LINT_RUN);
}

/* -C DIRECTORY or -f FILE of the stage is the stage's own makefile. */
static void check_make(const command *c) {
    for (int i = c->first + 1; i < c->words->nelts; i++) {
        const char *word = word_at(c, i), *value = NULL;
        if (!strcmp(word, "-C") || !strcmp(word, "-f"))
            value = word_at(c, i + 1);
        else if (!strncmp(word, "-C", 2) || !strncmp(word, "-f", 2))
            value = word + 2;
        else if (!strncmp(word, "--directory=", 12) || !strncmp(word, "--file=", 7))
            value = strchr(word, '=') + 1;
        if (!value) continue;
        if (go_lint_is_student_file(c->lint, value)) find(c, GO_LINT_BUILD);
        return;
    }
    if (c->lint->in_submission) find(c, GO_LINT_BUILD);
}

static void check_eval(const command *c) {
    if (mentions_student(c, 0)) {
        find(c, GO_LINT_IMPORT);
        return;
    }
    apr_array_header_t *words = apr_array_make(c->lint->pool, 8, sizeof(const char *));
    for (int i = c->first + 1; i < c->words->nelts; i++)
        APR_ARRAY_PUSH(words, const char *) = word_at(c, i);
    go_lint_push_script(c->lint, GO_LINT_SHELL, apr_array_pstrcat(c->lint->pool, words, ' '),
                        c->line);
}

static void check_program(const command *c, program_kind kind) {
    const char *program = word_at(c, c->first), *argument = word_at(c, c->first + 1);
    switch (kind) {
    case PROGRAM_DECLARE:
        for (int i = c->first + 1; i < c->words->nelts; i++)
            if (assigned(word_at(c, i))) assign(c, word_at(c, i), assigned(word_at(c, i)));
        break;
    case PROGRAM_CD:
        change_directory(c);
        break;
    case PROGRAM_COPY:
        if (c->words->nelts > c->first + 2) note_copies(c);
        break;
    case PROGRAM_SOURCE:
        if (argument) check_file(c, argument, GO_LINT_IMPORT);
        break;
    case PROGRAM_EVAL:
        check_eval(c);
        break;
    case PROGRAM_SHELL:
        check_shell(c);
        break;
    case PROGRAM_PYTHON:
        check_python(c);
        break;
    case PROGRAM_INTERPRETER:
        check_interpreter(c);
        break;
    case PROGRAM_JAVA:
        check_java(c);
        break;
    case PROGRAM_MAKE:
        check_make(c);
        break;
    case PROGRAM_BUILD:
        if (c->lint->in_submission || mentions_student(c, 0)) find(c, GO_LINT_BUILD);
        break;
    case PROGRAM_PYTEST:
        find(c, GO_LINT_BUILD);
        break;
    case PROGRAM_COMPILER:
        check_compiler(c);
        break;
    default: /* any other program, by its path */
        if (strchr(program, '/')) go_lint_add_helper(c->lint, go_lint_base(program));
    }
}

void go_lint_command(go_lint *lint, const apr_array_header_t *words, int line) {
    command c = {.lint = lint, .words = words, .line = line};
    if (words->nelts && !strcmp(APR_ARRAY_IDX(words, 0, const char *), "for")) {
        note_loop(&c);
        return;
    }
    if (!find_program(&c)) return;
    const char *program = word_at(&c, c.first);
    if (go_lint_is_sandbox(lint, program)) {
        note_collected(&c);
        return;
    }
    program_kind kind = kind_of(lint, program);
    if (kind == PROGRAM_QUIET) return;
    if (strcmp(program, ".") && (go_lint_is_student(lint, program) ||
                                 (strchr(program, '/') && go_lint_is_student_file(lint, program))))
        find(&c, GO_LINT_RUN);
    else
        check_program(&c, kind);
}
