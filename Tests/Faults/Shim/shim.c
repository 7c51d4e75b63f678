// SPDX-License-Identifier: Apache-2.0

// Stands between a program and its files, by LD_PRELOAD: records every change below a folder, or
// lets a chosen call fail. Test code only; nothing of it is in the product.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define NEXT(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define FILES 4096

// What is recorded: the kind, then numbers, names and bytes. All little endian.
enum { OPEN = 1, CLOSE, WRITE, TRUNCATE, ALLOCATE, SYNC, RENAME, UNLINK, MKDIR, RMDIR, READ };
// How a call fails.
enum { EIO_ONCE = 1, NO_SPACE, QUOTA, SHORT, INTERRUPTED, DROPPED, SILENT };

static char root[1024];
static size_t root_length;
static int log_file = -1;
static char is_tracked[FILES], is_exempt[FILES];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/// Whether syncs and large reservations are left out: the disk is made of memory.
static int fast(void) {
    static int known = -1;
    if (known < 0) known = getenv("HEARTH_SHIM_FAST") != NULL;
    return known;
}

static int below_root(const char *path) {
    return root_length && strncmp(path, root, root_length) == 0;
}

static int exempt(const char *path) {
    size_t n = strlen(path);
    return n >= 6 && strcmp(path + n - 6, "/marks") == 0;
}

static int tracked(int fd) { return fd >= 0 && fd < FILES && is_tracked[fd]; }

// Recording.

static void record(
    uint8_t kind, int fd, int64_t a, const char *one, const char *two, const void *data, size_t n) {
    if (log_file < 0) return;
    struct __attribute__((packed)) {
        uint8_t kind;
        int32_t fd;
        int64_t a;
        uint32_t one, two, data;
    } head = {kind, fd, a, one ? strlen(one) : 0, two ? strlen(two) : 0, (uint32_t)n};
    struct iovec parts[4] = {
        {&head, sizeof head}, {(void *)one, head.one}, {(void *)two, head.two}, {(void *)data, n}};
    int saved = errno;
    pthread_mutex_lock(&mutex);
    size_t total = sizeof head + head.one + head.two + n;
    if (syscall(SYS_writev, log_file, parts, 4) != (long)total) abort();
    pthread_mutex_unlock(&mutex);
    errno = saved;
}

/// Tracks what happens below `folder`; an empty name ends it.
void hearth_shim_root(const char *folder) {
    snprintf(root, sizeof root, "%s", folder);
    root_length = strlen(root);
}

/// Appends to `path` from now on; an empty name ends it.
void hearth_shim_record(const char *path) {
    if (log_file >= 0) syscall(SYS_close, log_file);
    log_file = *path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_APPEND | O_WRONLY, 0600)
                     : -1;
}

// Failing.

static long calls, fault_at, hits, hit_class;
static int fault_kind, fault_sticky, is_counting;
static uint8_t classes[1 << 16];

/// Lets call number `at` (from 1) below the root fail; 0 only counts. `sticky`: those after it too.
void hearth_shim_arm(long at, int kind, int sticky) {
    calls = hits = hit_class = 0;
    fault_at = at;
    fault_kind = kind;
    fault_sticky = sticky;
    is_counting = 1;
}

/// For a whole program: HEARTH_SHIM_ROOT, and HEARTH_SHIM_FAULT: call, kind, whether it stays.
__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("HEARTH_SHIM_ROOT"), *fault = getenv("HEARTH_SHIM_FAULT");
    if (!folder || !fault) return;
    char *end;
    long at = strtol(fault, &end, 10), kind = strtol(end, &end, 10);
    hearth_shim_root(folder);
    hearth_shim_arm(at, (int)kind, (int)strtol(end, &end, 10));
}

void hearth_shim_disarm(void) { is_counting = 0; }
long hearth_shim_calls(void) { return calls; }
long hearth_shim_hits(void) { return hits; }
int hearth_shim_hit_class(void) { return (int)hit_class; }
int hearth_shim_class(long call) { return call > 0 && call < 1 << 16 ? classes[call] : 0; }

static int takes_space(int class) {
    return class == OPEN || class == WRITE || class == ALLOCATE || class == MKDIR
        || class == RENAME;
}

/// Whether a call of this class can fail so.
static int applies(int class) {
    switch (fault_kind) {
    case EIO_ONCE: return 1;
    case NO_SPACE:
    case QUOTA: return takes_space(class) || class == SYNC;
    case SHORT: return class == WRITE || class == READ;
    case INTERRUPTED:
        return class == WRITE || class == READ || class == OPEN || class == SYNC
            || class == TRUNCATE || class == ALLOCATE;
    default: return class == SYNC;
    }
}

/// The kind of failure that this call has to show; 0 for none.
static int fault(int class) {
    if (!is_counting) return 0;
    calls++;
    if (calls < 1 << 16) classes[calls] = class;
    if (!fault_at || calls < fault_at) return 0;
    // Random numbers of packs move calls by a few places from run to run.
    if (!hits && !applies(class)) {
        fault_at = calls + 1;
        return 0;
    }
    if (calls == fault_at) {
        hit_class = class;
    } else {
        int full = fault_kind == NO_SPACE || fault_kind == QUOTA;
        if (!fault_sticky || !(class == hit_class || (full && takes_space(class)))) return 0;
    }
    hits++;
    switch (fault_kind) {
    case NO_SPACE: errno = ENOSPC; break;
    case QUOTA: errno = EDQUOT; break;
    case INTERRUPTED: errno = EINTR; break;
    default: errno = EIO;
    }
    return fault_kind;
}

static int path_fault(int class, const char *path) {
    return below_root(path) && !exempt(path) ? fault(class) : 0;
}

static int file_fault(int class, int fd) {
    return tracked(fd) && !is_exempt[fd] ? fault(class) : 0;
}

// What was last synced of each file, for a sync that fails and loses what was written since.

static struct snapshot {
    dev_t device;
    ino_t inode;
    char *bytes;
    size_t count;
} snapshots[FILES];
static int snapshot_count;

static int needs_snapshots(void) {
    return is_counting && (fault_kind == DROPPED || fault_kind == SILENT);
}

static struct snapshot *snapshot_of(int fd) {
    struct stat status;
    if (fstat(fd, &status) || !S_ISREG(status.st_mode)) return NULL;
    for (int i = 0; i < snapshot_count; i++)
        if (snapshots[i].device == status.st_dev && snapshots[i].inode == status.st_ino)
            return &snapshots[i];
    if (snapshot_count == FILES) abort();
    struct snapshot *new = &snapshots[snapshot_count++];
    *new = (struct snapshot){status.st_dev, status.st_ino, NULL, 0};
    return new;
}

static void take_snapshot(int fd) {
    struct snapshot *snapshot = snapshot_of(fd);
    struct stat status;
    if (!snapshot || fstat(fd, &status)) return;
    free(snapshot->bytes);
    snapshot->bytes = malloc(status.st_size + 1);
    snapshot->count = 0;
    while (snapshot->count < (size_t)status.st_size) {
        long n = syscall(
            SYS_pread64, fd, snapshot->bytes + snapshot->count,
            status.st_size - snapshot->count, snapshot->count);
        if (n <= 0) break;
        snapshot->count += n;
    }
}

static void drop(int fd) {
    int saved = errno;
    struct snapshot *snapshot = snapshot_of(fd);
    if (snapshot) {
        syscall(SYS_ftruncate, fd, snapshot->count);
        for (size_t done = 0; done < snapshot->count;) {
            long n = syscall(
                SYS_pwrite64, fd, snapshot->bytes + done, snapshot->count - done, done);
            if (n <= 0) break;
            done += n;
        }
    }
    errno = saved;
}

/// Forgets what was synced; for the next case.
void hearth_shim_forget(void) {
    for (int i = 0; i < snapshot_count; i++) free(snapshots[i].bytes);
    snapshot_count = 0;
}

// The calls.

static int opened(int fd, const char *path, int flags, int is_new) {
    if (fd < 0 || fd >= FILES) return fd;
    is_tracked[fd] = below_root(path);
    is_exempt[fd] = exempt(path);
    if (!is_tracked[fd]) return fd;
    record(OPEN, fd, (is_new ? 1 : 0) | (flags & O_TRUNC ? 2 : 0), path, NULL, NULL, 0);
    if (needs_snapshots() && (flags & O_ACCMODE) != O_RDONLY) {
        int known = snapshot_count;
        struct snapshot *snapshot = snapshot_of(fd);
        if (snapshot && is_new) snapshot->count = 0;
        if (snapshot && snapshot_count > known && !is_new) take_snapshot(fd);
    }
    return fd;
}

static int open_any(int folder, const char *path, int flags, mode_t mode) {
    struct stat status;
    int is_new = 0;
    if (below_root(path)) {
        if (path_fault(OPEN, path)) return -1;
        is_new = (flags & O_CREAT) && lstat(path, &status) != 0;
    }
    return opened((int)syscall(SYS_openat, folder, path, flags, mode), path, flags, is_new);
}

#define MODE \
    va_list list; \
    va_start(list, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; \
    va_end(list)

int open(const char *path, int flags, ...) { MODE; return open_any(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE; return open_any(AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) {
    MODE;
    return open_any(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
    MODE;
    return open_any(folder, path, flags, mode);
}

int close(int fd) {
    if (tracked(fd)) {
        record(CLOSE, fd, 0, NULL, NULL, NULL, 0);
        is_tracked[fd] = 0;
    }
    return (int)syscall(SYS_close, fd);
}

static ssize_t write_at(int fd, const void *bytes, size_t count, off_t offset) {
    int kind = file_fault(WRITE, fd);
    if (kind == SHORT && count > 1) count /= 2;
    else if (kind && kind != SHORT) return -1;
    ssize_t done = syscall(SYS_pwrite64, fd, bytes, count, offset);
    if (done > 0) record(WRITE, fd, offset, NULL, NULL, bytes, done);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    if (!tracked(fd)) return syscall(SYS_pwrite64, fd, bytes, count, offset);
    return write_at(fd, bytes, count, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    return pwrite(fd, bytes, count, offset);
}
ssize_t write(int fd, const void *bytes, size_t count) {
    if (!tracked(fd)) return syscall(SYS_write, fd, bytes, count);
    off_t offset = lseek(fd, 0, SEEK_CUR);
    ssize_t done = write_at(fd, bytes, count, offset);
    if (done > 0) lseek(fd, offset + done, SEEK_SET);
    return done;
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    NEXT(pwritev);
    if (tracked(fd)) abort();  // nothing here writes in pieces; be told if that changes
    return real(fd, parts, count, offset);
}

static ssize_t read_at(int fd, void *bytes, size_t count, off_t offset) {
    int kind = file_fault(READ, fd);
    if (kind == SHORT && count > 1) count /= 2;
    else if (kind && kind != SHORT) return -1;
    return syscall(SYS_pread64, fd, bytes, count, offset);
}

ssize_t pread(int fd, void *bytes, size_t count, off_t offset) {
    if (!tracked(fd)) return syscall(SYS_pread64, fd, bytes, count, offset);
    return read_at(fd, bytes, count, offset);
}
ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset) {
    return pread(fd, bytes, count, offset);
}

int ftruncate(int fd, off_t size) {
    if (file_fault(TRUNCATE, fd)) return -1;
    int result = (int)syscall(SYS_ftruncate, fd, size);
    if (result == 0 && tracked(fd)) record(TRUNCATE, fd, size, NULL, NULL, NULL, 0);
    return result;
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

int posix_fallocate(int fd, off_t start, off_t length) {
    NEXT(posix_fallocate);
    if (file_fault(ALLOCATE, fd)) return errno;
    struct stat status;
    int result;
    if (fast() && length > 1 << 20 && !fstat(fd, &status))
        result = status.st_size < length ? (int)syscall(SYS_ftruncate, fd, length) : 0;
    else
        result = real(fd, start, length);
    if (result == 0 && tracked(fd)) record(ALLOCATE, fd, start + length, NULL, NULL, NULL, 0);
    return result;
}

static int sync_any(int fd, long number) {
    int kind = file_fault(SYNC, fd);
    if (kind == DROPPED || kind == SILENT) drop(fd);
    if (kind == SILENT) return 0;
    if (kind) return -1;
    // The laboratory's disks are made of memory; the order of calls is what counts.
    int result = fast() ? 0 : (int)syscall(number, fd);
    if (result == 0 && tracked(fd)) {
        record(SYNC, fd, 0, NULL, NULL, NULL, 0);
        if (needs_snapshots()) take_snapshot(fd);
    }
    return result;
}

int fsync(int fd) { return sync_any(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_any(fd, SYS_fdatasync); }

int rename(const char *from, const char *to) {
    if (path_fault(RENAME, from)) return -1;
    int result = (int)syscall(SYS_rename, from, to);
    if (result == 0 && below_root(from)) record(RENAME, -1, 0, from, to, NULL, 0);
    return result;
}

int unlink(const char *path) {
    if (path_fault(UNLINK, path)) return -1;
    int result = (int)syscall(SYS_unlink, path);
    if (result == 0 && below_root(path)) record(UNLINK, -1, 0, path, NULL, NULL, 0);
    return result;
}

int mkdir(const char *path, mode_t mode) {
    if (path_fault(MKDIR, path)) return -1;
    int result = (int)syscall(SYS_mkdir, path, mode);
    if (result == 0 && below_root(path)) record(MKDIR, -1, 0, path, NULL, NULL, 0);
    return result;
}

int rmdir(const char *path) {
    int result = (int)syscall(SYS_rmdir, path);
    if (result == 0 && below_root(path)) record(RMDIR, -1, 0, path, NULL, NULL, 0);
    return result;
}

// Shortcuts and controls.

/// In place of a key derivation of 0.1 s and more: a hash. It changes no file operation.
int crypto_pwhash(
    unsigned char *out, unsigned long long length, const char *secret, unsigned long long count,
    const unsigned char *salt, unsigned long long ops, size_t memory, int algorithm) {
    if (!fast() && !getenv("HEARTH_SHIM_KDF")) {
        int (*real)(unsigned char *, unsigned long long, const char *, unsigned long long,
            const unsigned char *, unsigned long long, size_t, int) = dlsym(RTLD_NEXT, __func__);
        return real(out, length, secret, count, salt, ops, memory, algorithm);
    }
    static int (*hash)(unsigned char *, size_t, const unsigned char *, unsigned long long,
        const unsigned char *, size_t);
    if (!hash) hash = dlsym(RTLD_NEXT, "crypto_generichash");
    return hash(out, length, (const unsigned char *)secret, count, salt, 16);
}

/// With HEARTH_SHIM_SYNCHRONOUS the store runs with that setting and reads back the right one.
static const char *other_statement(const char *sql) {
    static char changed[64];
    const char *wish = getenv("HEARTH_SHIM_SYNCHRONOUS");
    if (!wish || strncmp(sql, "PRAGMA synchronous", 18) != 0) return sql;
    if (sql[18] == 0) return "SELECT '2'";
    snprintf(changed, sizeof changed, "PRAGMA synchronous = %s", wish);
    return changed;
}

int sqlite3_prepare_v3(
    void *database, const char *sql, int count, unsigned flags, void **statement,
    const char **tail) {
    static int (*real)(void *, const char *, int, unsigned, void **, const char **);
    if (!real) real = dlsym(RTLD_NEXT, __func__);
    const char *other = other_statement(sql);
    if (other == sql) return real(database, sql, count, flags, statement, tail);
    if (tail) *tail = sql + strlen(sql);
    return real(database, other, -1, flags, statement, NULL);
}

int sqlite3_prepare_v2(
    void *database, const char *sql, int count, void **statement, const char **tail) {
    static int (*real)(void *, const char *, int, void **, const char **);
    if (!real) real = dlsym(RTLD_NEXT, __func__);
    const char *other = other_statement(sql);
    if (other == sql) return real(database, sql, count, statement, tail);
    if (tail) *tail = sql + strlen(sql);
    return real(database, other, -1, statement, NULL);
}

// Quick work on bytes for the replayer, which is slow in a build for debugging.

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *walk) {
    (void)status, (void)walk;
    return syscall(flag == FTW_DP ? SYS_rmdir : SYS_unlink, path) ? -1 : 0;
}

void hearth_shim_remove(const char *path) { nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

uint64_t hearth_shim_hash(const uint8_t *bytes, size_t count, uint64_t state) {
    state ^= count * 0x9E3779B97F4A7C15u;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        state = (state ^ word) * 0xD6E8FEB86659FD93u;
        state ^= state >> 32;
    }
    for (; count; bytes++, count--) state = (state ^ *bytes) * 0x100000001B3u;
    return state;
}

/// How often `probe` is found in the file.
long hearth_shim_find(const char *path, const uint8_t *probe, size_t length) {
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status)) return 0;
    char *bytes = malloc(status.st_size + 1);
    long count = syscall(SYS_read, fd, bytes, status.st_size), found = 0;
    syscall(SYS_close, fd);
    for (char *at = bytes; count > 0 && (at = memmem(at, bytes + count - at, probe, length)); at++)
        found++;
    free(bytes);
    return found;
}
