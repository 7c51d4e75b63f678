// SPDX-License-Identifier: Apache-2.0
// latency SAMPLES RATE PROGRAM ARGUMENT…: writes RATE samples a second to the program's standard input,
// each a line of NDJSON, and times every alert on its standard output from the writing of the sample that
// it ends with to the reading of its line. Every 250 samples hold one alert. Prints percentiles.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PERIOD = 250, HIGH = 10, FIRST = 1600000000 };

static int64_t now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000ll + at.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t *sent, *found;
static int64_t total, alerts;

// A sample of a second each, so that the end of an alert tells which sample it was.
static void take(const char *line, int64_t at) {
    if (!strstr(line, "\"type\":\"alert\"")) return;
    const char *to = strstr(line, "\"to\":\"");
    struct tm parts = {0};
    if (!to || !strptime(to + 6, "%Y-%m-%dT%H:%M:%S", &parts)) return;
    int64_t index = timegm(&parts) - FIRST;
    if (index >= 0 && index < total && sent[index]) found[alerts++] = at - sent[index];
}

static void drain(int from) {
    static char text[1 << 16];
    static size_t held;
    ssize_t got = read(from, text + held, sizeof text - held - 1);
    int64_t at = now();
    if (got <= 0) return;
    held += (size_t)got;
    text[held] = 0;
    char *line = text, *end;
    while ((end = strchr(line, '\n'))) {
        *end = 0;
        take(line, at);
        line = end + 1;
    }
    held -= (size_t)(line - text);
    memmove(text, line, held);
}

int main(int count, char **words) {
    if (count < 4) return 64;
    total = atoll(words[1]);
    int64_t pause = 1000000000 / atoll(words[2]);
    sent = calloc((size_t)total, sizeof *sent);
    found = calloc((size_t)total, sizeof *found);
    int in[2], out[2];
    if (!sent || !found || pipe(in) || pipe(out)) return 1;
    pid_t child = fork();
    if (child == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        execvp(words[3], words + 3);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    signal(SIGPIPE, SIG_IGN);
    // The vault is opened meanwhile.
    struct timespec second = {2, 0};
    nanosleep(&second, NULL);
    int64_t begin = now();
    struct pollfd output = {.fd = out[0], .events = POLLIN};
    for (int64_t index = 0; index < total; index++) {
        int64_t due = begin + index * pause;
        while (now() < due) {
            struct timespec wait = {0, due - now() > 0 ? due - now() : 0};
            if (ppoll(&output, 1, &wait, NULL) > 0) drain(out[0]);
        }
        time_t at = FIRST + index;
        struct tm parts;
        gmtime_r(&at, &parts);
        char line[128], text[32];
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
        int high = index % PERIOD >= PERIOD - HIGH;
        int length = snprintf(
            line, sizeof line, "{\"time\":\"%s\",\"quantity\":\"heart-rate\",\"value\":%d}\n", text,
            (high ? 140 : 60) + (int)(index % 5));
        sent[index] = now();
        if (write(in[1], line, (size_t)length) != length) return 1;
    }
    for (int64_t end = now() + 2000000000ll; now() < end;)
        if (poll(&output, 1, 10) > 0) drain(out[0]);
    close(in[1]);
    int status;
    waitpid(child, &status, 0);
    qsort(found, (size_t)alerts, sizeof *found, ascending);
    if (alerts == 0) return 1;
    printf(
        "%lld samples, %lld alerts; ms from sample to line: median %.3f, p90 %.3f, p99 %.3f, greatest %.3f\n",
        (long long)total, (long long)alerts, found[alerts / 2] / 1e6, found[alerts * 9 / 10] / 1e6,
        found[alerts * 99 / 100] / 1e6, found[alerts - 1] / 1e6);
    return 0;
}
