#!/bin/sh
# What the README shows is what the program prints. `make bless` rewrites its examples.
. tests/support/checks.sh

fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
export STLINKSCOPE
check "the examples of the README run" sh -c "tests/readme_examples.sh >$fresh"
check "the examples of the README are what the program prints" diff -u README.md "$fresh"
# shellcheck disable=SC2016
if [ "$(grep -c '^\$ stlinkscope ' README.md)" -ge 3 ]; then ok "the README has worked examples"; else not_ok "the README has worked examples"; fi
finish
