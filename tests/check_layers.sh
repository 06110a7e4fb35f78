#!/bin/sh
# The rooms of the tree keep to themselves: dissectors/ is freestanding, one file sees each library, outputs do not know each
# other, diagnosis does not print.
. tests/support/checks.sh

# dissectors/: nothing from outside but the four memory functions, and what compilers add themselves.
objects=$(ls "$BUILD"/plain/dissectors/*.o)
# shellcheck disable=SC2086
defined=$(nm -g --defined-only $objects | awk 'NF == 3 { print $3 }' | sort -u)
# shellcheck disable=SC2086
undefined=$(nm -u $objects | awk '$1 == "U" { print $2 }' | sort -u)
foreign=$(printf '%s\n' "$undefined" | grep -vxF "$defined" |
	grep -vxE 'memcpy|memcmp|memset|memmove|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__(mem(cpy|move|set))_chk|__gcov_.*' || true)
empty "dissectors call nothing but mem* and each other" "$foreign"
# shellcheck disable=SC2086
writable=$(size -A $objects | awk '$1 ~ /^\.(data|bss)(\.[^r].*)?$/ && $2 > 0 { print $1, $2, "bytes" }')
empty "dissectors have no variables" "$writable"
empty "dissectors include nothing of analyzer" "$(grep -nE '#include.*(analyzer|\.\./)' dissectors/*.[ch] || true)"
empty "dissectors include no I/O" "$(grep -nE '#include <(stdio|stdlib|unistd|err|errno|pcap|time)' dissectors/*.[ch] || true)"

# One file knows each library. libpcap has two: one reads files, one sniffs, and they have not a line in common.
empty "libpcap is for reading files and for sniffing, a file each" "$(grep -rlE '#include [<"]pcap[./]' dissectors analyzer |
	grep -vxE 'analyzer/input/(capture|usbmon_source)\.c' || true)"
for library in jansson zlib lzma zstd archive libudev sys/capability; do
	users=$(grep -rlE "#include [<\"]${library}[./]" dissectors analyzer || true)
	empty "one file at most includes $library" "$(printf '%s' "$users" | sed -n '2,$p')"
done

# A format is the end of a file's name: transcript_text.c, transcript_json.c. What has one does not include what has another.
crossing=
for format in text json html markdown pcapng; do
	crossing="$crossing$(grep -nE '#include "[a-z]+(_[a-z]+)*_(text|json|html|markdown|pcapng)\.h"' /dev/null analyzer/output/*_$format.c 2>/dev/null |
		grep -v "_$format\.h\"" || true)"
done
empty "formats do not include each other" "$crossing"
empty "track and input do not know output or diagnosis" \
	"$(grep -rnE '#include .*(output|diagnosis)/' analyzer/track analyzer/input || true)"
empty "diagnosis does not print" \
	"$(grep -nE '\<(f?printf|puts|fputs|putchar|putc|fwrite|warnx?|errx?|perror)\(|#include .*(output/|<err\.h>)' analyzer/diagnosis/*.[ch] || true)"
empty "only main.c ends the program" \
	"$(grep -rnE '\<_?exit\(' analyzer --include=*.c | grep -v '^analyzer/main\.c:' || true)"
finish
