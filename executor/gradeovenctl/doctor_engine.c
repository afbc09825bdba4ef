/* What an engine says of itself: is it there, can it hold ovens, does it have the image? */
#include "gradeovenctl/doctor.h"

#include "inspection.h"

#include <apr_strings.h>

#include <string.h>

#define SKEW_SECONDS     30   /* between its clock and ours */
#define STAGE_MEMORY_MAX 1024 /* MiB; as mod_gradeoven/directives.c */

/* --- asking ---------------------------------------------------------------------------------- */

typedef struct question {
    go_loop *loop;
    apr_pool_t *pool;
    json_t *json; /* ours to give back, or NULL */
    long http;
    const char *trouble;
} question;

static void answered(void *baton, const go_engine_reply *reply) {
    question *self = baton;
    self->http = reply->http;
    self->json = reply->json ? json_deep_copy(reply->json) : NULL;
    self->trouble = reply->trouble ? apr_pstrdup(self->pool, reply->trouble) : NULL;
    go_loop_stop(self->loop);
}

static apr_status_t forget(void *data) {
    json_decref(data);
    return APR_SUCCESS;
}

/* Asks and waits for the answer, which lives in `pool`. */
static question ask(go_engine *engine, go_loop *loop, const char *path, apr_pool_t *pool) {
    question self = {.loop = loop, .pool = pool};
    go_engine_call call = {.method = "GET", .path = path, .done = answered, .baton = &self};
    go_engine_request(engine, &call, pool);
    go_loop_run(loop);
    if (self.json) apr_pool_cleanup_register(pool, self.json, forget, apr_pool_cleanup_null);
    return self;
}

static const char *text_of(const json_t *json, const char *key) {
    const char *text = json_string_value(json_object_get(json, key));
    return text ? text : "?";
}

/* --- what it says ---------------------------------------------------------------------------- */

/* 1 when it has what the executor asks of it before it makes an oven there. */
static int look_at_limits(ctl_doctor *doctor, const json_t *info) {
    const char *problem = go_inspection_of_engine(info, doctor->pool);
    if (problem)
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "engine limits", NULL, "%s", problem);
    else
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "engine limits", NULL,
                       "It can limit memory, swap, processes and processor time.");
    return !problem;
}

static void look_at_warnings(ctl_doctor *doctor, const json_t *info) {
    const json_t *warnings = json_object_get(info, "Warnings");
    for (size_t i = 0; i < json_array_size(warnings); i++) {
        const char *text = json_string_value(json_array_get(warnings, i));
        if (!text || !strncmp(text, "WARNING: ", 9)) text = text ? text + 9 : "";
        if (*text)
            ctl_doctor_say(doctor, CTL_VERDICT_WARNING, "engine warning", NULL, "It says: %s",
                           text);
    }
}

static void look_at_security(ctl_doctor *doctor, const json_t *info) {
    const json_t *options = json_object_get(info, "SecurityOptions");
    int has_seccomp = 0, is_confined = 1, is_remapped = 0;
    for (size_t i = 0; i < json_array_size(options); i++) {
        const char *text = json_string_value(json_array_get(options, i));
        if (!text) continue;
        has_seccomp |= strstr(text, "name=seccomp") != NULL;
        is_confined &= strstr(text, "profile=unconfined") == NULL;
        is_remapped |= strstr(text, "name=userns") || strstr(text, "name=rootless");
    }
    if (!has_seccomp || !is_confined)
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "engine seccomp",
                       "Take \"seccomp-profile\" out of the engine's daemon.json.",
                       "Containers can call everything the kernel has.");
    else
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "engine seccomp", NULL,
                       "It has a profile for containers; root in them is %s.",
                       is_remapped ? "nobody on the host (userns-remap or rootless)"
                                   : "root on the host (userns-remap in daemon.json would make it "
                                     "nobody)");
}

static void look_at_clock(ctl_doctor *doctor, const json_t *info) {
    apr_time_exp_t broken = {0};
    apr_time_t time;
    const char *text = text_of(info, "SystemTime"); /* "2030-01-31T23:59:59.123456789Z" */
    if (strlen(text) < 20 || text[strlen(text) - 1] != 'Z') return;
    broken.tm_year = (int)apr_atoi64(text) - 1900;
    broken.tm_mon = (int)apr_atoi64(text + 5) - 1;
    broken.tm_mday = (int)apr_atoi64(text + 8);
    broken.tm_hour = (int)apr_atoi64(text + 11);
    broken.tm_min = (int)apr_atoi64(text + 14);
    broken.tm_sec = (int)apr_atoi64(text + 17);
    if (apr_time_exp_gmt_get(&time, &broken) != APR_SUCCESS) return;
    apr_int64_t skew = apr_time_sec(time - apr_time_now());
    if (skew > SKEW_SECONDS || skew < -SKEW_SECONDS)
        ctl_doctor_say(doctor, CTL_VERDICT_WARNING, "engine clock", "Keep both by NTP.",
                       "It is %d seconds apart from this host's.", (int)skew);
}

static void look_at_room(ctl_doctor *doctor, const json_t *info) {
    const go_container_limits *limits = &doctor->options.limits;
    json_int_t have = json_integer_value(json_object_get(info, "MemTotal")) >> 20;
    /* A stage may ask for more memory than the default. */
    int most = ctl_httpd_conf_number(doctor->site.conf.memory[1], STAGE_MEMORY_MAX);
    if (most < limits->memory_mb) most = limits->memory_mb;
    json_int_t want = ((json_int_t)most + limits->disk_mb) * doctor->parallel;
    if (!have) return;
    if (want > have)
        ctl_doctor_say(doctor, CTL_VERDICT_WARNING, "room",
                       "Lower GradeOvenParallel, GradeOvenMemory or GradeOvenDisk.",
                       "%d ovens may use %d MiB, and the engine's host has %d MiB.",
                       doctor->parallel, (int)want, (int)have);
    else
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "room", NULL,
                       "%d ovens may use %d of the %d MiB of the engine's host.", doctor->parallel,
                       (int)want, (int)have);
}

/* 1 unless what is configured is plainly not there. */
static int look_at_runtime(ctl_doctor *doctor, const json_t *info) {
    const char *runtime = doctor->options.limits.runtime, *known;
    const json_t *runtimes = json_object_get(info, "Runtimes");
    json_t *ignored;
    const char *names = "";
    if (!runtime || !json_object_size(runtimes) || json_object_get(runtimes, runtime)) return 1;
    json_object_foreach((json_t *)runtimes, known, ignored) {
        names = apr_pstrcat(doctor->pool, names, *names ? ", " : "", known, NULL);
    }
    ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "runtime",
                   "Add it to the engine's daemon.json, or correct GradeOvenRuntime.",
                   "The engine has no runtime \"%s\"; it has %s.", runtime, names);
    return 0;
}

static int look_at_image(ctl_doctor *doctor, go_engine *engine, go_loop *loop) {
    const char *image = doctor->options.image;
    question found = ask(
        engine, loop,
        apr_pstrcat(doctor->pool, "/images/", go_engine_escape(doctor->pool, image), "/json", NULL),
        doctor->pool);
    if (found.http == 404)
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "image",
                       "Build or pull it, or name another one (GradeOvenImage).",
                       "The engine has no image \"%s\".", image);
    else if (found.trouble)
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "image", NULL, "%s", found.trouble);
    else
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "image", NULL, "\"%s\" is there, %s.", image,
                       text_of(found.json, "Id"));
    return !found.trouble;
}

int ctl_doctor_engine(ctl_doctor *doctor) {
    static const char remedy[] = "Is it running, and may this user use its socket?";
    go_error err = GO_ERROR_INIT(doctor->pool);
    go_engine *engine;
    go_loop *loop = go_loop_make(doctor->pool);
    if (!loop || go_engine_make(&engine, loop, doctor->options.docker, doctor->options.docker_tls,
                                doctor->pool, &err) != APR_SUCCESS) {
        ctl_doctor_say_error(doctor, "engine", &err);
        return 0;
    }
    question version = ask(engine, loop, "/version", doctor->pool);
    question info = {.trouble = version.trouble};
    if (!info.trouble) info = ask(engine, loop, "/info", doctor->pool);
    if (info.trouble || !json_is_object(info.json)) {
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "engine", remedy, "%s",
                       info.trouble ? info.trouble : "What answers is no Docker engine.");
        return 0;
    }
    const char *cgroup = text_of(info.json, "CgroupVersion");
    ctl_doctor_say(doctor, CTL_VERDICT_OK, "engine", NULL,
                   "%s %s on %s at %s: API %s, cgroup v%s, runtime %s, kernel %s.",
                   text_of(json_array_get(json_object_get(version.json, "Components"), 0), "Name"),
                   text_of(version.json, "Version"), text_of(info.json, "Name"),
                   doctor->options.docker, text_of(version.json, "ApiVersion"), cgroup,
                   text_of(info.json, "DefaultRuntime"), text_of(info.json, "KernelVersion"));
    int is_right = look_at_limits(doctor, info.json);
    look_at_warnings(doctor, info.json);
    look_at_security(doctor, info.json);
    look_at_clock(doctor, info.json);
    look_at_room(doctor, info.json);
    is_right &= look_at_runtime(doctor, info.json);
    return look_at_image(doctor, engine, loop) && is_right;
}
