#!/bin/sh
# Many captures in one call, and the files that a test farm reads: JUnit's XML, and the README's way into an SQL engine.
. tests/support/checks.sh

program=$(realpath "$STLINKSCOPE")
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
hostile=$(printf '%s/<b>&"quote" \033[31m\342\200\256\377 ]]>.pcap' "$room")
cp captures/target-silent-v2/capture.pcap "$hostile"

outcome=0
"$program" summary -q --junit "$room/verdicts.xml" captures/healthy-v2-1/capture.pcap captures/probe-stuck-v2-1/capture.pcap "$hostile" \
	"$room/absent.pcap" >"$room/text" 2>"$room/problems" || outcome=$?
check "of several captures the exit status is the highest" [ "$outcome" -eq 2 ]
check "each verdict has its file before it" grep -q '^captures/probe-stuck-v2-1/capture.pcap: PROBE: ' "$room/text"
check "what cannot be read is said, and the others are still judged" [ "$(wc -l <"$room/text") $(wc -l <"$room/problems")" = "3 1" ]

value() { xmllint --xpath "string($1)" "$room/verdicts.xml"; }
check "the XML is well-formed, whatever a file is called" xmllint --noout "$room/verdicts.xml"
check "a capture is a suite" [ "$(value 'count(//testsuite)')" = 4 ]
check "a session is a test case, and so is a file that cannot be read" [ "$(value 'count(//testcase)')" = 4 ]
check "a finding at or above --fail-on is a failure" \
	[ "$(value '//testsuite[2]//failure[1]/@type') $(value '//testsuite[2]//failure[2]/@type')" = "IN-STUCK WEDGED-AFTER" ]
check "a suite counts its failing test cases" [ "$(value 'sum(//testsuite/@failures)') $(value 'sum(//testsuite/@errors)')" = "2 1" ]
check "a healthy session has no failure" [ "$(value 'count(//testsuite[1]//failure)')" = 0 ]
check "nothing hidden is in a name" [ "$(value 'contains(//testsuite[3]/@name, "\x1b[31m\u{202e}\xff ]]>.pcap")')" = true ]

outcome=0
"$program" summary -q --fail-on never --junit "$room/never.xml" captures/probe-stuck-v2-1/capture.pcap >"$room/text" || outcome=$?
check "--fail-on never: no failure, and what was found is told" \
	[ "$outcome $(xmllint --xpath 'count(//failure)' "$room/never.xml") $(grep -c 'error IN-STUCK' "$room/never.xml")" = "0 0 1" ]
outcome=0
"$program" summary --junit "$room/no/such/folder.xml" captures/healthy-v2-1/capture.pcap >"$room/text" 2>&1 || outcome=$?
check "a file that cannot be made: one line, and 2" [ "$outcome $(wc -l <"$room/text")" = "2 1" ]

# The commands of the README, as they stand there.
mkdir "$room/farm" "$room/bin"
ln -s "$program" "$room/bin/stlinkscope"
sed -n '/^## Thousands of captures/,/^## /p' README.md | sed -n '/^```sh$/,/^```$/p' | sed '/^```/d' >"$room/farm.sh"
cp -r captures "$room/farm/captures"
outcome=0
(cd "$room/farm" && PATH="$room/bin:$PATH" sh -eu "$room/farm.sh") >"$room/text" 2>&1 || outcome=$?
check "the README's commands for thousands of captures run" [ "$outcome" -eq 0 ]
if [ "$outcome" -ne 0 ]; then cat "$room/text"; fi
captures=$(find captures -name 'capture.pcap*' | wc -l)
check "each capture becomes a row" [ "$(sqlite3 "$room/farm/verdicts.db" 'select count(distinct file) from verdict')" = "$captures" ]
check "the rows can be asked for their headline" \
	[ "$(sqlite3 "$room/farm/verdicts.db" "select headline from session where file like '%target-silent-v2%'")" = TARGET-SILENT ]
finish
