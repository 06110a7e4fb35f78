#!/bin/sh
# The report's page in a real browser: Debian's chromium, driven by playwright-core, which npm installs as package-lock.json says.
. tests/support/checks.sh

program=$STLINKSCOPE
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

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
"$BUILD"/plain/tests/bench/repeat captures/healthy-v2-1/capture.pcap "$room/long.pcap" 60000
"$program" report "$room/long.pcap" -o "$room/long.html" || [ $? -eq 1 ]
check "each page is below 2 MB" [ "$(find "$room" -name '*.html' -size +1900k | wc -l)" -eq 0 ]

if (cd "$BUILD/browser" && node report.test.mjs "$room") >"$room/out" 2>&1; then ok "the browser came to its end"; else not_ok "the browser's checks"; fi
cat "$room/out"
mkdir -p "$BUILD/screenshots"
cp "$room"/*.png "$BUILD/screenshots/" 2>/dev/null || true
finish
