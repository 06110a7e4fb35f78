#!/bin/sh
# Runs each fuzzer for a while, from the captures as a start. Usage: tests/fuzz/run.sh SECONDS PROGRAM... (`make fuzz`).
# What it finds stays in BUILD/fuzz/: crash-* files, and the corpus for the next run.
set -eu

: "${BUILD:=build}"
seconds=$1
shift
for program in "$@"; do
	name=${program##*/}
	corpus=$BUILD/fuzz/corpus-$name
	mkdir -p "$corpus"
	if [ "$name" = fuzz_capture ]; then
		for capture in captures/*/capture.*; do
			folder=${capture%/*}
			cp "$capture" "$corpus/${folder##*/}"
		done
	fi
	echo "$name for $seconds s"
	"$program" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=1024 -print_final_stats=1 \
		-artifact_prefix="$BUILD/fuzz/$name-" "$corpus"
done
