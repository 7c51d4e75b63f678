// SPDX-License-Identifier: Apache-2.0

// A key that outlives a command, in the kernel's memory and for a limited time.

#define _GNU_SOURCE
#include "CHearthSystem.h"

#include <errno.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/keyctl.h>
#include <sys/syscall.h>

/// A key that belongs to this process and so may be used by it, whatever its session.
static long find(const char *name) {
    return syscall(
        SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", name, KEY_SPEC_PROCESS_KEYRING);
}

int hearth_session_key_put(
    const char *name, const uint8_t *key, size_t length, unsigned seconds) {
    // All rights to whoever has the key in a keyring of theirs, none to anybody else.
    const unsigned long possessor_only = 0x3f000000;
    const long made = syscall(
        SYS_add_key, "user", name, key, length, KEY_SPEC_PROCESS_KEYRING);
    if (made < 0) {
        return -1;
    }
    // The key is made known to other processes only when its rights and its end are set.
    if (syscall(SYS_keyctl, KEYCTL_SETPERM, made, possessor_only) == 0
        && syscall(SYS_keyctl, KEYCTL_SET_TIMEOUT, made, seconds) == 0
        && syscall(SYS_keyctl, KEYCTL_LINK, made, KEY_SPEC_USER_KEYRING) == 0) {
        return 0;
    }
    const int failure = errno;
    (void)syscall(SYS_keyctl, KEYCTL_REVOKE, made);
    errno = failure;
    return -1;
}

ssize_t hearth_session_key_get(const char *name, uint8_t *key, size_t capacity) {
    const long found = find(name);
    if (found < 0) {
        return -1;
    }
    const long length = syscall(SYS_keyctl, KEYCTL_READ, found, key, capacity);
    if (length > (long)capacity) {
        errno = ERANGE;
        return -1;
    }
    return (ssize_t)length;
}

int hearth_session_key_end(const char *name) {
    const long found = find(name);
    if (found < 0) {
        return -1;
    }
    const long revoked = syscall(SYS_keyctl, KEYCTL_REVOKE, found);
    (void)syscall(SYS_keyctl, KEYCTL_UNLINK, found, KEY_SPEC_USER_KEYRING);
    return revoked == 0 ? 0 : -1;
}
#else
int hearth_session_key_put(
    const char *name, const uint8_t *key, size_t length, unsigned seconds) {
    (void)name;
    (void)key;
    (void)length;
    (void)seconds;
    errno = ENOSYS;
    return -1;
}

ssize_t hearth_session_key_get(const char *name, uint8_t *key, size_t capacity) {
    (void)name;
    (void)key;
    (void)capacity;
    errno = ENOSYS;
    return -1;
}

int hearth_session_key_end(const char *name) {
    (void)name;
    errno = ENOSYS;
    return -1;
}
#endif
