// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CHearthSystem.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#ifdef __linux__
#include <sys/prctl.h>
#else
#include <sys/ptrace.h>
#endif

static const int crash_signals[] = {
    SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT, SIGSYS,
};
static const size_t crash_signal_count = sizeof crash_signals / sizeof crash_signals[0];

unsigned hearth_crash_hygiene(void) {
    struct sigaction standard;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    for (size_t i = 0; i < crash_signal_count; i++) {
        (void)sigaction(crash_signals[i], &standard, NULL);
    }
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#elif defined(PT_DENY_ATTACH) && defined(NDEBUG)
    // With a debugger attached this call ends the process, hence only in release builds.
    (void)ptrace(PT_DENY_ATTACH, 0, 0, 0);
#endif
    (void)umask(077);
    (void)setenv("SWIFT_BACKTRACE", "enable=no", 1);
    return hearth_crash_hygiene_missing();
}

unsigned hearth_crash_hygiene_missing(void) {
    unsigned missing = 0;
    for (size_t i = 0; i < crash_signal_count; i++) {
        struct sigaction current;
        if (sigaction(crash_signals[i], NULL, &current) != 0 || current.sa_handler != SIG_DFL) {
            missing |= HEARTH_HYGIENE_SIGNALS;
        }
    }
    struct rlimit core;
    if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0) {
        missing |= HEARTH_HYGIENE_CORE;
    }
#ifdef __linux__
    if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) {
        missing |= HEARTH_HYGIENE_DUMPABLE;
    }
#endif
    const mode_t mask = umask(077);
    (void)umask(mask);
    if ((mask & 077) != 077) {
        missing |= HEARTH_HYGIENE_UMASK;
    }
    return missing;
}
