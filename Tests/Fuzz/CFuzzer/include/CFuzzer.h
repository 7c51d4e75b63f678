// SPDX-License-Identifier: Apache-2.0
// The entry points of libFuzzer, which the compiler links in with -sanitize=fuzzer.
#ifndef CFUZZER_H
#define CFUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(
    int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);

#endif
