// SPDX-License-Identifier: Apache-2.0

// ONNX Runtime through `dlopen`, for tests and benchmarks: no header of its own, no link to it.
#ifndef HEARTH_ORT_H
#define HEARTH_ORT_H

#include <stddef.h>
#include <stdint.h>

/// An input or output of a model, bound to memory of the caller that outlives the session.
typedef struct {
    const char *name;
    const int64_t *shape;
    size_t rank;
    void *data;
    size_t bytes;
    /// 1 for float, 7 for int64.
    int type;
} hearth_ort_port;

/// Opens the library once. Returns 0, or 1 if it is not there or not what was expected.
int hearth_ort_open(const char *path);

/// A session on one thread for a model in memory; `NULL` and a message if it is refused. The ports are
/// copied, their names and data are not. `optimize` lets the library fuse operators: faster, but fused 8-bit
/// products need not give what the operators give one by one.
void *hearth_ort_session(const void *model, size_t bytes, const hearth_ort_port *inputs,
                         size_t inputCount, const hearth_ort_port *outputs, size_t outputCount,
                         int optimize, char *message, size_t room);

/// Runs from bound memory to bound memory. Returns 0, or 1 and a message.
int hearth_ort_run(void *session, char *message, size_t room);

void hearth_ort_close(void *session);

#endif
