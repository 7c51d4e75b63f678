// SPDX-License-Identifier: Apache-2.0
// feed FORM COUNT [RATE]: writes COUNT samples of a heart rate at RATE a second (default 1000), or with
// FORM mix, of a heart rate and RR intervals in turn, as fast as they are taken. FORM: csv, ndjson, mix
// (NDJSON), packets (a strap's notifications with one interval each; COUNT of lines). High for two
// minutes of every twenty. The same bytes each time.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t state = 42;

static unsigned noise(unsigned below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((state >> 33) % below);
}

// yyyy-MM-ddTHH:mm:ss, made anew only when the second changes.
static const char *second_text(int64_t second) {
    static int64_t known = -1;
    static char text[24];
    if (second != known) {
        time_t at = (time_t)second;
        struct tm parts;
        gmtime_r(&at, &parts);
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
        known = second;
    }
    return text;
}

static char *append(char *to, const char *text, size_t length) {
    memcpy(to, text, length);
    return to + length;
}

static char *number(char *to, unsigned value, int width) {
    char digits[12];
    int count = 0;
    do digits[count++] = (char)('0' + value % 10);
    while ((value /= 10) > 0 || count < width);
    while (count > 0) *to++ = digits[--count];
    return to;
}

#define TEXT(t) append(to, t, sizeof(t) - 1)

static char *sample(char *to, const char *form, int64_t second, unsigned nano, int is_beat) {
    unsigned high = second % 1200 >= 1000 && second % 1200 < 1120;
    unsigned rate = (high ? 140 : 60) + noise(8);
    unsigned value = is_beat ? 60000 / rate : rate;
    if (form[0] == 'p') {
        unsigned ticks = 61440 / rate;
        char bytes[40];
        int length = snprintf(
            bytes, sizeof bytes, "%" PRId64 "%03u,10%02x%02x%02x\n", second, nano / 1000000, rate,
            ticks & 255, ticks >> 8);
        return append(to, bytes, (size_t)length);
    }
    int is_json = form[0] != 'c';
    if (is_json) to = TEXT("{\"time\":\"");
    to = append(to, second_text(second), 19);
    *to++ = '.';
    to = number(to, nano / 1000, 6);
    *to++ = 'Z';
    if (is_json) {
        to = is_beat ? TEXT("\",\"quantity\":\"rr-interval\",\"value\":")
                     : TEXT("\",\"quantity\":\"heart-rate\",\"value\":");
    } else {
        to = TEXT(",heart-rate,");
    }
    to = number(to, value, 1);
    if (is_json) *to++ = '}';
    *to++ = '\n';
    return to;
}

int main(int count, char **words) {
    if (count < 3) {
        fprintf(stderr, "usage: feed csv|ndjson|mix|packets COUNT [RATE]\n");
        return 64;
    }
    int64_t total = atoll(words[2]);
    int64_t rate = count > 3 ? atoll(words[3]) : 1000;
    static char buffer[1 << 17];
    char *to = buffer;
    if (words[1][0] == 'c') to = TEXT("time,quantity,value\n");
    for (int64_t index = 0; index < total; index++) {
        int64_t second = 1600000000 + index / rate;
        unsigned nano = (unsigned)(index % rate * (1000000000 / rate));
        to = sample(to, words[1], second, nano, words[1][0] == 'm' && index % 2);
        if (to - buffer > (int64_t)sizeof buffer - 256) {
            if (fwrite(buffer, 1, (size_t)(to - buffer), stdout) == 0) return 1;
            to = buffer;
        }
    }
    fwrite(buffer, 1, (size_t)(to - buffer), stdout);
    return fflush(stdout) == 0 ? 0 : 1;
}
