// SPDX-License-Identifier: Apache-2.0

// Starting the worker process and talking to it.

#define _GNU_SOURCE
#include "CHearthSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __APPLE__
#include <mach-o/dyld.h>
#include <xlocale.h>
#endif

ssize_t hearth_executable_path(char *buffer, size_t capacity) {
#ifdef __APPLE__
    uint32_t size = (uint32_t)capacity;
    if (_NSGetExecutablePath(buffer, &size) != 0) {
        return -1;
    }
    return (ssize_t)strlen(buffer);
#else
    const ssize_t count = readlink("/proc/self/exe", buffer, capacity);
    return count < (ssize_t)capacity ? count : -1;
#endif
}

int hearth_pipe(int descriptors[2], int bytes) {
#ifdef __linux__
    if (pipe2(descriptors, O_CLOEXEC) != 0) {
        return -1;
    }
    // A larger pipe means fewer turns; a smaller one works too.
    (void)fcntl(descriptors[1], F_SETPIPE_SZ, bytes);
#else
    (void)bytes;
    if (pipe(descriptors) != 0) {
        return -1;
    }
    (void)fcntl(descriptors[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(descriptors[1], F_SETFD, FD_CLOEXEC);
#endif
    return 0;
}

/// Copies are made from here on, in the order in which they are placed: each lies above the places of
/// those before it, so that placing one overwrites none that waits.
enum { first_free = 128 };

static void close_all(const int *descriptors, int count) {
    for (int i = 0; i < count; i++) {
        (void)close(descriptors[i]);
    }
}

static int spawn(const char *path, const int *raised, int count, pid_t *process) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return -1;
    }
    if (posix_spawnattr_init(&attributes) != 0) {
        (void)posix_spawn_file_actions_destroy(&actions);
        return -1;
    }
    int failure = 0;
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP;
#ifdef __APPLE__
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
    sigset_t none, all;
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    failure |= posix_spawnattr_setflags(&attributes, flags);
    failure |= posix_spawnattr_setsigmask(&attributes, &none);
    failure |= posix_spawnattr_setsigdefault(&attributes, &all);
    failure |= posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    failure |= posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    for (int i = 0; i < count; i++) {
        const int target = i == 0 ? 0 : i + 2;
        failure |= posix_spawn_file_actions_adddup2(&actions, raised[i], target);
    }
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    failure |= posix_spawn_file_actions_addclosefrom_np(&actions, count + 2);
#endif
    char *const arguments[] = {(char *)"hearth-worker", NULL};
    char *const environment[] = {(char *)"SWIFT_BACKTRACE=enable=no", NULL};
    if (failure == 0) {
        failure = posix_spawn(process, path, &actions, &attributes, arguments, environment);
    }
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    errno = failure;
    return failure == 0 ? 0 : -1;
}

int hearth_worker_start(
    const char *path, const struct hearth_worker_descriptors *handed, pid_t *process) {
    if (handed->companion_count < 0 || handed->companion_count > HEARTH_WORKER_COMPANIONS) {
        errno = EINVAL;
        return -1;
    }
    enum { own = HEARTH_WORKER_FIRST_COMPANION - 2 };
    int given[own + HEARTH_WORKER_COMPANIONS] = {
        handed->input, handed->result, handed->request, handed->turns, handed->memory};
    int raised[own + HEARTH_WORKER_COMPANIONS];
    const int count = own + handed->companion_count;
    for (int i = own; i < count; i++) {
        given[i] = handed->companions[i - own];
    }
    for (int i = 0; i < count; i++) {
        raised[i] = fcntl(given[i], F_DUPFD_CLOEXEC, first_free);
        if (raised[i] < 0) {
            close_all(raised, i);
            return -1;
        }
    }
    const int outcome = spawn(path, raised, count, process);
    const int failure = errno;
    close_all(raised, count);
    errno = failure;
    return outcome;
}

int hearth_shared_memory(size_t bytes) {
#ifdef __linux__
    const int descriptor = memfd_create("hearth", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) {
        return -1;
    }
    // Sealed, or a worker could cut it short under the reader's feet.
    if (ftruncate(descriptor, (off_t)bytes) != 0
        || fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        (void)close(descriptor);
        return -1;
    }
    return descriptor;
#else
    char name[32];
    (void)snprintf(name, sizeof name, "/hearth-%d-%08x", (int)getpid(), arc4random());
    const int descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (descriptor < 0) {
        return -1;
    }
    // Without a name nobody else finds it; its size can be set but once there.
    (void)shm_unlink(name);
    (void)fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    if (ftruncate(descriptor, (off_t)bytes) != 0) {
        (void)close(descriptor);
        return -1;
    }
    return descriptor;
#endif
}

void *hearth_map_shared(int descriptor, size_t bytes) {
    void *address = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    return address == MAP_FAILED ? NULL : address;
}

void hearth_unmap(void *address, size_t bytes) { (void)munmap(address, bytes); }

int hearth_wait_readable(int descriptor, int milliseconds) {
    struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
    const int count = poll(&wanted, 1, milliseconds);
    if (count < 0) {
        return errno == EINTR ? 0 : -1;
    }
    return count > 0;
}

int hearth_worker_end(pid_t process, int stop, struct hearth_worker_outcome *outcome) {
    if (stop) {
        (void)kill(process, SIGKILL);
    }
    int status = 0;
    struct rusage usage;
    pid_t found;
    do {
        found = wait4(process, &status, 0, &usage);
    } while (found < 0 && errno == EINTR);
    memset(outcome, 0, sizeof *outcome);
    if (found != process) {
        return -1;
    }
    outcome->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    outcome->code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    outcome->cpu_milliseconds = (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
#ifdef __APPLE__
    outcome->peak_bytes = usage.ru_maxrss;
#else
    outcome->peak_bytes = (int64_t)usage.ru_maxrss << 10;
#endif
    return 0;
}

int hearth_pipe_bytes(int descriptor) {
#ifdef __linux__
    return fcntl(descriptor, F_GETPIPE_SZ);
#else
    (void)descriptor;
    return PIPE_BUF;
#endif
}

void hearth_never_wait(int descriptor) {
    (void)fcntl(descriptor, F_SETFL, O_NONBLOCK);
}

bool hearth_is_executable(const char *path) { return access(path, X_OK) == 0; }

void *hearth_locale_utf8(void) {
    static locale_t text;
    if (text == (locale_t)0) {
        text = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    }
    return text == (locale_t)0 ? NULL : (void *)uselocale(text);
}

void hearth_locale_restore(void *before) {
    if (before != NULL) {
        (void)uselocale((locale_t)before);
    }
}
