// SPDX-License-Identifier: Apache-2.0

// Bundles embedded at compile time (#embed of C23, which clang has as an extension from 19 on).
// To ship another one, put it into Bundles/ and add its three lines here.
#include "CHearthBundles.h"

#if !defined(__has_embed)
#error "a compiler with #embed is needed: clang 19 or later"
#endif

#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t sleep_bytes[] = {
#embed "Bundles/sleep.hearthmodel"
};

static const struct {
    const char *name;
    const uint8_t *bytes;
    size_t size;
} bundles[] = {
    {"sleep.hearthmodel", sleep_bytes, sizeof sleep_bytes},
};

static const size_t count = sizeof bundles / sizeof bundles[0];

size_t hearth_bundle_count(void) { return count; }

const char *hearth_bundle_name(size_t index) { return index < count ? bundles[index].name : NULL; }

const uint8_t *hearth_bundle_bytes(size_t index) {
    return index < count ? bundles[index].bytes : NULL;
}

size_t hearth_bundle_size(size_t index) { return index < count ? bundles[index].size : 0; }
