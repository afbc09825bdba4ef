/*
 * Reading a Python script as statements: lists of names, strings and signs, one for each logical
 * line. What starts programs is turned into a command, or into a shell script where it is one.
 * A string in three quotes is not looked into: it is often code that runs in the sandbox.
 */
#include "model/buffer.h"
#include "model/lint_private.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

#define TOKENS_MAX 2048 /* of a statement; more are left out */

typedef enum token_kind { TOKEN_NAME, TOKEN_STRING, TOKEN_SIGN } token_kind;

typedef struct token {
    token_kind kind;
    const char *text; /* a name with its dots; a string without its quotes */
    int depth;        /* brackets around it */
} token;

typedef struct reader {
    go_lint *lint;
    const char *at, *end;
    int line, first_line, depth;
    apr_array_header_t *tokens; /* of token */
    int last_student;           /* the last of them that is a student's; UNKNOWN until asked for */
} reader;

#define UNKNOWN (-2)

static const token *token_at(const reader *r, int i) {
    static const token none = {TOKEN_SIGN, "", 0};
    return i >= 0 && i < r->tokens->nelts ? &APR_ARRAY_IDX(r->tokens, i, token) : &none;
}

static int is_sign(const token *t, char sign) {
    return t->kind == TOKEN_SIGN && *t->text == sign;
}

static void add(reader *r, token_kind kind, const char *text) {
    if (!r->tokens->nelts) r->first_line = r->line;
    if (r->tokens->nelts < TOKENS_MAX)
        APR_ARRAY_PUSH(r->tokens, token) = (token){kind, text, r->depth};
}

/* --- what a statement says ------------------------------------------------------------------- */

static const char *variable(const reader *r, const token *t) {
    return apr_pstrcat(r->lint->pool, "$", t->text, NULL);
}

/* Does a token stand for the submission or something in it? */
static int is_student(const reader *r, const token *t) {
    if (t->kind == TOKEN_STRING) return go_lint_is_student(r->lint, t->text);
    return t->kind == TOKEN_NAME && go_lint_is_student(r->lint, variable(r, t));
}

/* Looked up once a statement, which may ask for it at each of its words. */
static int mentions_student(reader *r, int from) {
    if (r->last_student == UNKNOWN) {
        r->last_student = r->tokens->nelts - 1;
        while (r->last_student >= 0 && !is_student(r, token_at(r, r->last_student)))
            r->last_student--;
    }
    return r->last_student >= from;
}

static int is_name_of_sandbox(const char *name) {
    for (; *name; name++)
        if (!strncasecmp(name, "sandbox", 7)) return 1;
    return 0;
}

static int mentions_sandbox(const reader *r) {
    for (int i = 0; i < r->tokens->nelts; i++) {
        const token *t = token_at(r, i);
        if (t->kind == TOKEN_NAME &&
            (is_name_of_sandbox(t->text) || go_lint_is_sandbox(r->lint, variable(r, t))))
            return 1;
        if (t->kind == TOKEN_STRING &&
            (!strncmp(t->text, "sandbox ", 8) || go_lint_is_sandbox(r->lint, t->text)))
            return 1;
    }
    return 0;
}

static int is_one_of(const char *name, const char *const *list) {
    for (; *list; list++)
        if (!strcmp(name, *list)) return 1;
    return 0;
}

/* These start a program; the ones with a dot at their end are beginnings of names. */
static int starts_program(const char *name) {
    static const char *const whole[] = {"subprocess.run",
                                        "subprocess.call",
                                        "subprocess.check_call",
                                        "subprocess.check_output",
                                        "subprocess.Popen",
                                        "subprocess.getoutput",
                                        "subprocess.getstatusoutput",
                                        "check_call",
                                        "check_output",
                                        "Popen",
                                        "getoutput",
                                        "os.system",
                                        "os.popen",
                                        "pexpect.spawn",
                                        "pexpect.run",
                                        "pty.spawn",
                                        "asyncio.create_subprocess_exec",
                                        "asyncio.create_subprocess_shell",
                                        NULL};
    return is_one_of(name, whole) || !strncmp(name, "os.exec", 7) ||
           !strncmp(name, "os.spawn", 8) || !strncmp(name, "os.posix_spawn", 14);
}

static int loads_code(const char *name) {
    static const char *const whole[] = {"importlib.util.spec_from_file_location",
                                        "spec_from_file_location",
                                        "importlib.machinery.SourceFileLoader",
                                        "SourceFileLoader",
                                        "runpy.run_path",
                                        "run_path",
                                        "imp.load_source",
                                        "exec",
                                        "eval",
                                        "execfile",
                                        NULL};
    return is_one_of(name, whole);
}

/* An argument, the tokens [from, to), as a word of a command. */
static const char *argument_word(const reader *r, int from, int to) {
    const token *name = NULL, *text = NULL;
    for (int i = from; i < to; i++) {
        const token *t = token_at(r, i);
        if (is_student(r, t) && t->kind == TOKEN_NAME) return variable(r, t);
        if (t->kind == TOKEN_NAME) name = name ? name : t;
        if (t->kind == TOKEN_STRING) text = t;
    }
    if (text && !name) return text->text;
    if (!name) return "";
    if (!strcmp(name->text, "sys.executable")) return "python3";
    return text ? apr_pstrcat(r->lint->pool, variable(r, name), "/", text->text, NULL)
                : variable(r, name);
}

/* cwd=...: whether the program's working directory is the submission. */
static int working_directory(const reader *r, int from) {
    for (int i = from; i < r->tokens->nelts; i++) {
        if (token_at(r, i)->kind != TOKEN_NAME || strcmp(token_at(r, i)->text, "cwd") ||
            !is_sign(token_at(r, i + 1), '='))
            continue;
        for (i += 2; i < r->tokens->nelts && !is_sign(token_at(r, i), ','); i++)
            if (is_student(r, token_at(r, i)) || !strcmp(token_at(r, i)->text, ".")) return 1;
        return 0;
    }
    return r->lint->in_submission;
}

/* The arguments from token `from` on, at its depth, as words. */
static apr_array_header_t *arguments(const reader *r, int from) {
    apr_array_header_t *words = apr_array_make(r->lint->pool, 8, sizeof(const char *));
    int depth = token_at(r, from)->depth, start = from;
    for (int i = from; i <= r->tokens->nelts && words->nelts < GO_LINT_WORDS_MAX; i++) {
        const token *t = token_at(r, i);
        int is_end = i == r->tokens->nelts || t->depth < depth;
        if (!is_end && !(is_sign(t, ',') && t->depth == depth)) continue;
        if (i > start) APR_ARRAY_PUSH(words, const char *) = argument_word(r, start, i);
        start = i + 1;
        if (is_end) break;
    }
    return words;
}

/* os.execv(path, [argv...]) and the like: all that follows the path may stand twice. */
static int takes_words(const char *name) {
    return !strncmp(name, "os.", 3) ? strcmp(name, "os.system") && strcmp(name, "os.popen")
                                    : !strcmp(name, "asyncio.create_subprocess_exec");
}

/* A call that starts a program; `i` is its name, and '(' follows. */
static void check_start(reader *r, int i) {
    go_lint *lint = r->lint;
    int before = lint->in_submission;
    const token *first = token_at(r, i + 2);
    lint->in_submission = working_directory(r, i);
    if (is_sign(first, '['))
        go_lint_command(lint, arguments(r, i + 3), r->first_line);
    else if (takes_words(token_at(r, i)->text))
        go_lint_command(lint, arguments(r, i + 2), r->first_line);
    else if (first->kind == TOKEN_STRING)
        go_lint_push_script(lint, GO_LINT_SHELL, first->text, r->first_line);
    else if (is_student(r, first))
        go_lint_find(lint, GO_LINT_RUN, r->first_line, token_at(r, i)->text);
    lint->wants_stdin = GO_LINT_NO_LANGUAGE;
    lint->in_submission = before;
}

/* sys.path.insert(0, ...), sys.path += [...]: does it let the submission in? */
static int is_path_to_submission(const reader *r, int i) {
    for (int k = i + 1; k < r->tokens->nelts; k++) {
        const token *t = token_at(r, k);
        if (is_student(r, t)) return 1;
        if (!r->lint->in_submission) continue;
        if (t->kind == TOKEN_STRING && (!*t->text || !strcmp(t->text, "."))) return 1;
        if (t->kind == TOKEN_NAME && (!strcmp(t->text, "os.getcwd") || !strcmp(t->text, "getcwd")))
            return 1;
    }
    return 0;
}

/* exec(open("x.py").read()), run_path("x.py"): from the working directory */
static int names_a_script(const reader *r, int i) {
    for (int k = i + 1; k < r->tokens->nelts; k++) {
        const token *t = token_at(r, k);
        size_t length = strlen(t->text);
        if (t->kind != TOKEN_STRING || length < 4 || strcmp(t->text + length - 3, ".py")) continue;
        int is_part = is_sign(token_at(r, k - 1), '/'); /* STAGE / "x.py" */
        if (!is_part && go_lint_is_student_file(r->lint, t->text)) return 1;
    }
    return 0;
}

static void check_name(reader *r, int i) {
    const char *name = token_at(r, i)->text;
    int is_call = is_sign(token_at(r, i + 1), '(');
    if (is_call && starts_program(name))
        check_start(r, i);
    else if (!strncmp(name, "sys.path", 8) || !strcmp(name, "site.addsitedir")) {
        if (!strncmp(name, "sys.path_", 9) || !is_path_to_submission(r, i)) return;
        go_lint_find(r->lint, GO_LINT_IMPORT, r->first_line, name);
    } else if (is_call && loads_code(name)) {
        if (mentions_student(r, i + 1) || names_a_script(r, i))
            go_lint_find(r->lint, GO_LINT_IMPORT, r->first_line, name);
    } else if (is_call && !strcmp(name, "os.chdir")) {
        r->lint->in_submission = mentions_student(r, i + 1);
    } else if (is_call && !strcmp(name, "pytest.main")) {
        go_lint_find(r->lint, GO_LINT_BUILD, r->first_line, name);
    }
}

/* "import a.b, c" and "from a.b import c": modules that may lie beside the script. */
static void note_imports(reader *r) {
    int is_from = !strcmp(token_at(r, 0)->text, "from");
    for (int i = 1; i < r->tokens->nelts; i++) {
        const token *t = token_at(r, i);
        if (t->kind != TOKEN_NAME) continue;
        if (is_from && !strcmp(t->text, "import")) return;
        const char *dot = strrchr(t->text, '.');
        go_lint_add_helper(r->lint,
                           apr_pstrcat(r->lint->pool, dot ? dot + 1 : t->text, ".py", NULL));
    }
}

/* NAME = ...: NAME may stand for sandbox or for a student's file from now on. */
static void note_assignment(reader *r) {
    const token *name = token_at(r, 0);
    if (name->kind != TOKEN_NAME || !is_sign(token_at(r, 1), '=')) return;
    if (mentions_sandbox(r))
        go_lint_add_wrapper(r->lint, name->text);
    else if (mentions_student(r, 2))
        go_lint_add_name(r->lint, variable(r, name), 1);
}

static void end_statement(reader *r) {
    const token *first = token_at(r, 0);
    note_assignment(r);
    if (first->kind == TOKEN_NAME &&
        (!strcmp(first->text, "import") || !strcmp(first->text, "from")))
        note_imports(r);
    else if (!mentions_sandbox(r))
        for (int i = 0; i < r->tokens->nelts; i++)
            if (token_at(r, i)->kind == TOKEN_NAME) check_name(r, i);
    apr_array_clear(r->tokens);
    r->last_student = UNKNOWN;
}

/* --- reading --------------------------------------------------------------------------------- */

/* {x} of an f-string is a variable. */
static void add_replacement(reader *r, go_buffer *text) {
    go_buffer_putc(text, '$');
    while (r->at < r->end && (apr_isalnum(*r->at) || *r->at == '_' || *r->at == '.'))
        go_buffer_putc(text, *r->at++);
    while (r->at < r->end && *r->at != '}' && *r->at != '\n' && *r->at != '"')
        r->at++;
    if (r->at < r->end && *r->at == '}') r->at++;
}

static void read_long_string(reader *r, char quote) {
    for (r->at += 3; r->at < r->end; r->at++) {
        if (*r->at == '\n') r->line++;
        if (*r->at == '\\' && r->at + 1 < r->end) {
            r->at++;
            if (*r->at == '\n') r->line++;
        } else if (r->end - r->at >= 3 && r->at[0] == quote && r->at[1] == quote &&
                   r->at[2] == quote) {
            r->at += 3;
            break;
        }
    }
    add(r, TOKEN_SIGN, "\"");
}

static void read_string(reader *r, int is_format) {
    char quote = *r->at;
    if (r->end - r->at >= 3 && r->at[1] == quote && r->at[2] == quote) {
        read_long_string(r, quote);
        return;
    }
    go_buffer *text = go_buffer_make(r->lint->pool, 32);
    for (r->at++; r->at < r->end && *r->at != quote && *r->at != '\n';) {
        char c = *r->at++;
        if (c == '\\' && r->at < r->end) {
            if (*r->at == '\n') r->line++;
            go_buffer_putc(text, *r->at++);
        } else if (is_format && c == '{') {
            add_replacement(r, text);
        } else {
            go_buffer_putc(text, c);
        }
    }
    if (r->at < r->end && *r->at == quote) r->at++;
    add(r, TOKEN_STRING, text->bytes);
}

static void read_name(reader *r) {
    const char *start = r->at;
    while (r->at < r->end && (apr_isalnum(*r->at) || *r->at == '_' || *r->at == '.'))
        r->at++;
    apr_size_t length = (apr_size_t)(r->at - start);
    const char *name = apr_pstrmemdup(r->lint->pool, start, length);
    int is_prefix = length <= 2 && !name[strspn(name, "rRbBfFuU")];
    if (r->at < r->end && (*r->at == '"' || *r->at == '\'') && is_prefix)
        read_string(r, memchr(start, 'f', length) || memchr(start, 'F', length));
    else
        add(r, TOKEN_NAME, name);
}

static void read_sign(reader *r) {
    char c = *r->at++;
    if (strchr(")]}", c) && r->depth) r->depth--;
    add(r, TOKEN_SIGN, apr_pstrmemdup(r->lint->pool, &c, 1));
    if (strchr("([{", c)) r->depth++;
}

static void read_next(reader *r) {
    char c = *r->at;
    if (c == '\n') {
        if (!r->depth) end_statement(r);
        r->line++;
        r->at++;
    } else if (c == '#') {
        while (r->at < r->end && *r->at != '\n')
            r->at++;
    } else if (c == '\\') {
        for (r->at++; r->at < r->end && *r->at == '\r';)
            r->at++;
        if (r->at < r->end && *r->at == '\n') {
            r->line++;
            r->at++;
        }
    } else if (c == '"' || c == '\'') {
        read_string(r, 0);
    } else if (apr_isalnum(c) || c == '_') {
        read_name(r);
    } else if (c == ';' && !r->depth) {
        end_statement(r);
        r->at++;
    } else if (apr_isspace(c) || !c) {
        r->at++;
    } else {
        read_sign(r);
    }
}

void go_lint_python(go_lint *lint, const char *text, apr_size_t length, int line) {
    reader r = {.lint = lint,
                .at = text,
                .end = text + length,
                .line = line,
                .first_line = line,
                .tokens = apr_array_make(lint->pool, 32, sizeof(token)),
                .last_student = UNKNOWN};
    while (r.at < r.end)
        read_next(&r);
    end_statement(&r);
}
