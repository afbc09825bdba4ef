/*
 * GradeOvenDocker: an engine that grades, one directive for each of them.
 *
 *     GradeOvenDocker unix:///var/run/docker.sock
 *     GradeOvenDocker tcp://grader2.example.edu:2376 slots=4 warm=2 tls=/etc/gradeoven/grader2
 *
 * A virtual host that names any has those, and none of the inherited ones. The endpoint means what
 * executor/engine.h says; what is wrong with it is found here already, by configtest. gradeovenctl
 * reads the lines of httpd's configuration with this, too.
 */
#ifndef GO_MODEL_ENGINE_SETTING_H
#define GO_MODEL_ENGINE_SETTING_H

#include <apr_tables.h>

typedef struct go_engine_setting {
    const char *endpoint;
    const char *tls_directory; /* with ca.pem, cert.pem and key.pem; or NULL */
    int slots, warm;           /* -1: not said */
} go_engine_setting;

/*
 * Reads the arguments of one directive and appends it to `engines` (of go_engine_setting). NULL, or
 * what is wrong and what to do, in `pool`.
 */
const char *go_engine_setting_add(apr_array_header_t *engines, int argc, char *const argv[],
                                  apr_pool_t *pool);

#endif
