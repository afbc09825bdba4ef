/* The state directory, httpd's configuration, the executor's door: what lies on this host. */
#include "gradeovenctl/doctor.h"

#include <apr_strings.h>
#include <apr_user.h>

#include <dirent.h>
#include <fcntl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { LEFT_OVER_SECONDS = 2 * 24 * 3600, MIB = 1 << 20 };

static const char *below(const ctl_doctor *doctor, const char *name) {
    return apr_pstrcat(doctor->pool, doctor->site.state->directory, name, NULL);
}

/* --- the directory --------------------------------------------------------------------------- */

/* Who has to write there; NULL when httpd's configuration does not tell, or there is no such user.
 */
static const char *executor_user(const ctl_doctor *doctor, uid_t *uid) {
    const ctl_httpd_conf *conf = &doctor->site.conf;
    const char *name = conf->executor[1] ? conf->executor[1] : "gradeoven";
    apr_gid_t group;
    return conf->has_module && apr_uid_get(uid, &group, name, doctor->pool) == APR_SUCCESS ? name
                                                                                           : NULL;
}

/* 1 when this one is as it should be. */
static int look_at_directory(ctl_doctor *doctor, const char *path) {
    static const char remedy[] = "httpd makes it right when it starts as root: apachectl restart.";
    struct stat info;
    uid_t uid;
    const char *user = executor_user(doctor, &uid);
    if (lstat(path, &info) != 0) {
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "state", remedy, "\"%s\": %s.", path,
                       strerror(errno));
    } else if (!S_ISDIR(info.st_mode)) {
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "state", remedy, "\"%s\" is no directory.",
                       path);
    } else if (info.st_mode & S_IRWXO) {
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "state",
                       apr_psprintf(doctor->pool, "chmod o-rwx %s", path),
                       "Everybody on this host may use \"%s\" (mode %04o), where students' files "
                       "and passwords' hashes are.",
                       path, info.st_mode & 07777U);
    } else if (user && info.st_uid != uid && geteuid() == 0 &&
               (info.st_mode & S_IRWXG) != S_IRWXG) {
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "state", remedy,
                       "The executor's user \"%s\" may not write to \"%s\" (owner %u, mode %04o).",
                       user, path, (unsigned)info.st_uid, info.st_mode & 07777U);
    } else {
        return 1;
    }
    return 0;
}

static void look_at_directories(ctl_doctor *doctor) {
    const char *const names[] = {"", "/objects", "/tmp", "/run"};
    int right = 0, count = sizeof(names) / sizeof(*names);
    for (int i = 0; i < count; i++)
        right += look_at_directory(doctor, below(doctor, names[i]));
    if (right == count)
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "state", NULL,
                       "\"%s\" is there, and closed to others.", doctor->site.state->directory);
}

/* --- its disk -------------------------------------------------------------------------------- */

static void look_at_space(ctl_doctor *doctor) {
    static const char remedy[] = "Free some, or move the directory to a larger disk.";
    struct statvfs disk;
    if (statvfs(doctor->site.state->directory, &disk) != 0) {
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "disk", NULL, "It cannot be asked: %s.",
                       strerror(errno));
        return;
    }
    long long mib = (long long)disk.f_bavail * (long long)disk.f_frsize / MIB;
    /* Some file systems have no number of inodes: both are 0. */
    long long inodes = disk.f_files ? (long long)disk.f_favail : 1000000;
    int is_low = mib < 1024 || inodes < 100000, is_out = mib < 100 || inodes < 2000;
    ctl_doctor_say(doctor,
                   is_out   ? CTL_VERDICT_PROBLEM
                   : is_low ? CTL_VERDICT_WARNING
                            : CTL_VERDICT_OK,
                   "disk", is_low ? remedy : NULL, "%lld MiB and %lld inodes are free%s.", mib,
                   inodes, is_out ? "; soon nothing can be handed in" : "");
}

static void look_at_file_system(ctl_doctor *doctor) {
    static const struct {
        unsigned long type;
        const char *name;
    } remote[] = {{0x6969, "NFS"},      {0x517b, "SMB"},      {0xff534d42, "CIFS"},
                  {0xfe534d42, "SMB2"}, {0x65735546, "FUSE"}, {0x00c36400, "Ceph"},
                  {0x01021997, "9P"},   {0x5346414f, "AFS"},  {0x0bd00bd0, "Lustre"},
                  {0x47504653, "GPFS"}};
    struct statfs info;
    const char *name = NULL;
    if (strcmp(doctor->site.state->driver, "sqlite3") != 0 ||
        statfs(doctor->site.state->directory, &info) != 0)
        return;
    for (size_t i = 0; i < sizeof(remote) / sizeof(*remote); i++)
        if (((unsigned long)info.f_type & 0xffffffff) == remote[i].type) name = remote[i].name;
    if (name)
        ctl_doctor_say(doctor, CTL_VERDICT_WARNING, "file system",
                       "Use a local disk, or PostgreSQL (GradeOvenDatabase).",
                       "The database lies on %s, where SQLite's write-ahead log and its locks are "
                       "not reliable.",
                       name);
    else
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "file system", NULL, "It is a local one.");
}

static void look_at_left_overs(ctl_doctor *doctor) {
    DIR *directory = opendir(doctor->site.state->tmp);
    struct dirent *entry;
    struct stat info;
    int count = 0;
    while (directory && (entry = readdir(directory)))
        count += entry->d_name[0] != '.' &&
                 fstatat(dirfd(directory), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                 info.st_mtime < time(NULL) - LEFT_OVER_SECONDS;
    if (directory) closedir(directory);
    if (count)
        ctl_doctor_say(doctor, CTL_VERDICT_WARNING, "left-overs",
                       "httpd removes them when it starts: apachectl graceful.",
                       "%d uploads in \"%s\" have been on their way for more than two days.", count,
                       doctor->site.state->tmp);
    else
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "left-overs", NULL, "There are none.");
}

/* The database was not written in the future; a clock that was set back makes deadlines wrong. */
static void look_at_clock(ctl_doctor *doctor) {
    enum { FIRST_RELEASE = 1704067200 /* 2024 */ };
    struct stat info;
    time_t now = time(NULL);
    int is_back = stat(doctor->site.state->params, &info) == 0 && info.st_mtime > now + 300;
    if (now < FIRST_RELEASE || is_back)
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "clock", "Set it, and keep it by NTP.",
                       "This host's clock is wrong: %s.",
                       is_back ? "the database was written later than now"
                               : "it says 2023 or earlier");
    else
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "clock", NULL, "It runs forward.");
}

/* --- httpd ----------------------------------------------------------------------------------- */

static void look_at_httpd(ctl_doctor *doctor) {
    const ctl_httpd_conf *conf = &doctor->site.conf;
    const struct {
        int is_there;
        const char *what, *remedy;
    } needs[] = {
        {conf->has_module, "loads no gradeoven_module", "See README.md, or: a2enmod gradeoven."},
        {conf->is_mounted, "has no Location with \"SetHandler gradeoven\"", "See README.md."},
        {conf->has_ssl, "loads no ssl_module, without which the site serves nothing",
         "a2enmod ssl, unless it is built in."},
        {conf->is_tls, "has no \"SSLEngine on\", without which the site serves nothing",
         "See README.md."},
        {!conf->has_remote_auth || conf->protects_sso,
         "lets httpd log people in (GradeOvenAuth), but no <Location> of /login/sso has a Require",
         "See \"LOGGING IN BY HTTPD\" in mod_gradeoven(5)."},
    };
    int missing = 0;
    if (!conf->file) {
        ctl_doctor_say(doctor, CTL_VERDICT_WARNING, "httpd", "Name it: --httpd-conf FILE.",
                       "Its configuration was not found; what follows is looked at with defaults.");
        return;
    }
    for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++) {
        if (needs[i].is_there || (missing && !conf->has_module)) continue;
        missing++;
        ctl_doctor_say(doctor, CTL_VERDICT_WARNING, "httpd", needs[i].remedy, "\"%s\" %s.",
                       conf->file, needs[i].what);
    }
    if (!missing)
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "httpd", NULL,
                       "\"%s\" loads the module, mounts the site, and has TLS.", conf->file);
}

/* A socket at which nobody listens is as bad as none. */
static void look_at_doorbell(ctl_doctor *doctor) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = doctor->site.state->doorbell;
    int failure = ENAMETOOLONG;
    if (strlen(path) < sizeof(address.sun_path)) {
        apr_cpystrn(address.sun_path, path, sizeof(address.sun_path));
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        failure =
            fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 ? 0 : errno;
        if (fd >= 0) close(fd);
    }
    if (failure)
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "doorbell",
                       "Is httpd running? Its error log says what the executor complains of.",
                       "No executor listens at \"%s\": %s.", path, strerror(failure));
    else
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "doorbell", NULL, "An executor listens at it.");
}

void ctl_doctor_site(ctl_doctor *doctor) {
    look_at_httpd(doctor);
    if (!doctor->site.state) return;
    look_at_directories(doctor);
    look_at_space(doctor);
    look_at_file_system(doctor);
    look_at_left_overs(doctor);
    look_at_clock(doctor);
    if (ctl_httpd_conf_grades(&doctor->site.conf)) look_at_doorbell(doctor);
}
