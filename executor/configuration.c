#include "configuration.h"

#include "claims.h"

#include <apr_strings.h>

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#define CONFIGURATION_MAX (64 * 1024) /* bytes */

/* Each number has a range; all of them must be there. */
static const struct {
    const char *key;
    size_t offset;
    int least, most;
} numbers[] = {
    {"parallel", offsetof(go_configuration, parallel), 1, 256},
    {"warm", offsetof(go_configuration, warm), 0, 256},
    {"memory_mb", offsetof(go_configuration, limits.memory_mb), 16, 1 << 20},
    {"disk_mb", offsetof(go_configuration, limits.disk_mb), 4, 1 << 20},
    {"pids", offsetof(go_configuration, limits.pids), 16, 1 << 20},
    {"cpus_milli", offsetof(go_configuration, limits.cpus_milli), 0, 1 << 20},
};

static apr_status_t read_numbers(go_configuration *configuration, const json_t *json,
                                 go_error *err) {
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        const json_t *value = json_object_get(json, numbers[i].key);
        json_int_t number = json_integer_value(value);
        if (!json_is_integer(value) || number < numbers[i].least || number > numbers[i].most) {
            return go_error_set(err, GO_EINVALID, NULL,
                                "The configuration's \"%s\" is not a number from %d to %d.",
                                numbers[i].key, numbers[i].least, numbers[i].most);
        }
        *(int *)(void *)((char *)configuration + numbers[i].offset) = (int)number;
    }
    return APR_SUCCESS;
}

/* A text of the object, in `pool`; `otherwise` (which may be NULL) when it is absent. */
static const char *text(const json_t *json, const char *key, const char *otherwise,
                        apr_pool_t *pool) {
    const char *value = json_string_value(json_object_get(json, key));
    return value ? apr_pstrdup(pool, value) : otherwise;
}

static apr_status_t read_texts(go_configuration *configuration, const json_t *json,
                               apr_pool_t *pool, go_error *err) {
    const json_t *database = json_object_get(json, "database");
    configuration->state = text(json, "state", NULL, pool);
    configuration->driver = text(database, "driver", NULL, pool);
    configuration->params = text(database, "params", NULL, pool);
    configuration->image = text(json, "image", NULL, pool);
    configuration->oven = text(json, "oven", NULL, pool);
    configuration->limits.runtime = text(json, "runtime", NULL, pool);
    if (!configuration->state || !configuration->image || !configuration->oven) {
        return go_error_set(err, GO_EINVALID, NULL,
                            "The configuration lacks state, image or oven.");
    }
    configuration->site = text(json, "site", NULL, pool);
    if (!configuration->site) configuration->site = go_place_name(configuration->state, pool);
    const char *level = text(json, "log_level", "info", pool);
    if (!go_log_parse_level(level, &configuration->log_level)) {
        return go_error_set(err, GO_EINVALID, NULL, "There is no log level \"%s\".", level);
    }
    /* An admin who lowers the limit means the versions that were stored before, too. */
    json_int_t most = json_integer_value(json_object_get(json, "memory_max_mb"));
    configuration->limits.memory_max_mb = most > 0 && most <= (1 << 20) ? (int)most : 0;
    const json_t *parent = json_object_get(json, "parent");
    configuration->parent = parent ? (int)json_integer_value(parent) : (int)getppid();
    return APR_SUCCESS;
}

/* The number of an endpoint; `otherwise` when it is absent, -1 when it is none in the range. */
static int endpoint_number(const json_t *json, const char *key, int least, int otherwise) {
    const json_t *value = json_object_get(json, key);
    if (!value) return otherwise;
    json_int_t number = json_integer_value(value);
    return json_is_integer(value) && number >= least && number <= 256 ? (int)number : -1;
}

static apr_status_t read_endpoint(go_configuration *configuration, const json_t *json,
                                  apr_pool_t *pool, go_error *err) {
    go_endpoint endpoint = {.address = text(json, "docker", NULL, pool),
                            .tls_directory = text(json, "docker_tls", NULL, pool),
                            .slots = endpoint_number(json, "slots", 1, configuration->parallel),
                            .warm = endpoint_number(json, "warm", 0, configuration->warm)};
    if (!endpoint.address || endpoint.slots < 0 || endpoint.warm < 0) {
        return go_error_set(err, GO_EINVALID, NULL,
                            "An engine of the configuration lacks docker, or its slots are not 1 "
                            "to 256, or its warm not 0 to 256.");
    }
    APR_ARRAY_PUSH(configuration->engines, go_endpoint) = endpoint;
    return APR_SUCCESS;
}

static apr_status_t read_engines(go_configuration *configuration, const json_t *json,
                                 apr_pool_t *pool, go_error *err) {
    const json_t *engines = json_object_get(json, "engines");
    size_t count = json_array_size(engines);
    configuration->engines = apr_array_make(pool, (int)count + 1, sizeof(go_endpoint));
    if (count == 0) return read_endpoint(configuration, json, pool, err); /* the short form */
    for (size_t i = 0; i < count; i++) {
        apr_status_t status = read_endpoint(configuration, json_array_get(engines, i), pool, err);
        if (status != APR_SUCCESS) return status;
    }
    return APR_SUCCESS;
}

/* Microseconds; 0 when it is absent. */
static apr_interval_time_t read_time(const json_t *json, const char *key) {
    return (apr_interval_time_t)(json_number_value(json_object_get(json, key)) * 1e6);
}

static void read_syncs(go_configuration *configuration, const json_t *json, apr_pool_t *pool) {
    const json_t *list = json_object_get(json, "sync");
    configuration->ctl = text(json, "gradeovenctl", NULL, pool);
    configuration->syncs = apr_array_make(pool, 4, sizeof(go_sync_plan));
    for (size_t i = 0; configuration->ctl && i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        go_sync_plan plan = {text(one, "course", NULL, pool), text(one, "schedule", NULL, pool)};
        if (plan.course && plan.schedule) APR_ARRAY_PUSH(configuration->syncs, go_sync_plan) = plan;
    }
}

static void read_times(go_configuration *configuration, const json_t *json) {
    configuration->times = (go_pool_times){.age_us = read_time(json, "warm_age_seconds"),
                                           .idle_us = read_time(json, "warm_idle_seconds"),
                                           .image_age_us = read_time(json, "image_age_seconds")};
}

static apr_status_t read_all(char *bytes, apr_size_t *length, int fd, go_error *err) {
    *length = 0;
    for (;;) {
        ssize_t got = read(fd, bytes + *length, CONFIGURATION_MAX - *length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return go_error_system(err, errno, NULL, "The configuration cannot be read");
        if (got == 0) return APR_SUCCESS;
        *length += (apr_size_t)got;
    }
}

apr_status_t go_configuration_read(go_configuration *configuration, int fd, apr_pool_t *pool,
                                   go_error *err) {
    char *bytes = apr_palloc(pool, CONFIGURATION_MAX);
    apr_size_t length;
    json_error_t where;
    apr_status_t status = read_all(bytes, &length, fd, err);
    close(fd);
    if (status != APR_SUCCESS) return status;
    json_t *json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &where);
    if (!json_is_object(json)) {
        json_decref(json);
        return go_error_set(err, GO_EINVALID, NULL, "The configuration is not a JSON object: %s.",
                            where.text);
    }
    *configuration = (go_configuration){0};
    status = read_numbers(configuration, json, err);
    if (status == APR_SUCCESS) status = read_texts(configuration, json, pool, err);
    if (status == APR_SUCCESS) status = read_engines(configuration, json, pool, err);
    read_times(configuration, json);
    read_syncs(configuration, json, pool);
    json_decref(json);
    return status;
}
