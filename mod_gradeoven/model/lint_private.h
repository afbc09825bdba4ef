/*
 * The parts of the lint.
 *
 *   stages_lint.c   which files, and what a finding says to a person
 *   lint_shell.c    a shell script as simple commands      \  each of them a list of words
 *   lint_python.c   a Python script as statements           >
 *   lint_command.c  what a command does with a student's code
 *   lint_names.c    which words stand for a student's code
 *
 * In a word, quotes are taken away and "${x}" is "$x"; what a command prints is "$()".
 */
#ifndef GO_MODEL_LINT_PRIVATE_H
#define GO_MODEL_LINT_PRIVATE_H

#include <apr_pools.h>
#include <apr_tables.h>

#define GO_LINT_LIST_MAX  64  /* entries of each list below; more are not noted */
#define GO_LINT_WORDS_MAX 512 /* of a command */

typedef enum go_lint_language {
    GO_LINT_NO_LANGUAGE,
    GO_LINT_SHELL,
    GO_LINT_PYTHON
} go_lint_language;

typedef enum go_lint_kind {
    GO_LINT_RUN,     /* runs it */
    GO_LINT_IMPORT,  /* takes it into its own process */
    GO_LINT_BUILD,   /* runs what a build or test tool finds in it */
    GO_LINT_MODULES, /* runs own Python code that finds the submission's modules first */
    GO_LINT_COMPILE  /* compiles it: hidden files can be included */
} go_lint_kind;

typedef struct go_lint_finding {
    go_lint_kind kind;
    int line;
    const char *command; /* as a person would recognise it; may hold anything */
} go_lint_finding;

/* A script inside a script: sh -c '...', python3 - <<END */
typedef struct go_lint_script {
    go_lint_language language;
    const char *text;
    apr_size_t length;
    int line;
    int in_submission;
} go_lint_script;

/* A word that stands for a student's code. */
typedef struct go_lint_name {
    const char *text;
    int is_prefix; /* and so does what begins with it: "$sub" and "$sub/prog" */
} go_lint_name;

/* One file, while it is looked at. */
typedef struct go_lint {
    apr_pool_t *pool;
    int in_submission;            /* is the submission the working directory? */
    go_lint_language wants_stdin; /* the command before reads a script there: a here-document */
    apr_array_header_t *names;    /* of go_lint_name */
    apr_array_header_t *wrappers; /* of const char *: "$x" where x holds a call of sandbox */
    apr_array_header_t *findings; /* of go_lint_finding */
    apr_array_header_t *scripts;  /* of go_lint_script: to be read next */
    apr_array_header_t *helpers;  /* of const char *: names of files that it runs or imports */
} go_lint;

go_lint *go_lint_make(apr_pool_t *pool);

/* Reads one script. Scripts inside it are put into `scripts`. */
void go_lint_shell(go_lint *lint, const char *text, apr_size_t length, int line);
void go_lint_python(go_lint *lint, const char *text, apr_size_t length, int line);

/* A simple command: an array of const char *. */
void go_lint_command(go_lint *lint, const apr_array_header_t *words, int line);

void go_lint_find(go_lint *lint, go_lint_kind kind, int line, const char *command);
void go_lint_push_script(go_lint *lint, go_lint_language language, const char *text, int line);

/* Does the word stand for a student's file? "./x" does in the submission; "x" may be anything. */
int go_lint_is_student(const go_lint *lint, const char *word);

/* The same where a file is expected: "x" is a student's in the submission. */
int go_lint_is_student_file(const go_lint *lint, const char *word);

/* From now on it stands for a student's code. */
void go_lint_add_name(go_lint *lint, const char *text, int is_prefix);

/* NAME=value: NAME may stand for a student's file or for sandbox afterwards. */
void go_lint_assign(go_lint *lint, const char *name, const char *value);

/* Is the word sandbox, or a variable that holds it? */
int go_lint_is_sandbox(const go_lint *lint, const char *word);
void go_lint_add_wrapper(go_lint *lint, const char *name);

/* The stage has a file of this name that it uses as a program. */
void go_lint_add_helper(go_lint *lint, const char *name);

/* What follows the last '/' of a word. */
const char *go_lint_base(const char *word);

#endif
