// SPDX-License-Identifier: Apache-2.0

// The worker's sandbox. Nothing is configurable but what the file's size decides; nothing is allowed
// that a parser of bytes at hand does not need. Order matters: limits, then no new privileges, then
// Landlock, then the filter of system calls, which takes away the means to change the others.

#define _GNU_SOURCE
#include "CHearthSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

// MARK: Ends

/// Ends the process with a code that says whether memory ran out. A failed allocation leaves ENOMEM
/// behind; where it does not, asking for some more tells.
static void crashed(int number) {
    int code = HEARTH_WORKER_CRASHED;
    if (errno == ENOMEM) {
        code = HEARTH_WORKER_OUT_OF_MEMORY;
    } else {
        void *probe = mmap(
            NULL, 8u << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (probe == MAP_FAILED) {
            code = HEARTH_WORKER_OUT_OF_MEMORY;
        }
    }
    (void)number;
    _exit(code);
}

static void catch_crashes(void) {
    static const int numbers[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = crashed;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        (void)sigaction(numbers[i], &action, NULL);
    }
}

// MARK: Limits

static int limit(int resource, rlim_t soft, rlim_t hard) {
    const struct rlimit both = {soft, hard};
    return setrlimit(resource, &both);
}

static int set_limits(void) {
    // 30 s, and a second more for each 4 MiB: a slow machine reads 20 MB of text a second.
    struct stat status;
    rlim_t seconds = HEARTH_WORKER_CPU_SECONDS;
    if (fstat(0, &status) == 0 && S_ISREG(status.st_mode)) {
        seconds += (rlim_t)(status.st_size >> 22);
    } else {
        seconds += 3600;  // a stream: its end is not known
    }
    int failed = 0;
    failed |= limit(RLIMIT_CPU, seconds, seconds + 1);
    failed |= limit(RLIMIT_FSIZE, 0, 0);
    failed |= limit(RLIMIT_CORE, 0, 0);
#ifdef __linux__
    failed |= limit(RLIMIT_AS, HEARTH_WORKER_MEMORY_BYTES, HEARTH_WORKER_MEMORY_BYTES);
    failed |= limit(RLIMIT_NPROC, 0, 0);
    failed |= limit(RLIMIT_MSGQUEUE, 0, 0);
    failed |= limit(RLIMIT_MEMLOCK, 0, 0);
#endif
    return failed;
}

#ifdef __linux__

// MARK: Landlock

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

/// As the kernel has it; headers of older systems end earlier.
struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};

/// Denies every file, port and signal that the kernel's version of Landlock knows, with no exception.
/// Returns the version, or 0 if the kernel has none or it could not be brought into force.
static unsigned apply_landlock(void) {
    const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1u);
    if (abi < 1) {
        return 0;
    }
    struct ruleset rules = {0x1FFF, 0, 0};
    size_t size = 8;
    if (abi >= 2) { rules.files |= 1u << 13; }  // linking across folders
    if (abi >= 3) { rules.files |= 1u << 14; }  // truncating
    if (abi >= 5) { rules.files |= 1u << 15; }  // device controls
    if (abi >= 4) {
        rules.network = 3;  // binding and connecting
        size = 16;
    }
    if (abi >= 6) {
        rules.scopes = 3;  // abstract sockets and signals
        size = 24;
    }
    const long descriptor = syscall(SYS_landlock_create_ruleset, &rules, size, 0u);
    if (descriptor < 0) {
        return 0;
    }
    const long result = syscall(SYS_landlock_restrict_self, (int)descriptor, 0u);
    (void)close((int)descriptor);
    return result == 0 ? (unsigned)abi : 0;
}

// MARK: System calls

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define LOW_HALF(n) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[n]))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define ALLOW(number) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), RETURN(SECCOMP_RET_ALLOW)
#define REFUSE(number, code) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), RETURN(SECCOMP_RET_ERRNO | (code))
// Memory that may not be executed: the protection is the third argument.
#define ALLOW_WITHOUT_EXEC(number) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 4), LOW_HALF(2), \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1), \
    RETURN(SECCOMP_RET_KILL_PROCESS), RETURN(SECCOMP_RET_ALLOW)
// A call whose first argument must be `value`.
#define ALLOW_FIRST(number, value) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 4), LOW_HALF(0), \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 1, 0), \
    RETURN(SECCOMP_RET_KILL_PROCESS), RETURN(SECCOMP_RET_ALLOW)

static int apply_filter(void) {
    const uint32_t self = (uint32_t)getpid();
    struct sock_filter filter[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        RETURN(SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
#ifdef __x86_64__
        // The 32-bit pointers' calls have this bit.
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
        RETURN(SECCOMP_RET_KILL_PROCESS),
#endif
        ALLOW(SYS_read),
        ALLOW(SYS_write),
        ALLOW(SYS_readv),
        ALLOW(SYS_writev),
        ALLOW(SYS_pread64),
        ALLOW(SYS_lseek),
        ALLOW(SYS_fstat),
        ALLOW(SYS_close),
        ALLOW(SYS_futex),
        ALLOW(SYS_brk),
        ALLOW_WITHOUT_EXEC(SYS_mmap),
        ALLOW_WITHOUT_EXEC(SYS_mprotect),
        ALLOW(SYS_munmap),
        ALLOW(SYS_mremap),
        ALLOW(SYS_madvise),
        ALLOW(SYS_clock_gettime),
        ALLOW(SYS_gettimeofday),
        ALLOW(SYS_getrandom),
        ALLOW(SYS_getpid),
        ALLOW(SYS_gettid),
        ALLOW(SYS_sched_yield),
        ALLOW(SYS_sched_getaffinity),
        ALLOW(SYS_rt_sigreturn),
        ALLOW(SYS_rt_sigprocmask),
        // abort() sends itself its signal; the process may reach nobody else.
        ALLOW_FIRST(SYS_tgkill, self),
        ALLOW(SYS_exit),
        ALLOW(SYS_exit_group),
        // What libraries try and can do without: an error, not the end.
        REFUSE(SYS_openat, EACCES),
        REFUSE(SYS_newfstatat, EACCES),
        REFUSE(SYS_socket, EPERM),
        REFUSE(SYS_fcntl, EPERM),
        REFUSE(SYS_ioctl, EPERM),
#ifdef SYS_readlink
        REFUSE(SYS_readlink, EACCES),
#endif
        REFUSE(SYS_readlinkat, EACCES),
        RETURN(SECCOMP_RET_KILL_PROCESS),
    };
    const struct sock_fprog program = {
        .len = (unsigned short)(sizeof filter / sizeof filter[0]), .filter = filter};
    return (int)syscall(
        SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
}
#else
static int apply_filter(void) { return -1; }
#endif

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_GET_MDWE 66
#endif

/// Tries what must not work; nonzero if anything did.
static int escapes(void) {
    int worked = 0;
    worked |= syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC, 0) >= 0;
    // Local, IPv4 and IPv6 streams.
    static const int families[] = {1, 2, 10};
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        worked |= syscall(SYS_socket, families[i], 1, 0) >= 0;
    }
    return worked;
}

static void apply_layers(struct hearth_sandbox_report *report, unsigned without) {
    const int limited = set_limits();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
        report->layers |= HEARTH_SANDBOX_NO_NEW_PRIVS;
    }
    if (prctl(PR_SET_MDWE, 1, 0, 0, 0) == 0) {
        report->layers |= HEARTH_SANDBOX_MDWE;
    }
    if ((without & HEARTH_SANDBOX_LANDLOCK) == 0) {
        report->landlock_abi = apply_landlock();
    }
    if (report->landlock_abi > 0) {
        report->layers |= HEARTH_SANDBOX_LANDLOCK;
    }
    // Landlock needed one more descriptor; from here on there is none.
    if (limited == 0 && limit(RLIMIT_NOFILE, 0, 0) == 0) {
        report->layers |= HEARTH_SANDBOX_LIMITS;
    }
    if ((without & HEARTH_SANDBOX_SECCOMP) == 0 && apply_filter() == 0) {
        report->layers |= HEARTH_SANDBOX_SECCOMP;
    }
    if (escapes() == 0) {
        report->layers |= HEARTH_SANDBOX_SELF_TEST;
    }
}
#else
static void apply_layers(struct hearth_sandbox_report *report, unsigned without) {
    (void)without;
    if (set_limits() == 0 && limit(RLIMIT_NOFILE, 0, 0) == 0) {
        report->layers |= HEARTH_SANDBOX_LIMITS;
    }
    const int descriptor = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        report->layers |= HEARTH_SANDBOX_SELF_TEST;  // descriptors are used up
    } else {
        (void)close(descriptor);
    }
}
#endif

void hearth_sandbox_enter(unsigned without, struct hearth_sandbox_report *report) {
    memset(report, 0, sizeof *report);
    // What libraries would look up in files later, when they may not.
    hearth_locale_restore(hearth_locale_utf8());
    if (hearth_crash_hygiene() == 0) {
        report->layers |= HEARTH_SANDBOX_HYGIENE;
    }
    catch_crashes();
#ifdef SYS_close_range
    // Input, two that lead nowhere, result, request and companions; what else came along is closed.
    (void)syscall(
        SYS_close_range, (unsigned)HEARTH_WORKER_FIRST_COMPANION + HEARTH_WORKER_COMPANIONS, ~0u, 0u);
#endif
    apply_layers(report, without);
}

void hearth_exit(int code) { _exit(code); }
