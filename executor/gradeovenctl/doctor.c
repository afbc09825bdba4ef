/* gradeovenctl doctor [OPTION...] */
#include "gradeovenctl/doctor.h"

#include "gradeovenctl/options.h"

#include "model/passwords.h"
#include "model/text.h"

#include <apr_strings.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT_BYTES 2048

/* --- findings -------------------------------------------------------------------------------- */

void ctl_doctor_say(ctl_doctor *doctor, ctl_verdict verdict, const char *name, const char *remedy,
                    const char *format, ...) {
    static const char *const words[] = {"ok", "warning", "problem"};
    static const char *const marks[] = {"ok     ", "warning", "PROBLEM"};
    char bytes[TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(bytes, sizeof(bytes), format, arguments);
    va_end(arguments);
    /* An engine's words may be in it. */
    char *text = go_text_clean_utf8(doctor->pool, bytes, strlen(bytes), NULL);
    for (char *at = text; (at = strchr(at, '\n'));)
        *at = ' ';
    doctor->warnings += verdict == CTL_VERDICT_WARNING;
    doctor->problems += verdict == CTL_VERDICT_PROBLEM;
    json_array_append_new(doctor->findings, json_pack("{s:s, s:s, s:s, s:s?, s:s?}", "name", name,
                                                      "verdict", words[verdict], "text", text,
                                                      "remedy", remedy, "engine", doctor->engine));
    if (doctor->is_json) return;
    printf("%s %s%s%s: %s%s%s\n", marks[verdict], name, doctor->engine ? " of " : "",
           doctor->engine ? doctor->engine : "", text, remedy ? " " : "", remedy ? remedy : "");
    fflush(stdout);
}

void ctl_doctor_say_error(ctl_doctor *doctor, const char *name, const go_error *err) {
    ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, name, err->remedy, "%s", err->what);
}

/* --- what the site is configured with -------------------------------------------------------- */

/*
 * Those of httpd's configuration, unless one is given. A site that names none has the directive's
 * default, whatever the environment of who asks says; without a site, as `grade` would.
 */
static void read_endpoints(ctl_doctor *doctor, const char *docker, const char *tls) {
    const ctl_httpd_conf *conf = &doctor->site.conf;
    go_engine_setting engine = {.endpoint = docker ? docker : doctor->options.docker,
                                .tls_directory = tls ? tls : doctor->options.docker_tls,
                                .slots = -1,
                                .warm = -1};
    doctor->endpoints = apr_array_make(doctor->pool, 2, sizeof(go_engine_setting));
    if (!docker && conf->docker) apr_array_cat(doctor->endpoints, conf->docker);
    if (doctor->endpoints->nelts || (!docker && conf->docker_problem)) return;
    if (conf->file && !docker && !tls) {
        engine.endpoint = "unix:///var/run/docker.sock";
        engine.tls_directory = NULL;
    }
    APR_ARRAY_PUSH(doctor->endpoints, go_engine_setting) = engine;
}

/* The defaults are those of mod_gradeoven/directives.c. */
static void read_configuration(ctl_doctor *doctor, const char *image, const char *runtime) {
    const ctl_httpd_conf *conf = &doctor->site.conf;
    ctl_grade_options *options = &doctor->options;
    go_container_limits *limits = &options->limits;
    if (conf->file) options->image = conf->image[0] ? conf->image[0] : "gradeoven:latest";
    if (image) options->image = image;
    limits->runtime = runtime ? runtime : conf->runtime[0];
    limits->memory_mb = ctl_httpd_conf_number(conf->memory[0], limits->memory_mb);
    limits->disk_mb = ctl_httpd_conf_number(conf->disk[0], limits->disk_mb);
    limits->pids = ctl_httpd_conf_number(conf->pids[0], limits->pids);
    limits->cpus_milli = ctl_httpd_conf_thousandths(conf->cpus[0], limits->cpus_milli);
}

/* --- the command ----------------------------------------------------------------------------- */

static void examine(ctl_doctor *doctor) {
    const ctl_httpd_conf *conf = &doctor->site.conf;
    ctl_doctor_site(doctor);
    if (doctor->site.state) ctl_doctor_store(doctor);
    if (!ctl_httpd_conf_grades(conf)) {
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "engine", NULL,
                       "This httpd grades nothing (GradeOvenExecutor off).");
        return;
    }
    if (conf->docker_problem)
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "httpd", NULL, "%s", conf->docker_problem);
    for (int i = 0; i < doctor->endpoints->nelts; i++) {
        const go_engine_setting *engine = &APR_ARRAY_IDX(doctor->endpoints, i, go_engine_setting);
        doctor->options.docker = engine->endpoint;
        doctor->options.docker_tls = engine->tls_directory;
        doctor->parallel =
            engine->slots >= 0 ? engine->slots : ctl_httpd_conf_number(conf->parallel[0], 2);
        doctor->engine = doctor->endpoints->nelts > 1 ? doctor->options.docker : NULL;
        if (ctl_doctor_engine(doctor)) ctl_doctor_oven(doctor);
    }
}

static int report(const ctl_doctor *doctor) {
    if (doctor->is_json) {
        json_t *all = json_pack("{s:i, s:i, s:O}", "problems", doctor->problems, "warnings",
                                doctor->warnings, "checks", doctor->findings);
        json_dumpf(all, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(all);
    } else {
        fprintf(stderr, "%d problem%s, %d warning%s.\n", doctor->problems,
                doctor->problems == 1 ? "" : "s", doctor->warnings,
                doctor->warnings == 1 ? "" : "s");
    }
    json_decref(doctor->findings);
    return doctor->problems ? CTL_FAILED : CTL_OK;
}

int ctl_doctor_run(const ctl_command *command, int argc, const char *const *argv,
                   apr_pool_t *pool) {
    ctl_doctor doctor = {.pool = pool};
    const char *docker = NULL, *tls = NULL, *image = NULL, *runtime = NULL;
    ctl_grade_defaults(&doctor.options);
    const ctl_option options[] = {{"--json", NULL, &doctor.is_json},
                                  {"--docker", &docker, NULL},
                                  {"--docker-tls", &tls, NULL},
                                  {"--image", &image, NULL},
                                  {"--runtime", &runtime, NULL},
                                  {"--oven", &doctor.options.oven, NULL},
                                  {0}};
    int rc = ctl_options_read(command, argc, argv, options, NULL, 0);
    if (rc) return rc;
    umask(0077); /* of the probe's own files */
    if (go_db_start(pool) || go_passwords_start(pool))
        return ctl_fail("APR or libsodium could not be started");
    doctor.findings = json_array();
    if (ctl_site_find(&doctor.site, pool) != APR_SUCCESS)
        ctl_doctor_say_error(&doctor, "site", &doctor.site.err);
    read_configuration(&doctor, image, runtime);
    read_endpoints(&doctor, docker, tls);
    examine(&doctor);
    return report(&doctor);
}
