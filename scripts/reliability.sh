#!/usr/bin/env bash
# Writes docs/reliability.md: its own opening, kept by hand, then what the records of a run say.
set -euo pipefail
page=docs/reliability.md
mark='<!-- What follows is written by make faults. -->'
new="$page.new"
sed "/^$mark\$/q" "$page" > "$new"
{ echo; "$1" page "$2"; } >> "$new"
mv "$new" "$page"
