#!/bin/sh
# Runs the tests and sums up. Usage: tests/run.sh KIND... ; KIND is plain or asan (every tests/test_*.c of that build),
# checks (every tests/check_*.sh), or live (tests/live/bench.sh). Needs BUILD and PROGRAM. The last line is "N passed, N failed, N skipped".
# A test says why it is skipped in a line that begins with "SKIPPED". Tests run side by side, from the project's root; the
# live bench has the machine to itself, after them, and its table of verdicts is shown.
set -eu

cd "$(dirname "$0")/.."
: "${BUILD:=build}" "${PROGRAM:=./stlinkscope}"
logs=$BUILD/logs

if [ "$1" = --one ]; then
	kind=${2%/*} name=${2##*/} status=0
	case $kind in
	asan) STLINKSCOPE=$BUILD/asan/stlinkscope ;;
	*) STLINKSCOPE=$PROGRAM ;;
	esac
	case $kind in
	checks) command=tests/$name.sh ;;
	live) command=tests/live/$name.sh ;;
	*) command=$BUILD/$kind/$name ;;
	esac
	export BUILD STLINKSCOPE
	export LC_ALL=C.UTF-8 TZ=UTC UBSAN_OPTIONS=print_stacktrace=1
	unset CMOCKA_MESSAGE_OUTPUT CMOCKA_XML_FILE COLUMNS NO_COLOR MAKEFLAGS MFLAGS MAKELEVEL
	timeout 3600 "$command" >"$logs/$kind-$name.log" 2>&1 </dev/null || status=$?
	echo "$status" >"$logs/$kind-$name.status"
	exit 0
fi

jobs=
for kind in "$@"; do
	case $kind in
	checks) files=$(ls tests/check_*.sh) ;;
	live) files=tests/live/bench.sh ;;
	*) files=$(ls tests/test_*.c) ;;
	esac
	for file in $files; do
		name=${file##*/}
		jobs="$jobs $kind/${name%.*}"
	done
done

rm -rf "$logs"
mkdir -p "$logs"
export BUILD PROGRAM
# shellcheck disable=SC2086 # the list is to be split
printf '%s\n' $jobs | grep -v '^live/' | xargs -r -P "$(nproc 2>/dev/null || echo 1)" -n 1 "$0" --one
for job in $jobs; do
	[ "${job%/*}" != live ] || "$0" --one "$job"
done

count() { # PATTERN FILE: the sum of the first number in each matching line
	sed -n "s/^$1.*/\1/p" "$2" | awk '{ n += $1 } END { print n + 0 }'
}

passed=0 failed=0 skipped=0
for job in $jobs; do
	log=$logs/${job%/*}-${job##*/}.log
	status=$(cat "${log%.log}.status" 2>/dev/null || echo 'not run')
	# Totals of cmocka, or the lines of a shell check.
	if [ "${job%/*}" = checks ]; then
		p=$(grep -c '^ok ' "$log" || true)
		f=$(grep -c '^not ok ' "$log" || true)
		s=$(grep -c '^SKIPPED' "$log" || true)
	else
		p=$(grep -c '^\[       OK \]' "$log" || true)
		f=$(count '\[  FAILED  \] \([0-9][0-9]*\) test(s)' "$log")
		s=$(count '\[  SKIPPED \] \([0-9][0-9]*\) test(s)' "$log")
	fi
	# A program that died, or that tested nothing, has failed.
	if [ "$f" -eq 0 ] && { [ "$status" != 0 ] || [ $((p + s)) -eq 0 ]; }; then
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	if [ "$f" -ne 0 ]; then
		echo "---- $job failed (exit status $status):"
		grep -v -e '^table: ' -e '^\[ RUN      \]' -e '^\[       OK \]' -e '^ok ' "$log" | head -n 300 || true
		echo "----"
	else
		echo "$job: $p passed$([ "$s" -eq 0 ] || echo ", $s skipped")"
		[ "$s" -eq 0 ] || grep -e '^SKIPPED' -e '^\[  SKIPPED \] [^0-9]' "$log" | sort -u | sed 's/^/    /'
	fi
	sed -n 's/^table: /    /p' "$log"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
