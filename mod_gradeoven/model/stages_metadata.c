#include "model/stages_private.h"

#include <apr_strings.h>
#include <jansson.h>

#include <stddef.h>
#include <string.h>

typedef enum value_kind { KIND_TEXT, KIND_BOOLEAN, KIND_TIMEOUT, KIND_MEMORY } value_kind;

/* Every key of a stage, and the field of go_stage it sets. */
static const struct key {
    const char *name;
    value_kind kind;
    size_t offset;
} keys[] = {
    {"description", KIND_TEXT, offsetof(go_stage, description)},
    {"is_trusted_stage", KIND_BOOLEAN, offsetof(go_stage, is_trusted)},
    {"timeout_seconds", KIND_TIMEOUT, offsetof(go_stage, timeout_seconds)},
    {"memory_mb", KIND_MEMORY, offsetof(go_stage, memory_mb)},
    {"stop_on_failure", KIND_BOOLEAN, offsetof(go_stage, stop_on_failure)},
};

static const struct key *find_key(const char *name) {
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (!strcmp(keys[i].name, name)) return &keys[i];
    return NULL;
}

/* Loads the file as JSON; NULL and a problem if it is none. */
static json_t *load(go_stages_job *job, const go_tree_entry *entry) {
    apr_size_t length;
    json_error_t error;
    const char *text = go_stages_text(job, entry, &length);
    if (!text) return NULL;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        go_problems_error(job->problems, "%s, line %d: this is not valid JSON (%s).",
                          go_stages_quoted(job, entry->path), error.line,
                          go_stages_quoted(job, error.text));
    else if (!json_is_object(json))
        go_problems_error(job->problems, "%s must hold a JSON object: {\xE2\x80\xA6}.",
                          go_stages_quoted(job, entry->path));
    if (json_is_object(json)) return json;
    json_decref(json);
    return NULL;
}

static void set_text(go_stages_job *job, const char *where, const char *key, const json_t *value,
                     const char **field) {
    if (!json_is_string(value))
        go_problems_error(job->problems, "%s: \"%s\" must be a text.", where, key);
    else if (json_string_length(value) > GO_STAGE_DESCRIPTION_MAX)
        go_problems_error(job->problems, "%s: \"%s\" must be at most %d bytes long.", where, key,
                          GO_STAGE_DESCRIPTION_MAX);
    else
        *field = apr_pstrdup(job->pool, json_string_value(value));
}

static void set_number(go_stages_job *job, const char *where, const char *key, const json_t *value,
                       int min, int max, int *field) {
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < min || number > max)
        go_problems_error(job->problems, "%s: \"%s\" must be a whole number from %d to %d.", where,
                          key, min, max);
    else
        *field = (int)number;
}

static void set(go_stages_job *job, const char *where, const struct key *key, const json_t *value,
                go_stage *stage) {
    void *field = (char *)stage + key->offset;
    if (json_is_null(value)) return; /* as if it were not there */
    switch (key->kind) {
    case KIND_TEXT:
        set_text(job, where, key->name, value, field);
        break;
    case KIND_BOOLEAN:
        if (json_is_boolean(value))
            *(int *)field = json_is_true(value);
        else
            go_problems_error(job->problems, "%s: \"%s\" must be true or false.", where, key->name);
        break;
    case KIND_TIMEOUT:
        set_number(job, where, key->name, value, 1, job->limits->max_timeout_seconds, field);
        break;
    case KIND_MEMORY:
        set_number(job, where, key->name, value, GO_STAGE_MEMORY_MIN, job->limits->max_memory_mb,
                   field);
        break;
    }
}

/* `where` is how problems call the place; `also` is one more key that may be there, or NULL. */
static void refine(go_stages_job *job, const char *where, json_t *object, const char *also,
                   go_stage *stage) {
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) {
        const struct key *key = find_key(name);
        if (key)
            set(job, where, key, value, stage);
        else if (!also || strcmp(name, also))
            go_problems_warning(job->problems, "%s: \"%s\" is no key that is known here; ignored.",
                                where, go_stages_quoted(job, name));
    }
}

void go_stages_refine(go_stages_job *job, go_stage *stage, const go_tree_entry *entry) {
    json_t *json = load(job, entry);
    if (!json) return;
    refine(job, go_stages_quoted(job, entry->path), json, NULL, stage);
    json_decref(json);
}

static void add_listed(go_stages_job *job, const char *where, json_t *object) {
    const char *name = json_string_value(json_object_get(object, "directory_name"));
    if (!name) {
        go_problems_error(job->problems, "%s: it has no text \"directory_name\".", where);
        return;
    }
    go_stage stage = go_stages_default(job, apr_pstrdup(job->pool, name));
    refine(job, where, object, "directory_name", &stage);
    APR_ARRAY_PUSH(job->stages, go_stage) = stage;
}

void go_stages_from_metadata(go_stages_job *job, const go_tree_entry *entry) {
    json_t *json = load(job, entry);
    if (!json) return;
    json_t *list = json_object_get(json, "stages");
    if (!json_is_array(list))
        go_problems_error(job->problems,
                          "There is no file \"stages\", and metadata.json has no list \"stages\".");
    for (size_t i = 0; i < json_array_size(list) && i <= (size_t)job->limits->max_stages; i++)
        add_listed(job, apr_psprintf(job->pool, "metadata.json, stage %d", (int)i + 1),
                   json_array_get(list, i));
    json_decref(json);
}
