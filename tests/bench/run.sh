#!/bin/sh
# Speed and memory on a long capture, beside a bare libpcap loop and tshark, all in one run. Prints, judges nothing: exit 0
# unless something broke. PACKETS=n (10,000,000), ROUNDS=n (3), BENCH_DIR=directory for the long capture (BUILD/bench).
set -eu

cd "$(dirname "$0")/../.."
: "${BUILD:=build}" "${PROGRAM:=./stlinkscope}" "${PACKETS:=10000000}" "${ROUNDS:=3}"
: "${BENCH_DIR:=$BUILD/bench}"
tools=$BUILD/plain/tests/bench
small=captures/healthy-v2-1/capture.pcap
long=$BENCH_DIR/long.pcap slice=$BENCH_DIR/slice.pcap first=$BENCH_DIR/first.pcap page=$BENCH_DIR/report.html times=$BENCH_DIR/times
# tshark keeps what it has seen: it gets a part. Its start is measured apart, so that only the rest is scaled.
part=$((PACKETS < 400000 ? PACKETS : 400000))

mkdir -p "$BENCH_DIR"
trap 'rm -f "$long" "$slice" "$first" "$page" "$times"' EXIT INT TERM
echo "making a capture of $PACKETS packets of $small"
"$tools/repeat" "$small" "$long" "$PACKETS"
"$tools/repeat" "$small" "$slice" "$part"
"$tools/repeat" "$small" "$first" 1
: >"$times"

run() { # NAME PACKETS COMMAND...
	name=$1 packets=$2
	shift 2
	result=$("$tools/measure" "$@")
	case ${result##* } in
	0 | 1) echo "$name $packets $result" >>"$times" ;;
	*)
		echo "$name ended with status ${result##* }: $*" >&2
		exit 1
		;;
	esac
}

round=0
while [ "$round" -lt "$ROUNDS" ]; do
	round=$((round + 1))
	echo "round $round of $ROUNDS"
	run bare "$PACKETS" "$tools/bare" "$long"
	run summary "$PACKETS" "$PROGRAM" summary "$long"
	run decode "$PACKETS" "$PROGRAM" decode "$long"
	run json "$PACKETS" "$PROGRAM" decode --json "$long"
	run report "$PACKETS" "$PROGRAM" report "$long" -o "$page"
	if command -v tshark >/dev/null 2>&1; then
		run tshark "$part" tshark -n -r "$slice"
		run start 1 tshark -n -r "$first"
	fi
done

awk -v part="$part" -v packets="$PACKETS" '
{
	if (!($1 in best) || $3 < best[$1])
		best[$1] = $3
	if ($4 > rss[$1])
		rss[$1] = $4
}
function line(name, label) {
	printf "%-24s %9.3f s %9.2f MiB", label, best[name], rss[name] / 1024
	printf best["bare"] ? "   %6.2f x the bare loop" : "", best[name] / best["bare"]
	if ("tshark" in best && name != "tshark")
		printf "   %6.1f x faster than tshark", best["tshark"] / best[name]
	print ""
}
function aim(name, value, met) {
	printf "  %-52s %8.2f   %s\n", name, value, met ? "met" : "MISSED"
}
END {
	if ("tshark" in best && packets > part)
		best["tshark"] = best["start"] + (best["tshark"] - best["start"]) * packets / part
	printf "\n%d packets, the best of the rounds; peak resident memory:\n", packets
	line("bare", "bare pcap_next_ex loop")
	line("summary", "summary")
	line("decode", "decode")
	line("json", "decode --json")
	line("report", "report")
	print "  (report: with the pages of a temporary file, which the system may take back; its own memory is tested in check_memory.sh)"
	if ("tshark" in best) {
		line("tshark", "tshark")
		if (packets > part)
			printf "  (tshark: measured on %d packets and scaled, its start apart; its memory is for these)\n", part
	} else {
		print "  (tshark is not installed)"
	}
	print ""
	print "aims:"
	top = rss["summary"]
	top = rss["decode"] > top ? rss["decode"] : top
	top = rss["json"] > top ? rss["json"] : top
	aim("peak memory, MiB, below 16", top / 1024, top < 16 * 1024)
	aim("summary / bare loop, at most 2", best["summary"] / best["bare"], best["summary"] <= 2 * best["bare"])
	if ("tshark" in best) {
		aim("tshark / summary, at least 30", best["tshark"] / best["summary"], best["tshark"] >= 30 * best["summary"])
		aim("tshark / decode, at least 15", best["tshark"] / best["decode"], best["tshark"] >= 15 * best["decode"])
	}
}' "$times"
