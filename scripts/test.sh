#!/usr/bin/env bash
# Runs every test. Where real recordings are absent the tests that need them are skipped and say so.
set -euo pipefail
export SWIFT_BACKTRACE=enable=no
if [ "${CI:-}" = true ] && [ ! -d "${HEARTH_DATA:-../shared/data}" ]; then
    echo "test: CI needs the recordings that HEARTH_DATA names" >&2
    exit 1
fi
swift build --build-tests
swift test --skip-build "$@"
