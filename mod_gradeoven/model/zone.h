/*
 * Time zones: people set and read due dates in local time; everything is stored as UTC.
 *
 * The rules are ICU's, so neither TZ nor the system's locale plays a part, and every function may
 * be called from any thread. Names are those of the IANA database ("Europe/Berlin", "UTC").
 */
#ifndef GO_MODEL_ZONE_H
#define GO_MODEL_ZONE_H

#include "model/error.h"

#include <apr_tables.h>
#include <apr_time.h>

/* Is it the name of a zone, or an old alias of one ("US/Eastern")? "GMT+5" and the like are not. */
int go_zone_is(const char *name);

/* Canonical names of all zones that are places, and "UTC" first: for a form. const char * in `pool`
 */
apr_array_header_t *go_zone_names(apr_pool_t *pool);

/*
 * "YYYY-MM-DDTHH:MM" or with ":SS" (what <input type=datetime-local> sends; a space instead of T is
 * taken too) in `zone` to a time. Years 1970 to 9999. A local time that the start of summer time
 * skips moves forward by as much as the clock does; one that happens twice is the first of the two.
 * GO_EINVALID: not such a date, or no such zone.
 */
apr_status_t go_zone_parse_local(const char *zone, const char *text, apr_time_t *time,
                                 go_error *err);

/*
 * The same time by the clock on the wall, `days` (which may be 0) calendar days later. A local time
 * that summer time skips moves forward by as much as the clock does; of one that happens twice it
 * is the second. Years 1970 to 9999; an unknown zone is taken as UTC.
 */
apr_time_t go_zone_add_days(const char *zone, apr_time_t time, int days);

/*
 * When the calendar day of `time` began in `zone`: at midnight, or where summer time skips that, as
 * early as the day has a time. Days may be 23 or 25 hours long. An unknown zone is taken as UTC.
 */
apr_time_t go_zone_day_start(const char *zone, apr_time_t time);

/* The day of the week of `time` in `zone`: 0 for Monday to 6 for Sunday. */
int go_zone_weekday(const char *zone, apr_time_t time);

typedef enum go_zone_style {
    GO_ZONE_DATETIME_LOCAL, /* 2026-11-23T23:59, for <input type=datetime-local> */
    GO_ZONE_HUMAN,          /* Mon 23 Nov 2026, 23:59 CET */
    GO_ZONE_ISO_UTC         /* 2026-11-23T22:59:00Z; the zone is not looked at and may be NULL */
} go_zone_style;

/* The time as text in `pool`. An unknown zone is taken as UTC, so a page never fails over one. */
const char *go_zone_format(apr_pool_t *pool, const char *zone, apr_time_t time,
                           go_zone_style style);

#endif
