#!/bin/sh
# A device, a tool and a stranger's comments say hostile things: in every output they are harmless text.
. tests/support/checks.sh

program=$STLINKSCOPE
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
"$BUILD"/plain/tests/make_hostile "$room/hostile.pcapng"

run() { # NAME COMMAND...: its output as a file; a verdict is no failure
	out=$room/$1
	shift
	"$@" >"$out" 2>&1 || [ $? -eq 1 ]
}
# Control characters but newline (tab, too, has no place here), the C1 ones, bidi and other hidden characters, and what is no UTF-8.
harmless() {
	perl -0777 -MEncode -e 'open F, "<:raw", $ARGV[0] or die; my $text = eval { decode("UTF-8", <F>, 1) };
		exit 1 unless defined $text; exit 1 if $text =~ /[\x00-\x08\x0b-\x1f\x7f-\x9f\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}]/; exit 0' "$1"
}

run summary.txt "$program" summary -v --serials "$room/hostile.pcapng"
run decode.txt "$program" decode -v -x --serials "$room/hostile.pcapng"
run decode.json "$program" decode --json -v --serials "$room/hostile.pcapng"
run summary.json "$program" summary --json --serials "$room/hostile.pcapng"
run stats.txt "$program" stats --serials "$room/hostile.pcapng"
run verdicts "$program" summary --junit "$room/junit.xml" "$room/hostile.pcapng"
for form in html md json; do
	run report "$program" report --serials "$room/hostile.pcapng" -o "$room/report.$form"
done
"$program" annotate --serials "$room/hostile.pcapng" "$room/annotated.pcapng"
"$program" scrub -q --keep tool "$room/hostile.pcapng" "$room/scrubbed.pcapng"
run scrubbed.txt "$program" decode "$room/scrubbed.pcapng"
for name in summary.txt decode.txt decode.json summary.json stats.txt junit.xml report.html report.md report.json scrubbed.txt; do
	check "$name is harmless" harmless "$room/$name"
done

check "the strings are there to be harmed by" grep -q 'window.injected=1' "$room/decode.txt"
check "JSON is JSON, line by line" perl -MJSON::PP -ne 'decode_json($_)' "$room/decode.json"
check "and so is the report" perl -MJSON::PP -0777 -ne 'decode_json($_)' "$room/report.json"
check "JUnit's XML is well-formed" xmllint --noout "$room/junit.xml"
check "no element of theirs is in the page" [ "$(sed '/<script>.*/,$d' "$room/report.html" | grep -ciE '<(script|img|b class=)')" = 0 ]
check "one script is in the page, ours" [ "$(grep -c '<script>' "$room/report.html")" = 1 ]
# In Markdown they stand in fenced blocks, or escaped: nothing of theirs ends a fence or begins an element.
check "Markdown has its own fences alone" [ "$(grep -c '^```' "$room/report.md")" = 4 ]
check "outside of them no element and no mention of theirs begins" \
	[ "$(awk '/^```/ { inside = !inside } !inside' "$room/report.md" | grep -cE '<(script|img|b )|@everyone')" = 0 ]
check "Markdown is short" [ "$(wc -l <"$room/report.md")" -le 60 ]
check "a line of 10,000 letters is cut where it is shown" [ "$(awk '{ if (length($0) > longest) longest = length($0) } END { print (longest < 5000) }' "$room/report.md")" = 1 ]
if command -v tshark >/dev/null 2>&1; then
	tshark -r "$room/annotated.pcapng" -T fields -e frame.comment >"$room/comments" 2>/dev/null
	check "comments of packets: none of a stranger's is taken over" [ "$(grep -c 'a comment of a stranger' "$room/comments")" = 0 ]
	tshark -r "$room/scrubbed.pcapng" -T fields -e frame.comment >"$room/comments" 2>/dev/null
	check "scrubbed: none of a stranger's is taken over" [ "$(grep -c 'a comment of a stranger' "$room/comments")" = 0 ]
fi
finish
