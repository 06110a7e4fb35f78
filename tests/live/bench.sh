#!/bin/sh
# Plays the scenarios in virtual machines, one more at a time than there are cores, and judges what they left. Usage: tests/live/bench.sh
# Needs BUILD and PROGRAM. SCENARIO names the scenarios to play (patterns; default all). What they left stays in $BUILD/live/results.
# Where no virtual machine can be had, the judge skips every scenario, and says why.
set -eu
: "${BUILD:=build}" "${PROGRAM:=./stlinkscope}" "${SCENARIO:=*}"
BUILD=$(mkdir -p "$BUILD/live" && cd "$BUILD" && pwd)
export BUILD
results=$BUILD/live/results
here=tests/live

# shellcheck disable=SC2086 # the patterns are to be expanded, in that folder
files=$(cd "$here/scenarios" && ls -d $SCENARIO)
rm -rf "$results"
mkdir -p "$results"

unavailable() {
	echo "$1" >"$results/unavailable"
}

# The machine's own troubles are told by the machine; 7 seconds to boot, and what a scenario takes at most.
play() { # NUMBER SECONDS FILE...
	number=$1 seconds=$2
	shift 2
	mkdir -p "$results/machine-$number"
	"$here/vm/run.sh" --timeout "$seconds" --results "$results/machine-$number" -- \
		"$here/vm/scenario.sh" "$PROGRAM" "$BUILD/live/vprobe" /run/live "$@" >"$results/machine-$number.log" 2>&1 ||
		echo "machine $number ended with status $?; $(tail -n 1 "$results/machine-$number.log")"
}

all_machines() {
	machines=$(($(nproc) + 1)) # clients wait more than they compute
	[ "$machines" -le 4 ] || machines=4
	number=0
	while [ "$number" -lt "$machines" ]; do
		mine=$(echo "$files" | awk -v n="$number" -v m="$machines" 'NR % m == n { print "tests/live/scenarios/" $0 }')
		# shellcheck disable=SC2086 # the list is to be split
		[ -z "$mine" ] || play "$number" $((60 + 60 * $(echo "$mine" | wc -l))) $mine &
		number=$((number + 1))
	done
	wait
	for folder in "$results"/machine-*/*/; do
		[ ! -e "$folder/done" ] || mv "$folder" "$results/"
	done
}

if ! command -v qemu-system-x86_64 >/dev/null 2>&1; then
	unavailable "qemu-system-x86 is not installed"
elif ! problem=$("$here/vm/kernel.sh" "$BUILD/live" 2>&1); then
	unavailable "no kernel for the virtual machine: $(echo "$problem" | tail -n 1)"
else
	all_machines
fi
# shellcheck disable=SC2086
exec "$BUILD/live/judge" "$results" $(echo "$files" | sed "s|^|$here/scenarios/|")
