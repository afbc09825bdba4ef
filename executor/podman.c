#include "podman.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define OPTIONS_MAX 256

int go_podman_is(const json_t *info) {
    return json_object_get(info, "BuildahVersion") != NULL; /* its own member of that answer */
}

static int is_unknown(const char *option) {
    return !strncmp(option, "uid=", 4) || !strncmp(option, "gid=", 4) ||
           !strncmp(option, "nr_inodes=", 10);
}

/* The options without those it refuses. */
static json_t *translate_options(const char *options) {
    char text[OPTIONS_MAX], kept[OPTIONS_MAX + 16];
    char *rest;
    snprintf(text, sizeof(text), "%s", options);
    snprintf(kept, sizeof(kept), "notmpcopyup"); /* the directory below holds nothing */
    for (char *option = strtok_r(text, ",", &rest); option; option = strtok_r(NULL, ",", &rest)) {
        size_t length = strlen(kept);
        if (!is_unknown(option)) snprintf(kept + length, sizeof(kept) - length, ",%s", option);
    }
    return json_string(kept);
}

/* A uid is one container's, so the container's own limit is enough for each of them. */
static json_t *process_limit(const json_t *host) {
    struct rlimit limit;
    json_int_t most = json_integer_value(json_object_get(host, "PidsLimit"));
    if (getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_max < (rlim_t)most) {
        most = (json_int_t)limit.rlim_max;
    }
    return json_pack("{s:s, s:I, s:I}", "Name", "nproc", "Soft", most, "Hard", most);
}

void go_podman_translate(json_t *body) {
    static const char *const unasked[] = {"/run", "/var/tmp"};
    json_t *host = json_object_get(body, "HostConfig");
    json_t *tmpfs = json_object_get(host, "Tmpfs");
    const char *path;
    json_t *options;
    json_object_foreach(tmpfs, path, options) {
        json_object_set_new(tmpfs, path, translate_options(json_string_value(options)));
    }
    for (size_t i = 0; i < sizeof(unasked) / sizeof(*unasked); i++) {
        if (json_object_get(tmpfs, unasked[i])) continue;
        json_object_set_new(tmpfs, unasked[i],
                            json_string("notmpcopyup,ro,noexec,nosuid,nodev,size=1m,mode=0555"));
    }
    json_array_append_new(json_object_get(host, "Ulimits"), process_limit(host));
}

json_t *go_podman_update(const json_t *body) {
    return json_pack("{s:{s:O, s:O}}", "memory", "limit", json_object_get(body, "Memory"), "swap",
                     json_object_get(body, "MemorySwap"));
}
