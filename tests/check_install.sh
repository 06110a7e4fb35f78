#!/bin/sh
# make install and make uninstall: the four files, below DESTDIR and PREFIX, and nothing else.
. tests/support/checks.sh

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
expected="./opt/x/bin/stlinkscope
./opt/x/lib/udev/rules.d/60-stlinkscope.rules
./opt/x/share/bash-completion/completions/stlinkscope
./opt/x/share/man/man1/stlinkscope.1"

# -o: the program is as it is; nothing is rebuilt under the other tests' feet.
run_make() { make -s -o "$PROGRAM" BUILD="$BUILD" PROGRAM="$PROGRAM" DESTDIR="$root" PREFIX=/opt/x "$1"; }

check "make install" run_make install
files=$(cd "$root" && find . -type f | LC_ALL=C sort)
if [ "$files" = "$expected" ]; then ok "installs program, udev rule, completion, manual"; else not_ok "installed: $files"; fi
check "the rule gives usbmon, and nothing else, to the group usbmon" \
	test "$(grep -v '^#' "$root/opt/x/lib/udev/rules.d/60-stlinkscope.rules")" = 'SUBSYSTEM=="usbmon", GROUP="usbmon", MODE="0640"'
check "the installed program runs" "$root/opt/x/bin/stlinkscope" --help
check "make uninstall" run_make uninstall
empty "nothing is left behind" "$(find "$root" -type f)"
finish
