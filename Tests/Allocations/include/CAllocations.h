// SPDX-License-Identifier: Apache-2.0

// Counts what a thread takes from the heap, for tests and benchmarks of code that must take nothing.
#ifndef HEARTH_ALLOCATIONS_H
#define HEARTH_ALLOCATIONS_H

/// Allocations of this thread so far, or -1 where they cannot be counted (not glibc, or a sanitizer
/// has the heap).
long hearth_allocations(void);

#endif
