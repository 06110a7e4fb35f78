#!/bin/sh
# Every source compiles without a warning under gcc and under clang, whichever of them built the program.
. tests/support/checks.sh

flags="-std=c11 -D_GNU_SOURCE -I$BUILD/page -Wall -Wextra -Wconversion -Werror -fsyntax-only"
for compiler in gcc clang; do
	if ! command -v $compiler >/dev/null 2>&1; then
		skip "$compiler: not installed"
		continue
	fi
	# shellcheck disable=SC2086 # the list is to be split
	warnings=$(find dissectors analyzer tests -name '*.c' | sort |
		xargs -P "$(nproc)" -n 8 $compiler $flags 2>&1 | head -60)
	empty "$compiler finds nothing to warn of" "$warnings"
done
finish
