#include "oven/clean.h"

#include "oven/beneath.h"
#include "oven/remove.h"
#include "oven/sandbox_wire.h"
#include "oven/util.h"
#include "oven/world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

/* Directories of others are searched this deep for what the uid may have put there. */
#define FOREIGN_DEPTH 8

static int open_directory(int parent, const char *name) {
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Opens one file to be collected: the descriptor, or -1 and errno. */
static int open_collected(int scratch, const char *path, unsigned long long limit) {
    const char *last;
    CLEANUP_FD int parent = beneath_open_parent(scratch, path, 0, &last);
    if (parent < 0) return -1;
    int fd = openat(parent, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat found;
    if (fd < 0) return -1;
    if (fstat(fd, &found) || !S_ISREG(found.st_mode))
        errno = EINVAL;
    else if ((unsigned long long)found.st_size > limit)
        errno = EFBIG;
    else
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

void clean_collect(unsigned index, const struct collection *collection) {
    char home[WORLD_HOME_MAX];
    world_home(home, index);
    chmod(home, 0700); /* nobody of this uid is alive who could put something else in its place */
    CLEANUP_FD int scratch = open_directory(AT_FDCWD, home);
    for (int i = 0; collection->files[i]; i++) {
        CLEANUP_FD int fd = open_collected(scratch, collection->files[i], collection->limit);
        struct sandbox_answer answer = {
            .kind = SANDBOX_COLLECTED, .index = i, .error = fd < 0 ? errno : 0};
        sandbox_send_answer(collection->connection, &answer, fd);
    }
}

static bool remove_owned(int directory, uid_t uid, int depth);

/* One entry of a directory that others write to as well. */
static bool remove_if_owned(int directory, const char *name, uid_t uid, int depth) {
    struct stat found;
    if (fstatat(directory, name, &found, AT_SYMLINK_NOFOLLOW)) return true;
    if (found.st_uid == uid) return remove_tree(directory, name);
    if (!S_ISDIR(found.st_mode) || depth == 0) return true;
    CLEANUP_FD int inner = open_directory(directory, name);
    return inner < 0 || remove_owned(inner, uid, depth - 1);
}

static bool remove_owned(int directory, uid_t uid, int depth) {
    int copy = open_directory(directory, ".");
    DIR *entries = copy >= 0 ? fdopendir(copy) : NULL;
    if (!entries) return true; /* not readable for the uid: it could not have found a way in */
    bool gone = true;
    for (struct dirent *entry; (entry = readdir(entries));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            gone &= remove_if_owned(directory, entry->d_name, uid, depth);
    closedir(entries);
    return gone;
}

/* The ..._STAT_ANY commands need no permission; an owner could have taken its own away. */
#ifndef MSG_STAT_ANY
#define MSG_STAT_ANY 13
#endif
#ifndef SEM_STAT_ANY
#define SEM_STAT_ANY 20
#endif
#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY 15
#endif

union semaphore_argument {
    struct semid_ds *set;
    struct seminfo *info;
};

static bool is_of(const struct ipc_perm *permissions, uid_t uid) {
    /* NOLINTNEXTLINE: the kernel has filled it */
    return permissions->uid == uid || permissions->cuid == uid;
}

static void remove_ipc(uid_t uid) {
    struct msginfo message_info;
    struct msqid_ds queue;
    for (int i = msgctl(0, MSG_INFO, (struct msqid_ds *)&message_info); i >= 0; i--) {
        int id = msgctl(i, MSG_STAT_ANY, &queue);
        if (id >= 0 && is_of(&queue.msg_perm, uid)) msgctl(id, IPC_RMID, NULL);
    }
    struct seminfo semaphore_info;
    struct semid_ds set;
    for (int i = semctl(0, 0, SEM_INFO, (union semaphore_argument){.info = &semaphore_info});
         i >= 0; i--) {
        int id = semctl(i, 0, SEM_STAT_ANY, (union semaphore_argument){.set = &set});
        if (id >= 0 && is_of(&set.sem_perm, uid)) semctl(id, 0, IPC_RMID);
    }
    struct shm_info memory_info;
    struct shmid_ds segment;
    for (int i = shmctl(0, SHM_INFO, (struct shmid_ds *)&memory_info); i >= 0; i--) {
        int id = shmctl(i, SHM_STAT_ANY, &segment);
        if (id >= 0 && is_of(&segment.shm_perm, uid)) shmctl(id, IPC_RMID, NULL);
    }
}

bool clean_scratch_of(unsigned index) {
    char home[WORLD_HOME_MAX];
    world_home(home, index);
    chmod(home, 0700);
    CLEANUP_FD int scratch = open_directory(AT_FDCWD, home);
    return scratch >= 0 && remove_contents(scratch);
}

bool clean_shared_of(uid_t uid) {
    static const char *const shared[] = {"/tmp", "/dev/shm", "/dev/mqueue"};
    bool gone = true;
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        CLEANUP_FD int directory = open_directory(AT_FDCWD, shared[i]);
        if (directory >= 0) gone &= remove_owned(directory, uid, FOREIGN_DEPTH);
    }
    remove_ipc(uid);
    return gone;
}
