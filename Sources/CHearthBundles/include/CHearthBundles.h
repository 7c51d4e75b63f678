// SPDX-License-Identifier: Apache-2.0

// Model bundles as part of the program: constants, put in by the compiler. Nothing here checks them.
#ifndef HEARTH_BUNDLES_H
#define HEARTH_BUNDLES_H

#include <stddef.h>
#include <stdint.h>

/// How many bundles there are.
size_t hearth_bundle_count(void);

/// The file name of a bundle; NULL for an index that is not below the count.
const char *_Nullable hearth_bundle_name(size_t index);

/// The first byte of a bundle, there as long as the program runs; NULL for an index that is not
/// below the count.
const uint8_t *_Nullable hearth_bundle_bytes(size_t index);

/// The bytes of a bundle; 0 for an index that is not below the count.
size_t hearth_bundle_size(size_t index);

#endif
