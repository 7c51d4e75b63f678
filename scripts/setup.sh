#!/usr/bin/env bash
# Installs the C libraries Hearth builds on, if they are missing, and says how to get Swift.
set -euo pipefail

if ! command -v swift >/dev/null 2>&1; then
    cat >&2 <<'TEXT'
hearth: error: the Swift compiler is missing
hearth: hint: install Swift 6.3 or newer from https://www.swift.org/install/linux/ and run this again
TEXT
    exit 1
fi

declare -A packages=(
    [libsodium]=libsodium-dev [sqlite3]=libsqlite3-dev [libzstd]=libzstd-dev
    [libarchive]=libarchive-dev [zlib]=zlib1g-dev
)
missing=()
command -v pkg-config >/dev/null 2>&1 || missing+=(pkg-config)
for library in "${!packages[@]}"; do
    if ! pkg-config --exists "$library" 2>/dev/null; then missing+=("${packages[$library]}"); fi
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "hearth: error: missing libraries: ${missing[*]}" >&2
    echo "hearth: hint: install them with your package manager (macOS: brew install libsodium sqlite zstd libarchive zlib)" >&2
    exit 1
fi
echo "hearth: installing ${missing[*]}" >&2
run=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "hearth: error: missing libraries: ${missing[*]}" >&2
        echo "hearth: hint: as root: apt-get install ${missing[*]}" >&2
        exit 1
    }
    run=(sudo)
fi
"${run[@]}" apt-get update -qq >/dev/null 2>&1 || true
DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null
