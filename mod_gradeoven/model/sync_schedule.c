/* When a course is synchronised. */
#include "model/sync_setting.h"

#include "model/zone.h"

#include <apr_strings.h>

#include <string.h>
#include <strings.h>

enum { LEAST_SECONDS = 300, MOST_SECONDS = 30 * 86400 };

static int is_time_of_day(const char *text) {
    int hour, minute;
    if (strlen(text) != 5 || text[2] != ':') return 0;
    for (int i = 0; i < 5; i++)
        if (i != 2 && (text[i] < '0' || text[i] > '9')) return 0;
    hour = (text[0] - '0') * 10 + text[1] - '0';
    minute = (text[3] - '0') * 10 + text[4] - '0';
    return hour < 24 && minute < 60;
}

const char *go_sync_schedule_parse(go_sync_schedule *schedule, const char *text, apr_pool_t *pool) {
    static const struct {
        const char *name;
        int seconds;
    } units[] = {{"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}};
    *schedule = (go_sync_schedule){0};
    if (!strncasecmp(text, "daily ", 6) && is_time_of_day(text + 6)) {
        schedule->daily = apr_pstrdup(pool, text + 6);
        return NULL;
    }
    char nothing[] = "", *end = nothing;
    apr_int64_t number = *text >= '0' && *text <= '9' ? apr_strtoi64(text, &end, 10) : 0;
    for (size_t i = 0; number > 0 && number <= MOST_SECONDS && i < sizeof(units) / sizeof(*units);
         i++)
        if (!strcmp(end, units[i].name)) schedule->seconds = number * units[i].seconds;
    if (schedule->seconds >= LEAST_SECONDS && schedule->seconds <= MOST_SECONDS) return NULL;
    return apr_psprintf(pool,
                        "Schedule: \"%s\" is not a time between two runs from 5min to 30d, such as "
                        "6h, nor a time of day such as: daily 03:00",
                        text);
}

int go_sync_is_due(const go_sync_schedule *schedule, const char *zone, apr_time_t last_us,
                   apr_time_t since_us, apr_time_t now, apr_pool_t *pool) {
    /* a clock that was set back must not stop it for as long */
    if (schedule->seconds)
        return !last_us || last_us > now || now - last_us >= apr_time_from_sec(schedule->seconds);
    if (!schedule->daily) return 0;
    go_error err = GO_ERROR_INIT(pool);
    apr_time_t at;
    const char *today = go_zone_format(pool, zone, now, GO_ZONE_DATETIME_LOCAL);
    const char *local = apr_psprintf(pool, "%.10sT%s", today, schedule->daily);
    if (go_zone_parse_local(zone, local, &at, &err) && go_zone_parse_local("UTC", local, &at, &err))
        return 0;
    if (at > now) at = go_zone_add_days(zone, at, -1);
    return (last_us ? last_us : since_us) < at;
}
