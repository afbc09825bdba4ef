#include "oven/landlock.h"

#include "oven/util.h"
#include "oven/world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* The kernel's interface, in full: linux/landlock.h of the build machine may be older. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { ASK_VERSION = 1, RULE_PATH_BENEATH = 1 };

#define FS_EXECUTE  (1ULL << 0)
#define FS_WRITE    (1ULL << 1)
#define FS_READ     (1ULL << 2)
#define FS_LIST     (1ULL << 3)
#define FS_ABI_1    ((1ULL << 13) - 1)
#define FS_REFER    (1ULL << 13) /* ABI 2: rename and link between directories */
#define FS_TRUNCATE (1ULL << 14) /* ABI 3 */
#define NET_TCP     3ULL         /* ABI 4: bind and connect */
#define SCOPES      3ULL         /* ABI 6: abstract sockets and signals */

#define FS_OF_FILES                                                                                \
    (FS_EXECUTE | FS_WRITE | FS_READ | FS_TRUNCATE) /* the rest is for directories */
#define LOOK (FS_EXECUTE | FS_READ | FS_LIST)
#define ALL  (~0ULL)

struct ruleset {
    uint64_t fs, net, scoped;
};

struct path_beneath {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

struct permission {
    const char *path;
    uint64_t access;
};

/* Besides the image's own directories. What is missing is skipped. */
static const struct permission permissions[] = {
    {WORLD_OVEN "/" WORLD_SUBMISSION, LOOK},
    {"/tmp", ALL},
    {"/dev", FS_READ | FS_LIST},
    {"/dev/shm", ALL},
    {"/dev/mqueue", ALL},
    {"/dev/null", FS_READ | FS_WRITE | FS_TRUNCATE},
    {"/dev/zero", FS_READ | FS_WRITE | FS_TRUNCATE},
    {"/dev/full", FS_READ | FS_WRITE | FS_TRUNCATE},
    {"/dev/random", FS_READ | FS_WRITE},
    {"/dev/urandom", FS_READ | FS_WRITE},
    {"/proc", FS_READ | FS_LIST}, /* a program must not lower its own oom_score_adj again */
};

/* Entries of / that are not the image's: the list above says what is allowed of them. */
static const char *const not_of_image[] = {
    "grade_oven", "sandbox", "tmp", "dev", "proc", ".", "..",
};

int landlock_abi(void) {
    long abi = syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
    return abi > 0 ? (int)abi : 0;
}

static uint64_t file_rights(int abi) {
    return FS_ABI_1 | (abi >= 2 ? FS_REFER : 0) | (abi >= 3 ? FS_TRUNCATE : 0);
}

static int allow(int ruleset, int parent, const char *path, uint64_t access) {
    CLEANUP_FD int fd = openat(parent, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat found;
    if (fd < 0 || fstat(fd, &found) || S_ISLNK(found.st_mode))
        return 0; /* then it is not allowed */
    if (!S_ISDIR(found.st_mode)) access &= FS_OF_FILES;
    struct path_beneath rule = {access, fd};
    return syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) ? errno : 0;
}

static bool is_of_image(const char *name) {
    for (size_t i = 0; i < sizeof not_of_image / sizeof *not_of_image; i++)
        if (!strcmp(name, not_of_image[i])) return false;
    return true;
}

static int allow_image(int ruleset) {
    DIR *root = opendir("/");
    if (!root) return errno;
    int error = 0;
    for (struct dirent *entry; !error && (entry = readdir(root));)
        if (is_of_image(entry->d_name)) error = allow(ruleset, dirfd(root), entry->d_name, LOOK);
    closedir(root);
    return error;
}

int landlock_enclose(int abi, const char *scratch, const char *files, bool allow_tcp) {
    struct ruleset attributes = {
        .fs = file_rights(abi),
        .net = abi >= 4 && !allow_tcp ? NET_TCP : 0,
        .scoped = abi >= 6 ? SCOPES : 0,
    };
    CLEANUP_FD int ruleset = (int)syscall(CREATE_RULESET, &attributes, sizeof attributes, 0);
    if (ruleset < 0) return errno;
    int error = allow_image(ruleset);
    if (!error) error = allow(ruleset, AT_FDCWD, scratch, attributes.fs);
    if (!error) error = allow(ruleset, AT_FDCWD, files, LOOK);
    for (size_t i = 0; !error && i < sizeof permissions / sizeof *permissions; i++)
        error =
            allow(ruleset, AT_FDCWD, permissions[i].path, permissions[i].access & attributes.fs);
    if (error) return error;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(RESTRICT_SELF, ruleset, 0)) return errno;
    return 0;
}
