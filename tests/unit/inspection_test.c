#include "unit/unit.h"

#include "container.h"
#include "inspection.h"
#include "podman.h"

#include <string.h>

static const go_container_names names = {"image", "site", "owner"};
static const go_container_limits limits = {
    .memory_mb = 128, .disk_mb = 64, .pids = 100, .cpus_milli = 1500};

static json_t *asked(void) {
    return go_container_oven(&names, &limits, 20000);
}

/* What Docker tells of a container that is as it was asked for. */
static json_t *docker(void) {
    json_t *body = asked();
    json_t *inspected =
        json_pack("{s:O, s:[]}", "HostConfig", json_object_get(body, "HostConfig"), "Mounts");
    json_decref(body);
    return inspected;
}

/* Each: a member of HostConfig, what an engine may have made of it, and what must be named. */
static const struct {
    const char *key, *value, *named;
} changes[] = {
    {"Memory", "0", "memory limit"},
    {"MemorySwap", "-1", "swap"},
    {"MemorySwap", "402653184", "swap"},
    {"PidsLimit", "null", "processes"},
    {"NanoCpus", "0", "CPU"},
    {"ReadonlyRootfs", "false", "ReadonlyRootfs"},
    {"NetworkMode", "\"default\"", "network"},
    {"Privileged", "true", "privileged"},
    {"SecurityOpt", "[]", "no-new-privileges"},
    {"SecurityOpt", "[\"no-new-privileges:false\"]", "no-new-privileges"},
    {"CapDrop", "null", "capabilities"},
    {"CapDrop", "[\"NET_RAW\", \"CHOWN\"]", "capabilities"},
    {"CapAdd", "[\"CAP_SETUID\", \"SYS_ADMIN\"]", "capabilities"},
    {"Binds", "[\"/:/host\"]", "mounted"},
    {"Tmpfs", "{}", "/grade_oven"},
    {"Tmpfs", "{\"/grade_oven\": \"rw\", \"/sandbox\": \"rw\", \"/tmp\": \"rw\"}", "/tmp"},
    {"Ulimits", "null", "nofile"},
    {"Ulimits", "[{\"Name\": \"core\", \"Soft\": 0, \"Hard\": 0}]", "nofile"},
};

START_TEST(a_container_as_it_was_asked_for_is_accepted) {
    json_t *body = asked(), *inspected = docker();
    ck_assert_pstr_eq(go_inspection_of_container(body, inspected, unit_pool), NULL);
    json_decref(inspected);
    json_decref(body);
}
END_TEST

START_TEST(whatever_an_engine_leaves_out_is_named) {
    json_t *body = asked(), *inspected = docker();
    json_t *host = json_deep_copy(json_object_get(inspected, "HostConfig"));
    json_object_set_new(host, changes[_i].key,
                        json_loads(changes[_i].value, JSON_DECODE_ANY, NULL));
    json_object_set_new(inspected, "HostConfig", host);
    const char *trouble = go_inspection_of_container(body, inspected, unit_pool);
    ck_assert_msg(trouble && strstr(trouble, changes[_i].named), "%s %s: %s", changes[_i].key,
                  changes[_i].value, trouble ? trouble : "nothing");
    ck_assert_msg(strstr(trouble, "cgroup v2") != NULL, "no remedy: %s", trouble);
    json_decref(inspected);
    json_decref(body);
}
END_TEST

START_TEST(a_runtime_that_is_not_used_is_named) {
    json_t *body = asked(), *inspected = docker();
    json_t *host = json_deep_copy(json_object_get(inspected, "HostConfig"));
    json_object_set_new(inspected, "HostConfig", host);
    json_object_set_new(json_object_get(body, "HostConfig"), "Runtime", json_string("runsc"));
    json_object_set_new(host, "Runtime", json_string("runsc"));
    ck_assert_pstr_eq(go_inspection_of_container(body, inspected, unit_pool), NULL);
    json_object_set_new(host, "Runtime", json_string("oci"));
    ck_assert_ptr_nonnull(strstr(go_inspection_of_container(body, inspected, unit_pool), "runsc"));
    json_decref(inspected);
    json_decref(body);
}
END_TEST

START_TEST(a_mount_of_the_host_is_named) {
    json_t *body = asked(), *inspected = docker();
    json_array_append_new(json_object_get(inspected, "Mounts"),
                          json_pack("{s:s, s:s}", "Type", "volume", "Destination", "/data"));
    ck_assert_ptr_nonnull(
        strstr(go_inspection_of_container(body, inspected, unit_pool), "mounted"));
    json_decref(inspected);
    json_decref(body);
}
END_TEST

/* As Podman 4.3 tells it: other names, the CPU limit as a quota, capabilities one by one. */
START_TEST(podmans_way_of_telling_it_is_understood) {
    json_t *body = asked();
    go_podman_translate(body);
    json_t *host = json_deep_copy(json_object_get(body, "HostConfig"));
    json_t *dropped = json_pack("[s, s, s, s, s, s, s, s, s, s, s]", "AUDIT_WRITE", "CHOWN",
                                "DAC_OVERRIDE", "FOWNER", "FSETID", "MKNOD", "NET_BIND_SERVICE",
                                "NET_RAW", "SETFCAP", "SETPCAP", "SYS_CHROOT");
    json_t *ulimits = json_object_get(host, "Ulimits");
    for (size_t i = 0; i < json_array_size(ulimits); i++) {
        json_t *limit = json_array_get(ulimits, i);
        const char *name = json_string_value(json_object_get(limit, "Name"));
        json_object_set_new(limit, "Name",
                            json_string(!strcmp(name, "nofile") ? "RLIMIT_NOFILE"
                                        : !strcmp(name, "core") ? "RLIMIT_CORE"
                                                                : "RLIMIT_NPROC"));
    }
    json_object_set_new(host, "CapDrop", dropped);
    json_object_set_new(host, "CapAdd", json_array());
    json_object_set_new(host, "NanoCpus", json_integer(0));
    json_object_set_new(host, "CpuQuota", json_integer(150000));
    json_object_set_new(host, "CpuPeriod", json_integer(100000));
    json_t *inspected = json_pack("{s:O, s:[]}", "HostConfig", host, "Mounts");
    ck_assert_pstr_eq(go_inspection_of_container(body, inspected, unit_pool), NULL);
    json_array_remove(dropped, 6);
    ck_assert_ptr_nonnull(
        strstr(go_inspection_of_container(body, inspected, unit_pool), "capabilities"));
    json_decref(inspected);
    json_decref(host);
    json_decref(body);
}
END_TEST

START_TEST(podman_is_asked_for_nothing_that_it_refuses) {
    json_t *body = asked();
    go_podman_translate(body);
    const char *path;
    json_t *options;
    json_object_foreach(json_object_get(json_object_get(body, "HostConfig"), "Tmpfs"), path,
                        options) {
        const char *text = json_string_value(options);
        ck_assert_msg(!strstr(text, "uid=") && !strstr(text, "gid=") && !strstr(text, "nr_inodes="),
                      "%s: %s", path, text);
        ck_assert_msg(strstr(text, "size=") != NULL, "%s: %s", path, text);
    }
    json_decref(body);
}
END_TEST

START_TEST(a_warning_of_a_discarded_limit_is_quoted) {
    static const char *const telling[] = {
        "Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory "
        "limited without swap.",
        "Your kernel does not support PIDs limit capabilities, PIDs limit discarded.",
        "Resource limits are not supported and ignored on cgroups V1 rootless systems"};
    for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
        json_t *created = json_pack("{s:s, s:[s]}", "Id", "x", "Warnings", telling[i]);
        ck_assert_ptr_nonnull(strstr(go_inspection_of_answer(created, unit_pool), telling[i]));
        json_decref(created);
    }
    json_t *harmless = json_pack("{s:s, s:[s]}", "Id", "x", "Warnings", "The image is old.");
    ck_assert_pstr_eq(go_inspection_of_answer(harmless, unit_pool), NULL);
    json_decref(harmless);
    json_t *none = json_pack("{s:s, s:n}", "Id", "x", "Warnings");
    ck_assert_pstr_eq(go_inspection_of_answer(none, unit_pool), NULL);
    json_decref(none);
}
END_TEST

START_TEST(an_engine_that_says_it_cannot_limit_is_refused_by_name) {
    static const char *const keys[] = {"MemoryLimit", "SwapLimit", "PidsLimit", "CpuCfsQuota"};
    static const char *const words[] = {"memory", "swapaccount", "processes", "CPU"};
    for (size_t i = 0; i < 4; i++) {
        json_t *info = json_object();
        for (size_t k = 0; k < 4; k++)
            json_object_set_new(info, keys[k], json_true());
        ck_assert_pstr_eq(go_inspection_of_engine(info, unit_pool), NULL);
        json_object_set_new(info, keys[i], json_false());
        ck_assert_ptr_nonnull(strstr(go_inspection_of_engine(info, unit_pool), words[i]));
        json_decref(info);
    }
}
END_TEST

Suite *inspection_suite(void) {
    Suite *suite = suite_create("inspection");
    TCase *rules = unit_case(suite, "rules");
    tcase_add_test(rules, a_container_as_it_was_asked_for_is_accepted);
    tcase_add_loop_test(rules, whatever_an_engine_leaves_out_is_named, 0,
                        (int)(sizeof(changes) / sizeof(changes[0])));
    tcase_add_test(rules, a_runtime_that_is_not_used_is_named);
    tcase_add_test(rules, a_mount_of_the_host_is_named);
    tcase_add_test(rules, podmans_way_of_telling_it_is_understood);
    tcase_add_test(rules, podman_is_asked_for_nothing_that_it_refuses);
    tcase_add_test(rules, a_warning_of_a_discarded_limit_is_quoted);
    tcase_add_test(rules, an_engine_that_says_it_cannot_limit_is_refused_by_name);
    return suite;
}
