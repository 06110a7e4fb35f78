#!/bin/sh
# Who may capture and by what right, in the virtual machine with a virtual probe (tests/live/rights.sh).
. tests/support/checks.sh

if ! command -v qemu-system-x86_64 >/dev/null 2>&1; then
	skip "rights in a virtual machine: qemu-system-x86 is not installed"
elif ! problem=$(mkdir -p "$BUILD/live" && tests/live/vm/kernel.sh "$BUILD/live" 2>&1); then
	skip "rights in a virtual machine: no kernel for it: $(echo "$problem" | tail -n 1)"
else
	said=$(tests/live/vm/run.sh --timeout 400 -- tests/live/rights.sh "$PROGRAM" "$(realpath "$BUILD/live/vprobe")" 2>&1) || not_ok "the machine ended with status $?"
	printf '%s\n' "$said"
	if [ "$(printf '%s\n' "$said" | grep -c '^ok ')" -ge 53 ]; then ok "all that was to be checked was"; else not_ok "checks are missing"; fi
	empty "nothing in the machine failed" "$(printf '%s\n' "$said" | grep '^not ok ')"
fi
finish
