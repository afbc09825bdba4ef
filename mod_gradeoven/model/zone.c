#include "model/zone.h"

#include <apr_strings.h>
#include <unicode/ucal.h>
#include <unicode/uenum.h>
#include <unicode/ustring.h>

#include <stdio.h>
#include <string.h>

#define ZONE_MAX 64 /* UTF-16 units; the longest IANA name has half of that */

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

/* The zone's name in UTF-16, if it is one that the IANA database has. */
static int zone_id(const char *name, UChar id[ZONE_MAX]) {
    UErrorCode error = U_ZERO_ERROR;
    UChar canonical[ZONE_MAX];
    UBool is_system = 0;
    if (!name || !*name || strlen(name) >= ZONE_MAX) return 0;
    for (const char *c = name; *c; c++)
        if (*c <= ' ' || *c == 0x7F) return 0; /* negative char: not ASCII */
    u_uastrcpy(id, name);
    ucal_getCanonicalTimeZoneID(id, -1, canonical, ZONE_MAX, &is_system, &error);
    return U_SUCCESS(error) && is_system && strcmp(name, "Etc/Unknown") != 0;
}

int go_zone_is(const char *name) {
    UChar id[ZONE_MAX];
    return zone_id(name, id);
}

apr_array_header_t *go_zone_names(apr_pool_t *pool) {
    apr_array_header_t *names = apr_array_make(pool, 512, sizeof(const char *));
    UErrorCode error = U_ZERO_ERROR;
    int32_t length;
    const char *name;
    APR_ARRAY_PUSH(names, const char *) = "UTC";
    UEnumeration *ids =
        ucal_openTimeZoneIDEnumeration(UCAL_ZONE_TYPE_CANONICAL_LOCATION, NULL, NULL, &error);
    if (U_FAILURE(error)) return names;
    while ((name = uenum_next(ids, &length, &error)) && U_SUCCESS(error))
        APR_ARRAY_PUSH(names, const char *) = apr_pstrmemdup(pool, name, (apr_size_t)length);
    uenum_close(ids);
    return names;
}

/* A calendar in this zone, or NULL; the caller closes it. */
static UCalendar *open_calendar(const char *zone) {
    UErrorCode error = U_ZERO_ERROR;
    UChar id[ZONE_MAX];
    if (!zone_id(zone, id)) return NULL;
    UCalendar *calendar = ucal_open(id, -1, "en", UCAL_GREGORIAN, &error);
    return U_SUCCESS(error) ? calendar : NULL;
}

typedef struct fields {
    int year, month, day, hour, minute, second;
} fields;

/* `count` digits at *at, which moves on; -1 if there are others. */
static int take_digits(const char **at, int count) {
    int value = 0;
    for (; count; count--, (*at)++) {
        if (**at < '0' || **at > '9') return -1;
        value = value * 10 + (**at - '0');
    }
    return value;
}

static int take_sign(const char **at, char sign) {
    if (**at != sign) return 0;
    (*at)++;
    return 1;
}

static int read_fields(const char *text, fields *f) {
    f->year = take_digits(&text, 4);
    if (f->year < 1970 || !take_sign(&text, '-')) return 0;
    f->month = take_digits(&text, 2);
    if (f->month < 1 || f->month > 12 || !take_sign(&text, '-')) return 0;
    f->day = take_digits(&text, 2);
    if (f->day < 1 || f->day > 31) return 0;
    if (!take_sign(&text, 'T') && !take_sign(&text, ' ')) return 0;
    f->hour = take_digits(&text, 2);
    if (f->hour < 0 || f->hour > 23 || !take_sign(&text, ':')) return 0;
    f->minute = take_digits(&text, 2);
    if (f->minute < 0 || f->minute > 59) return 0;
    f->second = take_sign(&text, ':') ? take_digits(&text, 2) : 0;
    return f->second >= 0 && f->second <= 59 && !*text;
}

/* Milliseconds since 1970, or an error for a day that the month does not have. */
static UDate to_date(UCalendar *calendar, const fields *f, UErrorCode *error) {
    ucal_clear(calendar);
    /* What the start of summer time skips is counted by the clock from before it: 2:30 is 3:30. */
    ucal_setAttribute(calendar, UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_LAST);
    ucal_setAttribute(calendar, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
    ucal_setDateTime(calendar, f->year, f->month - 1, f->day, f->hour, f->minute, f->second, error);
    UDate date = ucal_getMillis(calendar, error);
    if (U_SUCCESS(*error) && ucal_get(calendar, UCAL_MONTH, error) != f->month - 1)
        *error = U_ILLEGAL_ARGUMENT_ERROR;
    return date;
}

apr_status_t go_zone_parse_local(const char *zone, const char *text, apr_time_t *time,
                                 go_error *err) {
    static const char remedy[] = "Write it like 2026-11-23T23:59.";
    fields f;
    UErrorCode error = U_ZERO_ERROR;
    if (!read_fields(text, &f))
        return go_error_set(err, GO_EINVALID, remedy, "This is not a date and time.");
    UCalendar *calendar = open_calendar(zone);
    if (!calendar) return go_error_set(err, GO_EINVALID, NULL, "There is no such time zone.");
    UDate date = to_date(calendar, &f, &error);
    ucal_close(calendar);
    if (U_FAILURE(error))
        return go_error_set(err, GO_EINVALID, remedy, "There is no such day in that month.");
    *time = (apr_time_t)date * 1000;
    return APR_SUCCESS;
}

static fields from_date(UCalendar *calendar, UErrorCode *error) {
    return (fields){.year = ucal_get(calendar, UCAL_YEAR, error),
                    .month = ucal_get(calendar, UCAL_MONTH, error) + 1,
                    .day = ucal_get(calendar, UCAL_DAY_OF_MONTH, error),
                    .hour = ucal_get(calendar, UCAL_HOUR_OF_DAY, error),
                    .minute = ucal_get(calendar, UCAL_MINUTE, error),
                    .second = ucal_get(calendar, UCAL_SECOND, error)};
}

apr_time_t go_zone_add_days(const char *zone, apr_time_t time, int days) {
    apr_time_t plain = time + apr_time_from_sec((apr_time_t)days * 24 * 3600);
    UErrorCode error = U_ZERO_ERROR;
    UCalendar *calendar = days ? open_calendar(zone) : NULL;
    if (!calendar) return plain;
    apr_int64_t milliseconds = time / 1000;
    ucal_setMillis(calendar, (UDate)milliseconds, &error);
    fields f = from_date(calendar, &error);
    ucal_setAttribute(calendar, UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_LAST);
    ucal_setAttribute(calendar, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_LAST);
    /* the calendar is lenient: the 33rd of a month is a day of the next one */
    ucal_setDateTime(calendar, f.year, f.month - 1, f.day + days, f.hour, f.minute, f.second,
                     &error);
    ucal_set(calendar, UCAL_MILLISECOND, 0);
    UDate date = ucal_getMillis(calendar, &error);
    ucal_close(calendar);
    return U_FAILURE(error) ? plain : (apr_time_t)date * 1000 + time % APR_USEC_PER_SEC;
}

apr_time_t go_zone_day_start(const char *zone, apr_time_t time) {
    const apr_time_t day = apr_time_from_sec(24 * 3600);
    UErrorCode error = U_ZERO_ERROR;
    UCalendar *calendar = open_calendar(zone);
    if (!calendar) return time - time % day;
    apr_int64_t milliseconds = time / 1000;
    ucal_setMillis(calendar, (UDate)milliseconds, &error);
    fields f = from_date(calendar, &error);
    f.hour = f.minute = f.second = 0;
    UDate date = to_date(calendar, &f, &error);
    ucal_close(calendar);
    return U_FAILURE(error) ? time - time % day : (apr_time_t)date * 1000;
}

int go_zone_weekday(const char *zone, apr_time_t time) {
    UErrorCode error = U_ZERO_ERROR;
    UCalendar *calendar = open_calendar(zone);
    if (!calendar) calendar = open_calendar("UTC");
    if (!calendar) return 0;
    apr_int64_t milliseconds = time / 1000;
    ucal_setMillis(calendar, (UDate)milliseconds, &error);
    int day = ucal_get(calendar, UCAL_DAY_OF_WEEK, &error); /* 1 is Sunday */
    ucal_close(calendar);
    return (day + 5) % 7;
}

/*
 * ICU knows "CET" or "AEST" only in the English of a country that uses the name, and says "GMT+1"
 * in all others. So the region decides which English is asked.
 */
static const char *locale_for(const char *zone) {
    static const struct {
        const char *prefix, *locale;
    } regions[] = {{"Europe/", "en_GB"},      {"Atlantic/", "en_GB"},
                   {"Australia/", "en_AU"},   {"Pacific/Auckland", "en_NZ"},
                   {"Asia/Kolkata", "en_IN"}, {"Asia/Calcutta", "en_IN"},
                   {"Africa/", "en_ZA"},      {"America/St_Johns", "en_CA"}};
    for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
        if (!strncmp(zone, regions[i].prefix, strlen(regions[i].prefix))) return regions[i].locale;
    return "en_US";
}

/* "CET", "EDT"; "GMT+4" where there are no letters for it. */
static const char *zone_abbreviation(UCalendar *calendar, const char *zone, apr_pool_t *pool) {
    UErrorCode error = U_ZERO_ERROR;
    UChar wide[ZONE_MAX] = {0};
    char name[ZONE_MAX] = "";
    int summer = ucal_get(calendar, UCAL_DST_OFFSET, &error) != 0;
    ucal_getTimeZoneDisplayName(calendar, summer ? UCAL_SHORT_DST : UCAL_SHORT_STANDARD,
                                locale_for(zone), wide, ZONE_MAX - 1, &error);
    if (U_SUCCESS(error)) u_austrncpy(name, wide, ZONE_MAX - 1);
    return apr_pstrdup(pool, name);
}

static const char *format_human(UCalendar *calendar, const char *zone, const fields *f,
                                apr_pool_t *pool) {
    UErrorCode error = U_ZERO_ERROR;
    int weekday = ucal_get(calendar, UCAL_DAY_OF_WEEK, &error) - 1;
    return apr_psprintf(pool, "%s %d %s %d, %02d:%02d %s", weekdays[weekday], f->day,
                        months[f->month - 1], f->year, f->hour, f->minute,
                        zone_abbreviation(calendar, zone, pool));
}

static const char *format_utc(apr_time_t time, apr_pool_t *pool) {
    apr_time_exp_t t;
    apr_time_exp_gmt(&t, time);
    return apr_psprintf(pool, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.tm_year + 1900, t.tm_mon + 1,
                        t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
}

const char *go_zone_format(apr_pool_t *pool, const char *zone, apr_time_t time,
                           go_zone_style style) {
    UErrorCode error = U_ZERO_ERROR;
    if (style == GO_ZONE_ISO_UTC) return format_utc(time, pool);
    UCalendar *calendar = open_calendar(zone);
    if (!calendar) calendar = open_calendar(zone = "UTC");
    if (!calendar) return format_utc(time, pool);
    apr_int64_t milliseconds = time / 1000;
    ucal_setMillis(calendar, (UDate)milliseconds, &error);
    fields f = from_date(calendar, &error);
    const char *text = style == GO_ZONE_HUMAN
                           ? format_human(calendar, zone, &f, pool)
                           : apr_psprintf(pool, "%04d-%02d-%02dT%02d:%02d", f.year, f.month, f.day,
                                          f.hour, f.minute);
    ucal_close(calendar);
    return text;
}
