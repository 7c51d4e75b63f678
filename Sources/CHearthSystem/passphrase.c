// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CHearthSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/// Zeroes memory that is not read again; the volatile access keeps the compiler from leaving it out.
static void wipe(uint8_t *bytes, size_t count) {
    volatile uint8_t *cursor = bytes;
    while (count-- > 0) {
        *cursor++ = 0;
    }
}

static volatile sig_atomic_t interrupted_by;

static void remember_signal(int number) { interrupted_by = number; }

/// Reads up to a line end. `stop_at_signal`: a signal that `remember_signal` saw ends the reading.
static ssize_t read_line(int descriptor, uint8_t *buffer, size_t capacity, bool stop_at_signal) {
    size_t count = 0;
    uint8_t byte = 0;
    int failure = 0;
    for (;;) {
        const ssize_t got = read(descriptor, &byte, 1);
        if (got < 0) {
            if (errno == EINTR && !(stop_at_signal && interrupted_by != 0)) {
                continue;
            }
            failure = errno;
            break;
        }
        if (got == 0 || byte == '\n') {
            break;
        }
        // The rest of a line that is too long is read and dropped: it must not end up in a shell.
        if (count < capacity) {
            buffer[count++] = byte;
        } else {
            failure = ERANGE;
        }
    }
    wipe(&byte, 1);
    if (failure == 0 && count > 0 && buffer[count - 1] == '\r') {
        buffer[--count] = 0;
    }
    if (failure != 0) {
        wipe(buffer, capacity);
        errno = failure;
        return -1;
    }
    return (ssize_t)count;
}

ssize_t hearth_read_line(int descriptor, uint8_t *buffer, size_t capacity) {
    return read_line(descriptor, buffer, capacity, false);
}

static const int caught_signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGPIPE, SIGALRM};
enum { caught_count = sizeof caught_signals / sizeof caught_signals[0] };

static void catch_signals(struct sigaction *before) {
    struct sigaction remember;
    memset(&remember, 0, sizeof remember);
    remember.sa_handler = remember_signal;  // without SA_RESTART, so that read(2) returns
    interrupted_by = 0;
    for (int i = 0; i < caught_count; i++) {
        (void)sigaction(caught_signals[i], &remember, &before[i]);
    }
}

static void release_signals(const struct sigaction *before) {
    for (int i = 0; i < caught_count; i++) {
        (void)sigaction(caught_signals[i], &before[i], NULL);
    }
}

ssize_t hearth_read_passphrase(const char *prompt, uint8_t *buffer, size_t capacity) {
    const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0) {
        return -1;
    }
    struct termios shown, hidden;
    if (tcgetattr(terminal, &shown) != 0) {
        const int failure = errno;
        (void)close(terminal);
        errno = failure;
        return -1;
    }
    struct sigaction before[caught_count];
    catch_signals(before);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    hidden.c_lflag |= ICANON;
    ssize_t count = -1;
    int failure = 0;
    if (tcsetattr(terminal, TCSAFLUSH, &hidden) == 0) {
        if (write(terminal, prompt, strlen(prompt)) >= 0) {
            count = read_line(terminal, buffer, capacity, true);
        }
        failure = errno;
        (void)tcsetattr(terminal, TCSAFLUSH, &shown);
        (void)!write(terminal, "\n", 1);
    } else {
        failure = errno;
    }
    release_signals(before);
    (void)close(terminal);
    if (interrupted_by != 0) {
        wipe(buffer, capacity);
        (void)raise(interrupted_by);  // takes the effect it would have had
        errno = EINTR;
        return -1;
    }
    errno = failure;
    return count;
}
