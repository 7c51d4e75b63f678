#!/usr/bin/env bash
# demo.sh HEARTH: a simulated wearer's files into a throw-away vault, then the report.
set -euo pipefail
hearth=$1
out=out/demo
rm -rf "$out"
mkdir -p "$out"
chmod 700 "$out"
head -c 18 /dev/urandom | base64 > "$out/passphrase"
chmod 600 "$out/passphrase"
export HEARTH_VAULT=$PWD/$out/store HEARTH_STATE=$PWD/$out/state
key=(--passphrase-file "$out/passphrase")

say() { printf '\n$ hearth %s\n' "$*"; }
say init
"$hearth" init "${key[@]}" > "$out/recovery-code.txt"
echo "vault made in $out/store; recovery code in $out/recovery-code.txt"
say doctor
"$hearth" doctor || echo "(files are still read; see docs/cli.md on isolation)"
say ingest SampleData
"$hearth" ingest SampleData "${key[@]}" > "$out/ingest.txt"
echo "…"
tail -n 4 "$out/ingest.txt"
say report
"$hearth" report "${key[@]}"
"$hearth" report "${key[@]}" --format html --output "$out/report.html"
printf '\nThe same as a web page, one file, nothing loaded from elsewhere: %s\n' "$out/report.html"
