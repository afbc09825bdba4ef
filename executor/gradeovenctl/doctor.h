/*
 * `gradeovenctl doctor`: looks at everything a site stands on and says what is wrong with it and
 * what to do. It changes nothing.
 *
 *   doctor.c         the command; findings, as lines or JSON
 *   doctor_site.c    the state directory, httpd's configuration, the executor's door
 *   doctor_store.c   the database, the stored files, the queue
 *   doctor_receipts.c  the key that signs receipts
 *   doctor_sync.c    the last exchanges with the institution's database
 *   doctor_retention.c  whether work is removed when it has been kept long enough
 *   doctor_engine.c  what an engine says of itself
 *   doctor_oven.c    bakes a probe in an oven (oven/probe.h), and reads what it wrote
 *   doctor_judge*.c  the properties of a container, each from what was tried inside it
 *
 * A property of a container counts as in force when the attempt to break it failed inside an oven
 * that was made as the executor makes them, never because an engine says so; except for what cannot
 * be seen from inside (its log).
 */
#ifndef GO_CTL_DOCTOR_H
#define GO_CTL_DOCTOR_H

#include "gradeovenctl/grade.h"
#include "gradeovenctl/site.h"

#include <jansson.h>

typedef enum ctl_verdict { CTL_VERDICT_OK, CTL_VERDICT_WARNING, CTL_VERDICT_PROBLEM } ctl_verdict;

typedef struct ctl_doctor {
    apr_pool_t *pool;
    int is_json;
    json_t *findings; /* an array */
    int warnings, problems;
    const char *engine; /* the endpoint that is looked at, while there are several; or NULL */
    ctl_site site;      /* site.state is NULL when there is no site */
    int parallel;       /* ovens at once on the present engine */
    ctl_grade_options options;     /* image, limits, ... likewise; docker is the present endpoint */
    apr_array_header_t *endpoints; /* of go_engine_setting */
} ctl_doctor;

/*
 * Prints (or keeps) a finding: `name` is that of the check, the text a sentence that says what was
 * found, `remedy` one that says what to do about it, or NULL.
 */
void ctl_doctor_say(ctl_doctor *doctor, ctl_verdict verdict, const char *name, const char *remedy,
                    const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same for an error, whose remedy is its own. */
void ctl_doctor_say_error(ctl_doctor *doctor, const char *name, const go_error *err);

/* Each says at least one finding. */
void ctl_doctor_site(ctl_doctor *doctor);
void ctl_doctor_store(ctl_doctor *doctor);
void ctl_doctor_receipts(ctl_doctor *doctor);
void ctl_doctor_syncs(ctl_doctor *doctor);
void ctl_doctor_retention(ctl_doctor *doctor);
/* 1 when ovens can be made with doctor->options.docker, as far as it says itself. */
int ctl_doctor_engine(ctl_doctor *doctor);
void ctl_doctor_oven(ctl_doctor *doctor);

/* --- what a probe wrote ---------------------------------------------------------------------- */

typedef struct ctl_fact {
    const char *key, *value;
} ctl_fact;

typedef struct ctl_facts {
    apr_array_header_t *list;   /* of ctl_fact, in the order they were written */
    const json_t *inspected;    /* what the engine says of the container, or NULL */
    go_container_limits limits; /* what it was made with */
} ctl_facts;

/* The value of the first fact with this key, or NULL. */
const char *ctl_fact_of(const ctl_facts *facts, const char *key);
/* The same as a number, `otherwise` when there is none. */
long ctl_fact_number(const ctl_facts *facts, const char *key, long otherwise);
/*
 * The last number of the fact `key` whose value begins with `name`: "KEY NAME ... NUMBER". -1 when
 * there is none.
 */
long ctl_fact_named(const ctl_facts *facts, const char *key, const char *name);

/* One finding for each property. */
void ctl_doctor_judge(ctl_doctor *doctor, const ctl_facts *facts);

/* --- between the files of the judge ---------------------------------------------------------- */

typedef void (*ctl_judge)(ctl_doctor *doctor, const char *name, const ctl_facts *facts);

/* A finding of a ctl_judge. */
#define SAY(verdict, remedy, ...)                                                                  \
    ctl_doctor_say(doctor, CTL_VERDICT_##verdict, name, remedy, __VA_ARGS__)

void ctl_judge_processes(ctl_doctor *doctor, const char *name, const ctl_facts *facts);
void ctl_judge_memory(ctl_doctor *doctor, const char *name, const ctl_facts *facts);
void ctl_judge_swap(ctl_doctor *doctor, const char *name, const ctl_facts *facts);
void ctl_judge_cpu(ctl_doctor *doctor, const char *name, const ctl_facts *facts);
void ctl_judge_neighbours(ctl_doctor *doctor, const char *name, const ctl_facts *facts);
void ctl_judge_precedence(ctl_doctor *doctor, const char *name, const ctl_facts *facts);
void ctl_judge_space(ctl_doctor *doctor, const char *name, const ctl_facts *facts);
void ctl_judge_resources(ctl_doctor *doctor, const char *name, const ctl_facts *facts);

#endif
