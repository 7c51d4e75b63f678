#!/usr/bin/env bash
# Runs every test. Where real recordings are absent the tests that need them are skipped and say so.
set -euo pipefail
export SWIFT_BACKTRACE=enable=no
if [ "${CI:-}" = true ] && [ ! -d "${HEARTH_DATA:-../shared/data}" ]; then
    echo "test: CI needs the recordings that HEARTH_DATA names" >&2
    exit 1
fi
swift build --build-tests
said=$(mktemp)
trap 'rm -f "$said"' EXIT
if swift test --skip-build "$@" 2>&1 | tee "$said"; then exit 0; fi
# Thousands of lines are above: what failed is said again where it is looked for.
echo "test: failed:" >&2
grep -A 4 -E "recorded an issue|Fatal error|unexpected signal" "$said" | cut -c 1-600 | tail -n 40 >&2
exit 1
