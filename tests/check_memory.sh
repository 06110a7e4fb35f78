#!/bin/sh
# A capture may have any length: what a command keeps in memory of its own does not grow with it. The room for such memory is limited
# (ulimit -d, which counts no mapped file; -s, because it counts each thread's stack whole): what suffices for a capture must suffice,
# but for a little, for one four times as long.
# shellcheck disable=SC3045 # dash and bash have both
. tests/support/checks.sh

program=$STLINKSCOPE
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
step=2048 most=65536 spare=3072 # KiB

for packets in 100000 400000; do
	"$BUILD"/plain/tests/bench/repeat captures/healthy-v2-1/capture.pcap "$room/$packets.pcap" "$packets"
done

within() ( # KIB COMMAND...
	ulimit -s 1024
	ulimit -d "$1"
	shift
	"$@" >/dev/null
)

constant() { # NAME COMMAND: of which $1 is the length of the capture
	limit=$step
	until within "$limit" sh -c "$2" - 100000 2>/dev/null || [ "$limit" -ge "$most" ]; do
		limit=$((limit + step))
	done
	check "$1 has enough with less than $((most / 1024)) MiB" [ "$limit" -lt "$most" ]
	check "$1 has enough with $(((limit + spare) / 1024)) MiB for a capture four times as long" within $((limit + spare)) sh -c "$2" - 400000
}

export program room # of the commands
for command in summary decode 'decode --json' stats; do
	constant "$command" "exec \"\$program\" $command \"\$room/\$1.pcap\""
done
for form in html md json; do
	constant "report ($form)" "exec \"\$program\" report \"\$room/\$1.pcap\" -o \"\$room/report.$form\""
done
constant scrub "exec \"\$program\" scrub -q \"\$room/\$1.pcap\" \"\$room/scrubbed.pcapng\""
finish
