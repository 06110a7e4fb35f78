#!/bin/sh
# Rewrites what the program is expected to print: the golden files of captures/, docs/FINDINGS.md, and the examples of
# the README. Read the difference before you commit it. Usage: tests/bless.sh PROGRAM TEST_CAPTURES (`make bless`).
set -eu

cd "$(dirname "$0")/.."
export STLINKSCOPE="$1" LC_ALL=C.UTF-8 TZ=UTC
"$2" --bless
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
tests/readme_examples.sh >"$fresh"
cat "$fresh" >README.md
"$STLINKSCOPE" explain --markdown >"$fresh"
cat "$fresh" >docs/FINDINGS.md
