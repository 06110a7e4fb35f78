# Sourced by tests/check_*.sh. One line a check: "ok ...", "not ok ...", "SKIPPED ...: why"; tests/run.sh counts them.
# The script ends with `finish`, which fails where a check did.
set -eu
: "${BUILD:=build}" "${STLINKSCOPE:=./stlinkscope}"
failures=0

ok() { echo "ok $*"; }
not_ok() {
	echo "not ok $*"
	failures=$((failures + 1))
}
skip() { echo "SKIPPED $*"; }

# check WHAT COMMAND...: ok where the command succeeds; its output is shown where it does not.
check() {
	what=$1
	shift
	if output=$("$@" 2>&1); then
		ok "$what"
	else
		not_ok "$what"
		printf '%s\n' "$output"
	fi
}

# empty WHAT TEXT: ok where the text is empty; the text says what is wrong.
empty() {
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1"
		printf '%s\n' "$2"
	fi
}

finish() { [ "$failures" -eq 0 ]; }
