/* The executor's main: read the configuration, serve, leave. See daemon.h. */
#include "daemon.h"

#include <apr_general.h>
#include <curl/curl.h>
#include <sodium.h>

#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIGURATION_FD 3
#define IDLE_MEMORY      (4 * 1024 * 1024) /* bytes that ended runs leave for the next */

int main(int argc, const char *const *argv) {
    apr_pool_t *pool;
    go_configuration configuration;
    umask(0007); /* what SQLite makes beside the database is for httpd's workers too, from the start
                  */
    /* What one run gives back the next one needs: not to the kernel and back for each of them. */
    mallopt(M_TRIM_THRESHOLD, IDLE_MEMORY);
    if (apr_app_initialize(&argc, &argv, NULL) != APR_SUCCESS) return EXIT_FAILURE;
    atexit(apr_terminate);
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) return EXIT_FAILURE;
    apr_pool_create(&pool, NULL);
    apr_allocator_max_free_set(apr_pool_allocator_get(pool), IDLE_MEMORY);
    go_error err = GO_ERROR_INIT(pool);
    int fd = fcntl(CONFIGURATION_FD, F_GETFD) >= 0 ? CONFIGURATION_FD : STDIN_FILENO;
    apr_status_t status = go_configuration_read(&configuration, fd, pool, &err);
    if (status == APR_SUCCESS) {
        go_log_set_level(configuration.log_level);
        status = go_daemon_run(&configuration, pool, &err);
    }
    if (status != APR_SUCCESS) go_log(GO_LOG_ERROR, "%s", go_error_text(&err));
    apr_pool_destroy(pool);
    curl_global_cleanup();
    return status == APR_SUCCESS ? EXIT_SUCCESS : EXIT_FAILURE;
}
