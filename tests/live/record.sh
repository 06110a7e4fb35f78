#!/bin/sh
# Plays the scenarios with a "capture" line, and takes of each the capture, what it is, and the client's log into a folder.
# Usage: record.sh DIRECTORY ; needs what bench.sh needs. `make captures` writes the golden outputs after it.
# Only what the judge finds right is taken. "capture yes" takes the file of live, "capture tcpdump" the one of tcpdump.
# With RESULTS=FOLDER, results that are there already are taken, and nothing is played.
set -eu
: "${BUILD:=build}" "${RESULTS:=}"
directory=$1
here=$(dirname "$0")
LONGEST=300000

value() { # FILE WORD: all its values
	sed -n "s/^$2  *//p" "$1"
}

# The client's name and version, as Debian says it.
client() {
	for word in openocd st-info st-flash st-util st-trace gdb-multiarch flashrom pyocd-tool raw; do
		grep -q "^\(client\|beside\) .*$word" "$1" || continue
		case $word in
		raw) echo "tests/live/clients/raw, which sends what no client sends" && continue ;;
		st-*) package=stlink-tools ;;
		pyocd-tool) package=python3-pyocd ;;
		*) package=$word ;;
		esac
		echo "$word $(dpkg-query -W -f '${Version}' "$package" 2>/dev/null || echo '(unknown version)')"
	done | paste -s -d ';' | sed 's/;/; /g'
}

about() { # FILE WHO
	name=$(basename "$1")
	printf '# %s\n\n' "$name"
	sed -n '/^#/!q; s/^# *//p' "$1"
	printf '\n- Probe: virtual, `%s`.\n' "$(value "$1" probe | paste -s -d '|' | sed 's/|/` and `/g')"
	[ -z "$(value "$1" device)" ] || printf -- '- Beside it: `%s`.\n' "$(value "$1" device)"
	printf -- '- Host tools: %s.\n' "$(client "$1")"
	value "$1" beside | sed 's/.*/    - meanwhile `&`/'
	value "$1" client | sed 's/.*/    - `&`/'
	if grep -q '^watch .*tool' "$1"; then
		when="while the probe was plugged in; what the tool printed stands in it, too" log=
	else
		when="from before the probe is plugged in" log=' What the tool printed is in client.log.'
	fi
	printf -- '- Captured as: Linux usbmon, link type 220, by %s, %s.\n' "$2" "$when"
	printf -- '- How it was made: `make captures` played the scenario tests/live/scenarios/%s. The host tools and the kernel are those of Debian 12,\n' "$name"
	printf '  the probe and the chip behind it are programs; serial numbers and memory are invented.%s\n' "$log"
}

if [ -z "$RESULTS" ]; then
	RESULTS=$BUILD/live/results
	SCENARIO=$(cd "$here/scenarios" && grep -l '^capture ' ./* | sed 's|^./||' | paste -s -d ' ') "$here/bench.sh" || true
fi
taken=0
for file in "$here"/scenarios/*; do
	source=$(value "$file" capture)
	[ -n "$source" ] || continue
	name=$(basename "$file")
	case $source in
	tcpdump) from=tcpdump.pcap who=tcpdump ;;
	*) from=live.pcapng who='`stlinkscope live`, which leaves out what is not the ST-Link'\''s' ;;
	esac
	if ! "$BUILD/live/judge" "$RESULTS" "$file" >/dev/null 2>&1; then
		echo "record.sh: $name is not as its scenario says, and is left as it was" >&2
		continue
	fi
	if [ "$(stat -c %s "$RESULTS/$name/$from")" -gt $LONGEST ]; then
		echo "record.sh: $name is longer than $LONGEST bytes, and is left as it was" >&2
		continue
	fi
	rm -rf "${directory:?}/$name"
	mkdir -p "$directory/$name"
	cp "$RESULTS/$name/$from" "$directory/$name/capture.${from##*.}"
	[ ! -s "$RESULTS/$name/client.log" ] || cp "$RESULTS/$name/client.log" "$directory/$name/client.log"
	about "$file" "$who" >"$directory/$name/about.md"
	taken=$((taken + 1))
done
echo "$taken captures taken"
