#!/bin/sh
# The report's page in a real browser: Debian's chromium, driven by playwright-core, which npm installs as package-lock.json says: the newest
# that Debian 12's Node.js 18 can run.
. tests/support/checks.sh

program=$STLINKSCOPE
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

# Each frame that the page speaks of has a place in it, also where it is another device's, or its row was left out.
dead_links() { perl -0777 -ne 'my %id; $id{$1} = 1 while / id="?(\w+)/g; $id{$1} or print "$ARGV: $1\n" while /href="#(\w+)"/g' "$@"; }
for capture in captures/*/capture.pcap*; do
	"$program" report "$capture" -o "$room/$(basename "$(dirname "$capture")").html" || [ $? -eq 1 ]
done
"$BUILD"/plain/tests/bench/repeat captures/healthy-v2-1/capture.pcap "$room/long.pcap" 60000
"$program" report "$room/long.pcap" -o "$room/long.html" || [ $? -eq 1 ]
"$BUILD"/plain/tests/bench/repeat captures/probe-stuck-v2-1/capture.pcap "$room/stuck.pcap" 40000
"$program" report "$room/stuck.pcap" -o "$room/stuck.html" || [ $? -eq 1 ]
if command -v editcap >/dev/null 2>&1; then
	# Each of the words becomes six bytes.
	quotes=$(printf '%2000s' '' | tr ' ' '"')
	set --
	for frame in $(seq 1 300); do set -- "$@" -a "$frame:tool stderr 1772442603.000000: $quotes"; done
	editcap "$@" captures/healthy-v2-1/capture.pcap "$room/wordy.pcapng"
	"$program" report "$room/wordy.pcapng" -o "$room/wordy.html" || [ $? -eq 1 ]
	check "a tool of many words is in the page" [ "$(grep -c '<tr class=tool' "$room/wordy.html")" = 300 ]
else
	skip "a tool of many words: editcap is absent"
fi
check "no tag of the page's own is shown as text" [ -z "$(grep -l '&lt;/' "$room"/*.html)" ]
check "there are links to frames" grep -q 'href="#f47"' "$room/target-silent-v2.html"
check "each leads somewhere: $(dead_links "$room"/*.html | head -3)" [ -z "$(dead_links "$room"/*.html)" ]
check "of a capture full of failures it is said that some rows found no room" grep -q 'are left out: there is no room' "$room/stuck.html"
check "each page is below 2 MB" [ -z "$(find "$room" -name '*.html' -size +1900k)" ]

if ! command -v chromium >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
	skip "the page in a browser: chromium or npm is not there"
	finish
	exit
fi
mkdir -p "$BUILD/browser"
cp tests/browser/package.json tests/browser/package-lock.json tests/browser/report.test.mjs "$BUILD/browser/"
if [ ! -e "$BUILD/browser/node_modules/.package-lock.json" ] || [ tests/browser/package-lock.json -nt "$BUILD/browser/node_modules/.package-lock.json" ]; then
	if ! (cd "$BUILD/browser" && npm ci --no-audit --no-fund) >"$room/npm" 2>&1; then
		cat "$room/npm"
		skip "the page in a browser: npm cannot fetch playwright-core"
		finish
		exit
	fi
fi

"$program" report captures/probe-stuck-v2-1/capture.pcap -o "$room/failing.html" || [ $? -eq 1 ]
"$BUILD"/plain/tests/make_hostile "$room/hostile.pcapng"
"$program" report "$room/hostile.pcapng" -o "$room/hostile.html" || [ $? -eq 1 ]
check "so is the one of hostile words" [ -z "$(find "$room" -name 'hostile.html' -size +1900k)" ]

if (cd "$BUILD/browser" && node report.test.mjs "$room") >"$room/out" 2>&1; then ok "the browser came to its end"; else not_ok "the browser's checks"; fi
cat "$room/out"
mkdir -p "$BUILD/screenshots"
cp "$room"/*.png "$BUILD/screenshots/" 2>/dev/null || true
finish
