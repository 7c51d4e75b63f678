// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CHearthSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static int told_to = -1;

static void tell(int number) {
    int before = errno;
    unsigned char byte = (unsigned char)number;
    // A full pipe has plenty to tell already.
    ssize_t written = write(told_to, &byte, 1);
    (void)written;
    errno = before;
}

static int set_flags(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) return -1;
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

int hearth_signals_as_bytes(const int *signals, int count) {
    int ends[2];
    if (pipe(ends) < 0) return -1;
    if (set_flags(ends[0]) < 0 || set_flags(ends[1]) < 0) goto failed;
    told_to = ends[1];
    struct sigaction action = {.sa_handler = tell};
    sigemptyset(&action.sa_mask);
    for (int index = 0; index < count; index++)
        if (sigaction(signals[index], &action, NULL) < 0) goto failed;
    // Whoever started this process may have kept them from it.
    sigset_t heard;
    sigemptyset(&heard);
    for (int index = 0; index < count; index++) sigaddset(&heard, signals[index]);
    errno = pthread_sigmask(SIG_UNBLOCK, &heard, NULL);
    if (errno != 0) goto failed;
    struct sigaction ignored = {.sa_handler = SIG_IGN};
    sigemptyset(&ignored.sa_mask);
    if (sigaction(SIGPIPE, &ignored, NULL) < 0) goto failed;
    return ends[0];
failed:;
    int reason = errno;
    close(ends[0]);
    close(ends[1]);
    errno = reason;
    return -1;
}

int hearth_open_private(const char *path) {
    return open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
}
