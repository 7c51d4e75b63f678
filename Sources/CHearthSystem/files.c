// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CHearthSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#else
#include <sys/mount.h>
#include <sys/param.h>
#endif

static int lock_try(int descriptor, int kind) {
    int result;
    do {
        result = flock(descriptor, kind | LOCK_NB);
    } while (result != 0 && errno == EINTR);
    if (result == 0) {
        return 0;
    }
    return errno == EWOULDBLOCK ? 1 : -1;
}

int hearth_flock_try(int descriptor) { return lock_try(descriptor, LOCK_EX); }

int hearth_flock_shared_try(int descriptor) { return lock_try(descriptor, LOCK_SH); }

int hearth_sync_data(int descriptor) {
#ifdef __APPLE__
    return hearth_sync_file(descriptor);
#else
    return fdatasync(descriptor);
#endif
}

int hearth_sync_file(int descriptor) {
#ifdef __APPLE__
    // fsync(2) there stops at the drive's cache; not every file system knows the stronger call.
    if (fcntl(descriptor, F_FULLFSYNC) == 0) {
        return 0;
    }
    if (errno != ENOTSUP && errno != EINVAL && errno != ENOTTY) {
        return -1;
    }
#endif
    return fsync(descriptor);
}

int hearth_preallocate(int descriptor, int64_t length) {
#ifdef __APPLE__
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        return -1;
    }
    if (status.st_size >= length) {
        return 0;
    }
    fstore_t request = {
        F_ALLOCATEALL, F_PEOFPOSMODE, 0, (off_t)(length - status.st_size), 0};
    if (fcntl(descriptor, F_PREALLOCATE, &request) == -1) {
        return -1;
    }
    return ftruncate(descriptor, (off_t)length);
#else
    int failure;
    do {
        failure = posix_fallocate(descriptor, 0, (off_t)length);
    } while (failure == EINTR);
    if (failure != 0) {
        errno = failure;
        return -1;
    }
    return 0;
#endif
}

static void put(char *target, size_t capacity, const char *text, size_t length) {
    if (capacity == 0) {
        return;
    }
    const size_t count = length < capacity ? length : capacity - 1;
    memcpy(target, text, count);
    target[count] = 0;
}

#ifdef __linux__
/// Copies the value of `data=` out of a list of options.
static void put_data_mode(char *target, size_t capacity, const char *options) {
    const char *found = strstr(options, "data=");
    while (found != NULL && found != options && strchr(", \n", found[-1]) == NULL) {
        found = strstr(found + 1, "data=");
    }
    if (found != NULL) {
        found += strlen("data=");
        put(target, capacity, found, strcspn(found, ", \n"));
    }
}

/// The kernel's full list of an ext4 file system; the mount table leaves defaults out.
static void put_ext4_data_mode(char *target, size_t capacity, const char *source) {
    const char *name = strrchr(source, '/');
    char path[256], line[128];
    if (name == NULL
        || snprintf(path, sizeof path, "/proc/fs/ext4%s/options", name) >= (int)sizeof path) {
        return;
    }
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return;
    }
    while (target[0] == 0 && fgets(line, sizeof line, file) != NULL) {
        put_data_mode(target, capacity, line);
    }
    (void)fclose(file);
}

/// File systems by the number that statfs(2) gives. Those of the ext family share a number and
/// are told apart by the mount table; btrfs is not found there, its device numbers being its own.
static const struct {
    unsigned long magic;
    const char *name;
} file_systems[] = {
    {0x9123683EUL, "btrfs"},   {0x2FC12FC1UL, "zfs"},   {0xF2F52010UL, "f2fs"},
    {0x58465342UL, "xfs"},     {0x01021994UL, "tmpfs"}, {0x794C7630UL, "overlay"},
    {0xCA451A4EUL, "bcachefs"}, {0x6969UL, "nfs"},      {0xFE534D42UL, "smb"},
    {0xFF534D42UL, "cifs"},    {0x65735546UL, "fuse"},  {0x01021997UL, "9p"},
};

int hearth_file_system(
    const char *path, char *type, size_t type_capacity, char *data_mode, size_t mode_capacity) {
    struct stat status;
    struct statfs system;
    if (stat(path, &status) != 0 || statfs(path, &system) != 0) {
        return -1;
    }
    for (size_t i = 0; i < sizeof file_systems / sizeof file_systems[0]; i++) {
        if (((unsigned long)system.f_type & 0xFFFFFFFFUL) == file_systems[i].magic) {
            put(type, type_capacity, file_systems[i].name, strlen(file_systems[i].name));
            put(data_mode, mode_capacity, "", 0);
            return 0;
        }
    }
    FILE *table = fopen("/proc/self/mountinfo", "re");
    if (table == NULL) {
        return -1;
    }
    put(type, type_capacity, "", 0);
    put(data_mode, mode_capacity, "", 0);
    char line[4096];
    while (fgets(line, sizeof line, table) != NULL) {
        unsigned major_number = 0, minor_number = 0;
        char name[64] = "", source[256] = "", options[1024] = "";
        const char *tail = strstr(line, " - ");
        if (tail == NULL || sscanf(line, "%*d %*d %u:%u", &major_number, &minor_number) != 2
            || makedev(major_number, minor_number) != status.st_dev
            || sscanf(tail, " - %63s %255s %1023s", name, source, options) < 2) {
            continue;
        }
        put(type, type_capacity, name, strlen(name));
        put_data_mode(data_mode, mode_capacity, options);
        if (mode_capacity > 0 && data_mode[0] == 0 && strcmp(name, "ext4") == 0) {
            put_ext4_data_mode(data_mode, mode_capacity, source);
        }
        break;
    }
    (void)fclose(table);
    return 0;
}
#else
int hearth_file_system(
    const char *path, char *type, size_t type_capacity, char *data_mode, size_t mode_capacity) {
    struct statfs status;
    if (statfs(path, &status) != 0) {
        return -1;
    }
    put(type, type_capacity, status.f_fstypename, strlen(status.f_fstypename));
    put(data_mode, mode_capacity, "", 0);
    return 0;
}
#endif
