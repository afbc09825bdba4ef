#include "inspection.h"

#include "model/text.h"

#include <apr_strings.h>
#include <apr_tables.h>

#include <string.h>
#include <strings.h>

#define REMEDY                                                                                     \
    "Use Docker or Podman as root, or a rootless one on cgroup v2 to which the controllers "       \
    "memory, pids and cpu are delegated."

static const char *refuse(const apr_array_header_t *missing, apr_pool_t *pool) {
    if (missing->nelts == 0) return NULL;
    return apr_psprintf(pool,
                        "This engine does not keep to what protects the host and other runs, so it "
                        "must not run students' programs: %s. " REMEDY,
                        apr_array_pstrcat(pool, missing, ';'));
}

static void add(apr_array_header_t *missing, const char *what) {
    APR_ARRAY_PUSH(missing, const char *) =
        missing->nelts ? apr_pstrcat(missing->pool, " ", what, NULL) : what;
}

/* --- what the engine says of itself ---------------------------------------------------------- */

const char *go_inspection_of_engine(const json_t *info, apr_pool_t *pool) {
    static const struct {
        const char *key, *words;
    } abilities[] = {
        {"MemoryLimit", "it cannot limit the memory of a container"},
        {"SwapLimit", "it cannot limit the swap space of a container (on cgroup v1 the kernel "
                      "needs the option swapaccount=1)"},
        {"PidsLimit", "it cannot limit the number of processes of a container"},
        {"CpuCfsQuota", "it cannot limit the CPU time of a container"},
    };
    apr_array_header_t *missing = apr_array_make(pool, 4, sizeof(const char *));
    for (size_t i = 0; i < sizeof(abilities) / sizeof(*abilities); i++) {
        if (!json_is_true(json_object_get(info, abilities[i].key))) {
            add(missing, abilities[i].words);
        }
    }
    return refuse(missing, pool);
}

const char *go_inspection_of_answer(const json_t *created, apr_pool_t *pool) {
    /* "... Limitation discarded.", "... limits are not supported and ignored", "... is ignored" */
    static const char *const telling[] = {"limit", "discarded", "ignored", "not support"};
    apr_array_header_t *missing = apr_array_make(pool, 4, sizeof(const char *));
    const json_t *warnings = json_object_get(created, "Warnings");
    for (size_t i = 0; i < json_array_size(warnings); i++) {
        const json_t *warning = json_array_get(warnings, i);
        const char *text = json_string_value(warning);
        int is_telling = 0;
        for (size_t k = 0; text && k < sizeof(telling) / sizeof(*telling); k++) {
            is_telling |= strcasestr(text, telling[k]) != NULL;
        }
        if (is_telling) {
            add(missing, apr_psprintf(pool, "it warns \"%s\"",
                                      go_text_printable(pool, text, json_string_length(warning))));
        }
    }
    return refuse(missing, pool);
}

/* --- what it made ---------------------------------------------------------------------------- */

static json_int_t number(const json_t *host, const char *key) {
    return json_integer_value(json_object_get(host, key));
}

static void check_number(apr_array_header_t *missing, const char *words, json_int_t asked,
                         json_int_t found) {
    if (asked == found) return;
    add(missing, apr_psprintf(missing->pool,
                              "%s is %" APR_INT64_T_FMT " where %" APR_INT64_T_FMT " was asked for",
                              words, (apr_int64_t)found, (apr_int64_t)asked));
}

/* Thousandths of a CPU, in whichever of two ways the engine keeps them; 0: no limit. */
static json_int_t cpus_milli(const json_t *host) {
    json_int_t nano = number(host, "NanoCpus");
    json_int_t quota = number(host, "CpuQuota"), period = number(host, "CpuPeriod");
    if (nano > 0) return nano / 1000000;
    return quota > 0 && period > 0 ? quota * 1000 / period : 0;
}

static int contains(const json_t *list, const char *word) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (!text) continue;
        if (!strncmp(text, "CAP_", 4)) text += 4;
        if (!strncasecmp(text, word, strlen(word))) return 1;
    }
    return 0;
}

/* Docker repeats "ALL"; Podman lists what of Docker's default set is missing. */
static int has_dropped_all(const json_t *host) {
    static const char *const dangerous[] = {
        "AUDIT_WRITE", "CHOWN",   "DAC_OVERRIDE", "FOWNER",     "FSETID",          "MKNOD",
        "NET_RAW",     "SETFCAP", "SETPCAP",      "SYS_CHROOT", "NET_BIND_SERVICE"};
    const json_t *dropped = json_object_get(host, "CapDrop");
    if (contains(dropped, "ALL")) return 1;
    for (size_t i = 0; i < sizeof(dangerous) / sizeof(*dangerous); i++) {
        if (!contains(dropped, dangerous[i])) return 0;
    }
    return 1;
}

static int has_added_more(const json_t *asked, const json_t *host) {
    const json_t *added = json_object_get(host, "CapAdd");
    for (size_t i = 0; i < json_array_size(added); i++) {
        const char *text = json_string_value(json_array_get(added, i));
        if (text && !strncmp(text, "CAP_", 4)) text += 4;
        if (!text || !contains(json_object_get(asked, "CapAdd"), text)) return 1;
    }
    return 0;
}

/* A mount of the host, or a volume: our containers have none. */
static int has_mounts(const json_t *host, const json_t *inspected) {
    const json_t *mounts = json_object_get(inspected, "Mounts");
    if (json_array_size(json_object_get(host, "Binds")) > 0) return 1;
    for (size_t i = 0; i < json_array_size(mounts); i++) {
        const char *type = json_string_value(json_object_get(json_array_get(mounts, i), "Type"));
        if (!type || strcmp(type, "tmpfs") != 0) return 1;
    }
    return 0;
}

/* The places that can be written must be there with their sizes: else they are the host's disk. */
static void check_tmpfs(apr_array_header_t *missing, const json_t *asked, const json_t *host) {
    const char *path;
    json_t *options;
    json_object_foreach(json_object_get(asked, "Tmpfs"), path, options) {
        const char *size = strstr(json_string_value(options), "size=");
        const char *found =
            json_string_value(json_object_get(json_object_get(host, "Tmpfs"), path));
        apr_size_t length = size ? strcspn(size, ",") : 0;
        const char *wish = apr_pstrmemdup(missing->pool, size ? size : "", length);
        if (!found || !strstr(found, wish)) {
            add(missing,
                apr_psprintf(missing->pool, "%s is not a tmpfs of the %s asked for", path, wish));
        }
    }
}

static void check_ulimits(apr_array_header_t *missing, const json_t *asked, const json_t *host) {
    const json_t *wanted = json_object_get(asked, "Ulimits");
    const json_t *found = json_object_get(host, "Ulimits");
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        const json_t *limit = json_array_get(wanted, i);
        const char *name = json_string_value(json_object_get(limit, "Name"));
        int is_kept = 0;
        for (size_t k = 0; k < json_array_size(found); k++) {
            const json_t *other = json_array_get(found, k);
            const char *called = json_string_value(json_object_get(other, "Name"));
            if (!called) continue;
            if (!strncmp(called, "RLIMIT_", 7)) called += 7; /* Podman's way of writing */
            is_kept |= !strcasecmp(called, name) && number(other, "Hard") <= number(limit, "Hard");
        }
        if (!is_kept) add(missing, apr_psprintf(missing->pool, "the ulimit %s is not kept", name));
    }
}

/* Podman's service takes the runtime of its containers.conf, whatever is asked for. */
static void check_runtime(apr_array_header_t *missing, const json_t *asked, const json_t *host) {
    const char *wanted = json_string_value(json_object_get(asked, "Runtime"));
    const char *used = json_string_value(json_object_get(host, "Runtime"));
    if (!wanted || (used && !strcmp(wanted, used))) return;
    add(missing,
        apr_psprintf(missing->pool, "the runtime \"%s\" is not used (GradeOvenRuntime)", wanted));
}

const char *go_inspection_of_container(const json_t *body, const json_t *inspected,
                                       apr_pool_t *pool) {
    apr_array_header_t *missing = apr_array_make(pool, 8, sizeof(const char *));
    const json_t *asked = json_object_get(body, "HostConfig");
    const json_t *host = json_object_get(inspected, "HostConfig");
    check_number(missing, "the memory limit (Memory)", number(asked, "Memory"),
                 number(host, "Memory"));
    check_number(missing, "the limit of memory and swap (MemorySwap)", number(asked, "MemorySwap"),
                 number(host, "MemorySwap"));
    check_number(missing, "the limit of processes (PidsLimit)", number(asked, "PidsLimit"),
                 number(host, "PidsLimit"));
    if (cpus_milli(asked) > 0) {
        check_number(missing, "the CPU limit in thousandths (NanoCpus)", cpus_milli(asked),
                     cpus_milli(host));
    }
    const char *network = json_string_value(json_object_get(host, "NetworkMode"));
    const struct {
        int is_right;
        const char *words;
    } properties[] = {
        {json_is_true(json_object_get(host, "ReadonlyRootfs")),
         "the root file system can be written (ReadonlyRootfs)"},
        {network && !strcmp(network, "none"), "there is a network (NetworkMode)"},
        {!json_is_true(json_object_get(host, "Privileged")), "the container is privileged"},
        {contains(json_object_get(host, "SecurityOpt"), "no-new-privileges") &&
             !contains(json_object_get(host, "SecurityOpt"), "no-new-privileges:false"),
         "new privileges can be gained (SecurityOpt no-new-privileges)"},
        {has_dropped_all(host) && !has_added_more(asked, host),
         "capabilities are left (CapDrop, CapAdd)"},
        {!has_mounts(host, inspected), "something of the host is mounted (Binds, Mounts)"},
    };
    for (size_t i = 0; i < sizeof(properties) / sizeof(*properties); i++) {
        if (!properties[i].is_right) add(missing, properties[i].words);
    }
    check_runtime(missing, asked, host);
    check_tmpfs(missing, asked, host);
    check_ulimits(missing, asked, host);
    return refuse(missing, pool);
}
