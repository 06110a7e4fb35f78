#!/bin/sh
# What leaves the machine: scrub keeps the story and nothing private, annotate says it in the packets, extract finds the memory.
. tests/support/checks.sh

program=$STLINKSCOPE
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

# The story of a capture: each command with how it ended, and what else happened.
story() {
	"$program" decode --json --serials "$1" | sed -n -e 's/.*"opcode":\("[^"]*"\).*"status":\([0-9a-z]*\).*"result":\("[^"]*"\).*/\1 \2 \3/p' \
		-e 's/.*"type":\("usb-event"\).*"event":\("[^"]*"\).*/\1 \2/p' -e 's/.*"type":\("gap"\).*"dropped":\([0-9]*\).*/\1 \2/p'
}
# holds FILE HEX: whether these bytes are in the file
holds() { perl -0777 -e 'open F, "<:raw", $ARGV[0] or die; exit(index(<F>, pack("H*", $ARGV[1])) < 0)' "$1" "$2"; }
utf16() { printf '%s' "$1" | iconv -f UTF-8 -t UTF-16LE | od -An -v -tx1 | tr -d ' \n'; }
serials_of() { "$program" summary --json --serials "$1" | grep -o '"serial_id":"[^"]\{12,\}"' | sort -u | cut -d'"' -f4; }

share() { # CAPTURE: what holds for the scrubbed and the annotated form of every capture
	name=$(basename "$(dirname "$1")")
	"$program" scrub -q "$1" "$room/scrubbed.pcapng"
	"$program" scrub -q "$room/scrubbed.pcapng" "$room/twice.pcapng"
	check "$name: scrubbing what was scrubbed gives the same bytes" cmp "$room/scrubbed.pcapng" "$room/twice.pcapng"
	story "$1" >"$room/before"
	story "$room/scrubbed.pcapng" >"$room/after"
	check "$name: scrubbed, it has commands" [ -s "$room/after" ]
	check "$name: scrubbed, it tells the same story" cmp "$room/before" "$room/after"
	"$program" summary -q "$1" >"$room/before" || true
	"$program" summary -q "$room/scrubbed.pcapng" >"$room/after" || true
	check "$name: scrubbed, the verdict has the same side" [ "$(cut -d: -f1 "$room/before")" = "$(cut -d: -f1 "$room/after")" ]
	for serial in $(serials_of "$1"); do
		check "$name: the serial number is gone" [ "$(holds "$room/scrubbed.pcapng" "$(utf16 "$serial")" && echo there)" = "" ]
	done
	"$program" annotate "$1" "$room/annotated.pcapng"
	story "$1" >"$room/before"
	story "$room/annotated.pcapng" >"$room/after"
	check "$name: annotated, it tells the same story" cmp "$room/before" "$room/after"
	if command -v tshark >/dev/null 2>&1; then
		for form in scrubbed annotated; do
			check "$name: tshark opens the $form file" sh -c "tshark -r '$room/$form.pcapng' >'$room/out' 2>'$room/problems' && ! grep -v 'Running as user' '$room/problems'"
		done
		check "$name: scrubbed, no URB id is an address" \
			[ -z "$(tshark -r "$room/scrubbed.pcapng" -T fields -e usb.urb_id -e usb.irp_id 2>/dev/null | grep -v '0x0000000000')" ]
		tshark -r "$room/annotated.pcapng" -T fields -e frame.comment >"$room/comments" 2>/dev/null
		check "$name: packets carry their decoded lines" grep -q GET_VERSION "$room/comments"
	fi
}

captures=$(find captures -name 'capture.pcap*' | sort)
for capture in $captures; do share "$capture"; done

shared=../shared/captures/emulated
if [ -d "$shared" ]; then
	for capture in 039-mixed-keyboard-hla/capture.pcap 161-swim-v2-stm8flash-read/capture.pcap 153-bridge-flashrom-probe/capture.pcap \
		033-v21-dumpcap-pcapng/capture.pcapng 053-need-cur-both/capture.pcap 130-v1-hla/capture.pcap; do
		share "$shared/$capture"
	done
	mixed=$shared/039-mixed-keyboard-hla/capture.pcap
	"$program" scrub -q "$mixed" "$room/mixed.pcapng"
	others() { tshark -r "$1" -Y 'usb.transfer_type == 1 || usb.device_address > 2' 2>/dev/null | wc -l; }
	check "the mixed capture has a keyboard" [ "$(others "$mixed")" -gt 0 ]
	check "nothing of the keyboard is in the scrubbed file" [ "$(others "$room/mixed.pcapng")" -eq 0 ]
	memory=bb48bb4868656c64
	check "the memory that was read is in the capture" holds "$mixed" "$memory"
	check "and not in the scrubbed file" [ "$(holds "$room/mixed.pcapng" "$memory" && echo there)" = "" ]

	"$program" extract -q --memory "$room/memory" "$shared/017-v3e-stflash-write/capture.pcap"
	check "flash that a loader wrote is extracted, and is what was read back" \
		cmp "$room/memory/flash-08000000-written.bin" "$room/memory/flash-08000000-read.bin"
	objcopy -I ihex -O binary "$room/memory/flash-08000000-written.hex" "$room/from-hex"
	check "the Intel HEX file holds the same" cmp "$room/memory/flash-08000000-written.bin" "$room/from-hex"
	"$program" extract -q --memory "$room/ring" "$shared/010-v21-dap-full/capture.pcap"
	check "flash that came through OpenOCD's ring buffer is extracted" [ "$(wc -c <"$room/ring/flash-08000000-written.bin")" = 16384 ]
else
	skip "scrub and extract on the captures of others: ../shared/captures is absent"
fi

# Where the kernel may have lost records is said in a comment; it is part of the story.
if command -v editcap >/dev/null 2>&1; then
	mkdir "$room/gap"
	editcap -a '41:records may be missing here, of those that the next packet with a count of drops tells' captures/target-silent-v2/capture.pcap \
		"$room/gap/capture.pcapng"
	check "the capture with a gap has one" [ "$(story "$room/gap/capture.pcapng" | grep -c gap)" = 1 ]
	share "$room/gap/capture.pcapng"
else
	skip "a capture with a gap is scrubbed and annotated: editcap is absent"
fi

# What a tool said goes into a report, but for what tells who it was.
if command -v editcap >/dev/null 2>&1; then
	serial=$(serials_of captures/healthy-v2-1/capture.pcap)
	editcap -a "2:tool stdout 1772442603.000000: serial: $serial" -a '70:tool stderr 1772442604.000000: no /home/alice/fw.elf, no C:\Users\Bob\fw.elf' \
		-a '71:tool stderr 1772442604.100000: 0x1fff7a10: 004a0032 3236510d' -a '72:tool stderr 1772442604.100000: 0x1fff7a10 <id>:	0x004a0032' \
		-a '73:tool stderr 1772442604.100000: 0x08000000: 20010000 080000dd' captures/healthy-v2-1/capture.pcap "$room/told.pcapng"
	for form in html md json; do
		"$program" report "$room/told.pcapng" -o "$room/told.$form"
		check "report.$form: of a tool's lines no serial number, user or unique id stays" \
			[ -z "$(grep -i -e "$serial" -e alice -e bob -e 004a0032 -e 3236510d "$room/told.$form")" ]
	done
	check "and all else does" [ "$(grep -c -e 'no /home/user/fw.elf, no C:.Users.user.fw.elf' -e '0x1fff7a10: xxxxxxxx xxxxxxxx' -e '0x08000000: 20010000 080000dd' \
		"$room/told.html")" = 3 ]
	"$program" report --serials "$room/told.pcapng" -o "$room/told.html"
	check "with --serials all stays" [ "$(grep -c -e "serial: $serial" -e /home/alice/ -e '0x1fff7a10: 004a0032 3236510d' "$room/told.html")" = 3 ]
else
	skip "a report's lines of a tool: editcap is absent"
fi

"$program" report captures/healthy-v2-1/capture.pcap -o "$room/healthy.md"
check "where nothing failed, report.md shows how it began" grep -q 'GET_VERSION -> 0483:374b' "$room/healthy.md"
"$program" report captures/two-probes/capture.pcapng -o "$room/two.md"
check "of several sessions it says whose steps it tells" grep -q 'How far session [01] got' "$room/two.md"

# One-sided captures show answers of a device descriptor to nobody's question.
if command -v tshark >/dev/null 2>&1; then
	mkdir "$room/one-sided"
	tshark -r captures/target-silent-v2/capture.pcap -F pcapng -w "$room/one-sided/capture.pcapng" \
		-Y "(usb.urb_type == 'S' && usb.endpoint_address.direction == 0) || (usb.urb_type == 'C' && usb.endpoint_address.direction == 1)" 2>/dev/null
	check "the one-sided capture has half of the records" [ "$(tshark -r "$room/one-sided/capture.pcapng" 2>/dev/null | wc -l)" = 27 ]
	share "$room/one-sided/capture.pcapng"
fi

first=captures/healthy-v2-1/capture.pcap
check "the serial number is known that is looked for" [ -n "$(serials_of "$first")" ]
"$program" scrub -q - "$room/from-pipe.pcapng" <"$first"
"$program" scrub -q "$first" "$room/from-file.pcapng"
check "a pipe is scrubbed as a file is" cmp "$room/from-pipe.pcapng" "$room/from-file.pcapng"
"$program" scrub -q "$first" - >"$room/to-pipe.pcapng"
check "and goes to a pipe" cmp "$room/to-pipe.pcapng" "$room/from-file.pcapng"
"$program" scrub -q --keep memory,serial,trace,unknown "$first" "$room/kept.pcapng"
for serial in $(serials_of "$first"); do
	check "--keep serial keeps it" holds "$room/kept.pcapng" "$(utf16 "$serial")"
done
# Hostile words of a device and of a tool can do nothing to what reads the comments.
"$BUILD"/plain/tests/make_hostile "$room/hostile.pcapng"
"$program" annotate -q "$room/hostile.pcapng" "$room/annotated.pcapng"
"$program" annotate -q "$room/annotated.pcapng" "$room/twice.pcapng"
check "annotated, hostile words are there" holds "$room/annotated.pcapng" "$(printf '<script>' | od -An -tx1 | tr -d ' \n')"
for bytes in 1b5b 1b5d e280ae c29b; do
	check "and nothing hidden in them: $bytes" [ "$(holds "$room/annotated.pcapng" "$bytes" && echo there)" = "" ]
done
check "annotating again changes nothing" cmp "$room/annotated.pcapng" "$room/twice.pcapng"

refused() { # WHAT COMMAND...: one line, and 2
	what=$1
	shift
	outcome=0
	"$@" >"$room/text" 2>&1 || outcome=$?
	check "$what" [ "$outcome $(wc -l <"$room/text")" = "2 1" ]
}
for subcommand in report scrub annotate extract; do
	check "$subcommand: what has no effect is not offered" [ -z "$("$program" $subcommand --help | grep -e --color -e --time -e --verbose)" ]
done
check "and is taken, as by every other" "$program" scrub -q -v --color never --time utc --serials "$first" "$room/x"
cp "$first" "$room/precious.pcap"
refused "the input is not written over" "$program" scrub "$room/precious.pcap" "$room/precious.pcap"
check "and is still whole" cmp "$first" "$room/precious.pcap"
refused "an unknown word for --keep is refused" "$program" scrub --keep everything "$first" "$room/x"
refused "a file that cannot be made is said" "$program" scrub -q "$first" "$room/no/such/folder/x"
refused "a folder that cannot be made is said" "$program" extract --memory "$room/no/such/folder" "$first"
refused "a full disk is said" "$program" scrub -q "$first" /dev/full
refused "a tool's log is no capture to write anew" sh -c "printf '0:00:01 D USB CMD> (16) f1 80\n' >'$room/log'; '$program' scrub -q '$room/log' '$room/x' 2>&1 | tail -1; exit 2"
finish
