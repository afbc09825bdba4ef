#include "unit/unit.h"

#include "model/stages_lint.h"

#include <apr_strings.h>

#include <string.h>

static go_tree *assignment;
static go_problems *problems;

static void add(const char *path, const char *contents) {
    if (!assignment) assignment = go_tree_make(unit_pool);
    go_tree_entry entry = {
        .path = path, .is_executable = 1, .size = (apr_off_t)strlen(contents), .file = contents};
    ck_assert_ok(go_tree_add(assignment, &entry, &unit_error));
}

static apr_status_t read_contents(void *baton, const go_tree_entry *entry, apr_size_t max,
                                  const char **bytes, apr_size_t *length, apr_pool_t *pool) {
    (void)baton;
    *length = strlen(entry->file) < max ? strlen(entry->file) : max;
    /* exactly as long as it is, so that the sanitizer sees who reads past the end */
    *bytes = apr_pmemdup(pool, entry->file, *length);
    return APR_SUCCESS;
}

/* Looks at one stage "t" and returns the warnings, one a line. */
static const char *lint(int is_trusted) {
    const char *all = "";
    go_stages stages = {apr_array_make(unit_pool, 1, sizeof(go_stage)), assignment};
    APR_ARRAY_PUSH(stages.stages, go_stage) = (go_stage){.name = "t", .is_trusted = is_trusted};
    ck_assert_ok(go_tree_finish(assignment, &unit_error));
    problems = go_problems_make(unit_pool);
    go_stages_lint(&stages, read_contents, NULL, unit_pool, problems);
    ck_assert_int_eq(problems->errors, 0);
    for (int i = 0; i < problems->list->nelts; i++)
        all = apr_pstrcat(unit_pool, all, APR_ARRAY_IDX(problems->list, i, go_problem).text, "\n",
                          NULL);
    assignment = NULL;
    return all;
}

/* What `main` does without sandbox, and what the warning says of it; the line is 2 if not given. */
static const struct suspect {
    const char *script, *says;
    int line;
} shell_suspects[] = {
    {"./program < in > out", "\"./program\" runs", 0},
    {"echo 1 | ./program", "\"./program\" runs", 0},
    {"build/program", "\"build/program\" runs", 0},
    {"/grade_oven/submission/program 1", "\"/grade_oven/submission/program 1\" runs", 0},
    {"cd /tmp; $PWD/x; \"$(dirname \"$0\")/../submission/run\"", "/../submission/run\" runs", 0},
    {"if ! out=$(timeout 5 ./program 2>&1); then", "\"./program\" runs", 0},
    {"out=\"$(nice -n 5 ./program)\"", "\"./program\" runs", 0},
    {"out=`./program`", "\"./program\" runs", 0},
    {"diff <(./program) want", "\"./program\" runs", 0},
    {"timeout $LIMIT ./program", "\"./program\" runs", 0},
    {"X=1 env -i Y=2 ./program", "\"./program\" runs", 0},
    {"ls | xargs -n 1 ./program", "\"./program\" runs", 0},
    {"sandbox -- ./a && ./b", "\"./b\" runs", 0},
    {"true # sandbox\n./program", "\"./program\" runs", 3},
    {"cat > x <<'END'\n./no\nEND\n./program", "\"./program\" runs", 5},
    {"cat > x <<-END\n\t./no\n\tEND\n./program", "\"./program\" runs", 5},
    {"echo a \\\n  b\n./program", "\"./program\" runs", 4},
    {"true\n\\\n./program", "\"./program\" runs", 4},
    {"echo 'a\nb'; ./program", "\"./program\" runs", 3},
    {"case $x in\na) ./program ;;\nesac", "\"./program\" runs", 3},
    {"run() {\n./program\n}\nrun", "\"./program\" runs", 3},
    {"sub=/grade_oven/submission\n$sub/program", "\"$sub/program\" runs", 3},
    {"export SUBMISSION_DIR=x; \"${SUBMISSION_DIR}/run\"", "\"$SUBMISSION_DIR/run\" runs", 0},
    {"for f in *.py; do python3 \"$f\"; done", "\"python3 $f\" runs", 0},
    {"python3 student.py", "\"python3 student.py\" runs", 0},
    {"python3.11 -u student.py", "\"python3.11 -u student.py\" runs", 0},
    {"/usr/bin/env python3 student.py", "\"python3 student.py\" runs", 0},
    {"bash run.sh", "\"bash run.sh\" runs", 0},
    {"perl student.pl", "\"perl student.pl\" runs", 0},
    {"node index.js", "\"node index.js\" runs", 0},
    {"java Main", "\"java Main\" runs", 0},
    {"java -cp build Main", "\"java -cp build Main\" runs", 0},
    {"java -jar app.jar", "\"java -jar app.jar\" runs", 0},
    {"bash -c 'cd x && ./program'", "\"./program\" runs", 0},
    {"timeout 9 sh -c \"./program < $f\"", "\"./program\" runs", 0},
    {"eval \"./program $f\"", "\"eval ./program $f\" takes", 0},
    {"eval 'x=1; python3 student.py'", "\"python3 student.py\" runs", 0},
    {"eval \"$(cat x)\" $SUBMISSION", "\"eval $() $SUBMISSION\" takes", 0},
    {". ./config", "\". ./config\" takes", 0},
    {"source config.sh", "\"source config.sh\" takes", 0},
    {"make", "\"make\" runs what it finds", 0},
    {"make -s test", "\"make -s test\" runs what it finds", 0},
    {"make -C /grade_oven/submission", "runs what it finds", 0},
    {"cmake . && true", "\"cmake .\" runs what it finds", 0},
    {"cargo test", "runs what it finds", 0},
    {"pytest -q", "\"pytest -q\" runs what it finds", 0},
    {"python3 -m pytest", "\"python3 -m pytest\" runs what it finds", 0},
    {"python3 -m unittest", "\"python3 -m unittest\" finds Python modules", 0},
    {"python3 -c 'print(1)'", "finds Python modules", 0},
    {"python3 - <<END\nprint(1)\nEND", "finds Python modules", 0},
    {"python3 -I - <<END\nimport sys\nsys.path.append(\"/grade_oven/submission\")\nEND",
     "\"sys.path.append\" takes", 4},
    {"gcc -o program program.c", "\"gcc -o program program.c\" compiles", 0},
    {"g++-12 *.cpp", "compiles", 0},
    {"javac Main.java", "compiles", 0},
    {"gcc -o $HOME/p p.c; $HOME/p", "\"$HOME/p\" runs", 0},
    {"sandbox --collect p:$HOME/p -- make\n$HOME/p", "\"$HOME/p\" runs", 3},
    {"cp p.py \"$HOME/\"; python3 $HOME/p.py", "\"python3 $HOME/p.py\" runs", 0},
    {"cp -r . $HOME/w; cd $HOME/w; ./program", "\"./program\" runs", 0},
    {"(cd /tmp; ./fine); ./program", "\"./program\" runs", 0},
    {"cd /tmp; cd /grade_oven/submission; ./program", "\"./program\" runs", 0},
};

static const char *const shell_fine[] = {
    "sandbox --time 5 -- ./program < in | diff - want",
    "if ! sandbox --dir x \\\n   -- ./program; then true; fi",
    "out=$(sandbox -- python3 student.py)",
    "sandbox -- sh -c './program && make'",
    "/usr/local/bin/sandbox -- bash run.sh",
    "timeout 9 sandbox -- ./program",
    "run=\"sandbox --time 5 --\"; $run ./program",
    "run=(sandbox --time 5 --)\n\"${run[@]}\" ./program",
    "# ./program",
    "echo ./program; printf '%s\\n' ./program; cat program.c; grep -c x ./program",
    "[ -x ./program ] || exit 1; test -f ./program; [[ -e ./x ]]",
    "/grade_oven/tests/check; \"$(dirname \"$0\")/check\" program.c",
    "stage=$(dirname \"$0\"); \"$stage/check\"; python3 \"$stage/check.py\" student.py; . "
    "$stage/lib",
    "stage=${0%/*}; source \"${stage}/lib.sh\"; make -C $stage; make -f $stage/Makefile",
    "cd \"$(dirname \"$0\")\"; ./check; make; python3 -m unittest; python3 -c 'print(1)'; gcc x.c",
    "cd /grade_oven/tests && ./check",
    "../tests/check",
    "gcc -o $HOME/check $stage/check.c && $HOME/check",
    "cat > f <<END\n./program\nEND",
    "cat <<'A' <<B\n./program\nA\nmake\nB",
    "case $1 in\n./program) echo x ;;\nmake) echo y ;;\nesac",
    "make() {\n  true\n}",
    "bash -n report.sh; php -l index.php",
    "python3 -I -c 'print(1)'; python3 -I - <<END\nprint(1)\nEND",
    "command -v make > /dev/null; which gcc",
    "diff ./out \"$stage/want\" > ./x; x=$((1 + 2)); ((x++)); echo ${x%./program}",
    "cp submission.txt \"$stage/\"; \"$stage/check\"",
    "(echo 'it''s'; echo \"a \\\" ./b\")",
    "echo \"$(cat <<END\n./program\nEND\n)\"",
};

static const struct suspect python_suspects[] = {
    {"subprocess.run([\"./program\"], timeout=5)", "\"./program\" runs", 0},
    {"subprocess.run(\n  ['python3',\n   'student.py'])", "\"python3 student.py\" runs", 0},
    {"subprocess.check_output([sys.executable, 'student.py'])", "\"python3 student.py\" runs", 0},
    {"subprocess.Popen('./program < in', shell=True)", "\"./program\" runs", 0},
    {"os.system(f\"./program < {case}\")", "\"./program\" runs", 0},
    {"os.system('gcc -o p p.c && ./p')", "\"./p\" runs", 0},
    {"os.execv('./program', ['x'])", "\"./program x\" runs", 0},
    {"asyncio.create_subprocess_exec('python3', 'student.py')", "\"python3 student.py\" runs", 0},
    {"SUB = pathlib.Path('/grade_oven/submission')\nsubprocess.run([SUB / 'program'])", "runs", 3},
    {"subprocess.run(['make'], cwd=SUBMISSION)", "\"make\" runs what", 0},
    {"PROGRAM = './program'\nsubprocess.run([PROGRAM])", "\"$PROGRAM\" runs", 3},
    {"import sys\nsys.path.insert(0, \"/grade_oven/submission\")", "\"sys.path.insert\" takes", 3},
    {"sys.path.append('.')", "\"sys.path.append\" takes", 0},
    {"sys.path += [os.getcwd()]", "takes", 0},
    {"importlib.util.spec_from_file_location('s', 'student.py')", "takes", 0},
    {"runpy.run_path('/grade_oven/submission/student.py')", "takes", 0},
    {"exec(open('student.py').read())", "\"exec\" takes", 0},
    {"eval(submission)", "\"eval\" takes", 0},
    {"pytest.main(['-q'])", "\"pytest.main\" runs what", 0},
    {"x = 1; subprocess.call(['bash', 'run.sh'])", "\"bash run.sh\" runs", 0},
    {"'''\ntext\n'''\nsubprocess.run(['./program'])", "\"./program\" runs", 5},
};

static const char *const python_fine[] = {
    "subprocess.run([\"sandbox\", \"--time\", \"2\", \"--\", \"./program\"])",
    "subprocess.run([\n  \"sandbox\",\n  \"--\", \"python3\", # comment ]\n  \"student.py\"])",
    "RUN = ['sandbox', '--']\nsubprocess.run(RUN + ['./program'])\nsubprocess.run([*RUN, './p'])",
    "os.system('sandbox -- ./program')",
    "CODE = \"\"\"\nsys.path.insert(0, '/grade_oven/submission')\nos.system('./x')\n\"\"\"",
    "# subprocess.run(['./program'])",
    "print('./program'); path = './program'; open('student.py').read(); run(['./program'])",
    "subprocess.run([str(STAGE / 'check')]); subprocess.run([sys.executable, STAGE / 'check.py'])",
    "subprocess.run(['make'], cwd=STAGE); subprocess.run(['./check'], cwd=STAGE)",
    "sys.path.insert(0, str(STAGE)); exec(open(STAGE / 'lib.py').read())",
    "json.loads(subprocess.check_output(['diff', 'a', 'b']))",
    "os.chdir(STAGE)\nsubprocess.run(['./check'])",
    "unittest.main()",
    "compile(open('student.py').read(), 'student.py', 'exec')",
};

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

static void assert_suspect(const char *first_line, const struct suspect *suspect) {
    add("t/main", apr_pstrcat(unit_pool, first_line, suspect->script, "\n", NULL));
    const char *told = lint(1);
    const char *line =
        apr_psprintf(unit_pool, "Stage \"t\", main, line %d: ", suspect->line ? suspect->line : 2);
    int is_found = 0;
    for (int i = 0; i < problems->list->nelts; i++) {
        const char *text = APR_ARRAY_IDX(problems->list, i, go_problem).text;
        if (strstr(text, line) && strstr(text, suspect->says)) is_found = 1;
    }
    ck_assert_msg(is_found, "%s\nis not told \"%s\" with %s but:\n%s", suspect->script,
                  suspect->says, line, told);
}

static void assert_fine(const char *first_line, const char *script) {
    add("t/main", apr_pstrcat(unit_pool, first_line, script, "\n", NULL));
    const char *told = lint(1);
    ck_assert_msg(!*told, "%s\nis told:\n%s", script, told);
}

START_TEST(a_shell_command_without_sandbox_is_found) {
    assert_suspect("#!/bin/bash\n", &shell_suspects[_i]);
}
END_TEST

START_TEST(a_harmless_shell_script_is_not_warned_about) {
    assert_fine("#!/bin/sh -eu\n", shell_fine[_i]);
}
END_TEST

START_TEST(python_that_runs_or_imports_the_submission_is_found) {
    assert_suspect("#!/usr/bin/env python3\n", &python_suspects[_i]);
}
END_TEST

START_TEST(a_harmless_python_script_is_not_warned_about) {
    assert_fine("#!/usr/bin/python3 -I\n", python_fine[_i]);
}
END_TEST

START_TEST(scripts_that_main_uses_are_looked_at_and_no_others) {
    add("t/main", "#!/bin/sh\n. \"$stage/lib/common.sh\"\npython3 \"$stage/check.py\"\n"
                  "sandbox --file $stage/caller.py -- sh -c 'python3 $SANDBOX_FILES/caller.py'\n");
    add("t/lib/common.sh", "\n./from_common\n");
    add("t/check.py", "import helper\n");
    add("t/helper.py", "\n\nos.system('./from_helper')\n");
    add("t/caller.py", "sys.path.insert(0, '/grade_oven/submission')\n");
    add("t/unused.sh", "./from_unused\n");
    const char *told = lint(1);
    ck_assert_msg(strstr(told, "lib/common.sh, line 2: \"./from_common\""), "%s", told);
    ck_assert_msg(strstr(told, "helper.py, line 3: \"./from_helper\""), "%s", told);
    ck_assert_int_eq(problems->list->nelts, 2);
}
END_TEST

START_TEST(a_stage_without_a_score_may_run_what_it_likes) {
    add("t/main", "#!/bin/sh\n./program\n");
    ck_assert_str_eq(lint(0), "");
}
END_TEST

START_TEST(a_binary_is_not_looked_at) {
    add("t/main", "\x7F"
                  "ELF\n./program\n");
    ck_assert_str_eq(lint(1), "");
    add("t/main", "#!/usr/bin/ruby\n./program\n");
    ck_assert_str_eq(lint(1), "");
}
END_TEST

START_TEST(the_same_command_is_told_once_and_many_are_cut) {
    add("t/main", "#!/bin/sh\n./p\n./p\n./p\n");
    lint(1);
    ck_assert_int_eq(problems->list->nelts, 1);
    const char *script = "#!/bin/sh\n";
    for (int i = 0; i < 100; i++)
        script = apr_psprintf(unit_pool, "%s./program%d\n", script, i);
    add("t/main", script);
    const char *told = lint(1);
    ck_assert_int_eq(problems->list->nelts, GO_LINT_WARNINGS_MAX + 1);
    ck_assert_ptr_nonnull(strstr(told, "There are more commands like these."));
}
END_TEST

START_TEST(a_hostile_command_is_printable_in_the_warning) {
    add("t/main", "#!/bin/sh\n./pro\x1B[31m\xFF\xE2\x80\xAEgram\n");
    const char *told = lint(1);
    ck_assert_msg(strstr(told, "./pro\\x1B[31m\\xFF\\xE2\\x80\\xAEgram"), "%s", told);
}
END_TEST

/* Unfinished and nested to the limit: it must end, and read no byte past the end. */
static const char *const pieces[] = {
    "$(",       "`",         "(",     "((",      "${",      "\"",      "'",           "\\",
    "<<",       "<<E\n",     "<(",    ">",       "x=(",     "$((",     "case x)",     "#",
    "&>",       "f'{",       "'''",   "[{(",     "f(",      "eval ",   ")",           "cd ",
    "a\n",      "\t",        "-",     "x=$(",    "sh -c '", "import ", "os.system('", "sys.path ",
    "timeout ", "for x in ", "cp . ", "make -C", "gcc -o",  "\xFF",
};

/* The same bytes in every run. */
static int next(unsigned int *seed) {
    *seed = *seed * 1103515245U + 12345U;
    return (int)(*seed >> 16 & 0x7FFF);
}

START_TEST(any_bytes_are_read_to_their_end) {
    static const char *const languages[] = {"#!/bin/sh\n", "#!/usr/bin/python3\n", "#!"};
    unsigned int seed = (unsigned int)_i + 1;
    for (int round = 0; round < 300; round++) {
        const char *script = languages[round % 3];
        int is_same = round % 7 == 0, first = next(&seed) % COUNT(pieces);
        for (int i = 0; i < 40; i++)
            script = apr_pstrcat(unit_pool, script,
                                 pieces[is_same ? first : next(&seed) % COUNT(pieces)], NULL);
        add("t/main", script);
        lint(1);
        for (int i = 0; i < problems->list->nelts; i++)
            ck_assert_ptr_nonnull(APR_ARRAY_IDX(problems->list, i, go_problem).text);
    }
}
END_TEST

START_TEST(a_script_as_large_as_may_be_takes_no_time) {
    static const char *const units[] = {"$(",      "`x`",    "(a)",     "'sh -c ",    "x ",
                                        "eval x;", "x=./y;", "cp a b;", "sh -c 'x';", "\"$(x)\""};
    for (int i = 0; i < COUNT(units); i++) {
        char *script = apr_palloc(unit_pool, GO_LINT_FILE_MAX + 64);
        char *at = apr_cpystrn(script, "#!/bin/sh\n", 16);
        while (at - script < GO_LINT_FILE_MAX)
            at = apr_cpystrn(at, units[i], 32);
        apr_time_t before = apr_time_now();
        add("t/main", script);
        lint(1);
        ck_assert_int_lt(apr_time_as_msec(apr_time_now() - before), 2000);
    }
}
END_TEST

Suite *stages_lint_suite(void) {
    Suite *suite = suite_create("stages_lint");
    TCase *shell = unit_case(suite, "shell");
    tcase_add_loop_test(shell, a_shell_command_without_sandbox_is_found, 0, COUNT(shell_suspects));
    tcase_add_loop_test(shell, a_harmless_shell_script_is_not_warned_about, 0, COUNT(shell_fine));
    TCase *python = unit_case(suite, "python");
    tcase_add_loop_test(python, python_that_runs_or_imports_the_submission_is_found, 0,
                        COUNT(python_suspects));
    tcase_add_loop_test(python, a_harmless_python_script_is_not_warned_about, 0,
                        COUNT(python_fine));
    TCase *files = unit_case(suite, "files");
    tcase_add_test(files, scripts_that_main_uses_are_looked_at_and_no_others);
    tcase_add_test(files, a_stage_without_a_score_may_run_what_it_likes);
    tcase_add_test(files, a_binary_is_not_looked_at);
    tcase_add_test(files, the_same_command_is_told_once_and_many_are_cut);
    TCase *hostile = unit_case(suite, "hostile");
    tcase_add_test(hostile, a_hostile_command_is_printable_in_the_warning);
    tcase_add_loop_test(hostile, any_bytes_are_read_to_their_end, 0, 4);
    tcase_add_test(hostile, a_script_as_large_as_may_be_takes_no_time);
    return suite;
}
