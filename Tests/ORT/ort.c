// SPDX-License-Identifier: Apache-2.0

#include "COrt.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

// The library hands out a table of functions that only grows; its first versions are frozen. These are
// the places of those used here.
enum {
    GET_ERROR_MESSAGE = 2,
    CREATE_ENV = 3,
    CREATE_SESSION_FROM_ARRAY = 8,
    RUN = 9,
    CREATE_SESSION_OPTIONS = 10,
    SET_OPTIMIZATION = 23,
    SET_INTRA_THREADS = 24,
    SET_INTER_THREADS = 25,
    CREATE_TENSOR = 49,
    CREATE_CPU_MEMORY_INFO = 69,
    RELEASE_STATUS = 93,
    RELEASE_SESSION = 95,
    RELEASE_VALUE = 96,
    RELEASE_SESSION_OPTIONS = 100
};

enum { VERSION = 5, MOST_PORTS = 64 };

typedef struct {
    const void *const *(*table)(uint32_t version);
    const char *(*version)(void);
} api_base;

typedef struct {
    void *session;
    void *inputs[MOST_PORTS];
    void *outputs[MOST_PORTS];
    const char *inputNames[MOST_PORTS];
    const char *outputNames[MOST_PORTS];
    size_t inputCount, outputCount;
} bound_session;

static const void *const *api;
static void *environment, *memory_info;

#define CALL(SLOT, RESULT, ...) ((RESULT(*)(__VA_ARGS__))(uintptr_t)api[SLOT])

// True if the call failed; takes the message with it.
static int failed(void *status, char *message, size_t room) {
    if (!status) return 0;
    if (message) {
        const char *text = CALL(GET_ERROR_MESSAGE, const char *, const void *)(status);
        snprintf(message, room, "%s", text);
    }
    CALL(RELEASE_STATUS, void, void *)(status);
    return 1;
}

int hearth_ort_open(const char *path) {
    if (api) return 0;
    // An empty path would be this program itself.
    if (!path || !*path) return 1;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return 1;
    const api_base *(*base)(void) = (const api_base *(*)(void))(uintptr_t)dlsym(library, "OrtGetApiBase");
    if (!base) return 1;
    const void *const *table = base()->table(VERSION);
    if (!table) return 1;
    api = table;
    const int warningsOff = 4;
    if (failed(CALL(CREATE_ENV, void *, int, const char *, void **)(warningsOff, "hearth", &environment),
               NULL, 0) ||
        failed(CALL(CREATE_CPU_MEMORY_INFO, void *, int, int, void **)(0, 0, &memory_info), NULL, 0)) {
        api = NULL;
        return 1;
    }
    return 0;
}

static int bind(const hearth_ort_port *port, void **value, char *message, size_t room) {
    return failed(CALL(CREATE_TENSOR, void *, const void *, void *, size_t, const int64_t *, size_t, int,
                       void **)(memory_info, port->data, port->bytes, port->shape, port->rank,
                                port->type, value),
                  message, room);
}

void *hearth_ort_session(const void *model, size_t bytes, const hearth_ort_port *inputs,
                         size_t inputCount, const hearth_ort_port *outputs, size_t outputCount,
                         int optimize, char *message, size_t room) {
    if (!api || inputCount > MOST_PORTS || outputCount > MOST_PORTS) return NULL;
    void *options = NULL;
    bound_session *s = calloc(1, sizeof *s);
    if (!s || failed(CALL(CREATE_SESSION_OPTIONS, void *, void **)(&options), message, room)) {
        free(s);
        return NULL;
    }
    const int level = optimize ? 99 : 0;
    int bad = failed(CALL(SET_OPTIMIZATION, void *, void *, int)(options, level), message, room) ||
              failed(CALL(SET_INTRA_THREADS, void *, void *, int)(options, 1), message, room) ||
              failed(CALL(SET_INTER_THREADS, void *, void *, int)(options, 1), message, room) ||
              failed(CALL(CREATE_SESSION_FROM_ARRAY, void *, void *, const void *, size_t, void *,
                          void **)(environment, model, bytes, options, &s->session),
                     message, room);
    CALL(RELEASE_SESSION_OPTIONS, void, void *)(options);
    for (size_t i = 0; !bad && i < inputCount; i++) {
        s->inputNames[i] = inputs[i].name;
        bad = bind(&inputs[i], &s->inputs[i], message, room);
        s->inputCount = i + 1;
    }
    for (size_t i = 0; !bad && i < outputCount; i++) {
        s->outputNames[i] = outputs[i].name;
        bad = bind(&outputs[i], &s->outputs[i], message, room);
        s->outputCount = i + 1;
    }
    if (bad) {
        hearth_ort_close(s);
        return NULL;
    }
    return s;
}

int hearth_ort_run(void *session, char *message, size_t room) {
    bound_session *s = session;
    return failed(CALL(RUN, void *, void *, const void *, const char *const *, const void *const *,
                       size_t, const char *const *, size_t, void **)(
                      s->session, NULL, s->inputNames, (const void *const *)s->inputs, s->inputCount,
                      s->outputNames, s->outputCount, s->outputs),
                  message, room);
}

void hearth_ort_close(void *session) {
    bound_session *s = session;
    for (size_t i = 0; i < s->inputCount; i++)
        if (s->inputs[i]) CALL(RELEASE_VALUE, void, void *)(s->inputs[i]);
    for (size_t i = 0; i < s->outputCount; i++)
        if (s->outputs[i]) CALL(RELEASE_VALUE, void, void *)(s->outputs[i]);
    if (s->session) CALL(RELEASE_SESSION, void, void *)(s->session);
    free(s);
}
