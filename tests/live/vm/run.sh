#!/bin/sh
# Runs one command in the virtual machine, as root, in the same folder, and gives back what it printed and its exit status.
# Usage: run.sh [--user NAME] [--timeout SECONDS] [--results DIRECTORY] [--] COMMAND ARG...
#   --user      root (default), desk (in group plugdev, may not read usbmon), sniffer (in plugdev and usbmon)
#   --timeout   the command ends after that many seconds (default 120) with status 124; the machine ends at the latest 60 seconds later
#   --results   becomes /run/live in the machine, where the command may leave files
# Environment: BUILD (build): where kernel and file system lie. LIVE_ACCEL (tcg): kvm is faster, where it can be had.
# Status 125: the machine itself failed. The machine sees the host's files, and writes to them go nowhere.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
: "${BUILD:=build}" "${LIVE_ACCEL:=tcg}"
user=root seconds=120 results=
while [ $# -gt 0 ]; do
	case $1 in
	--user) user=$2 && shift 2 ;;
	--timeout) seconds=$2 && shift 2 ;;
	--results) results=$2 && shift 2 ;;
	--) shift && break ;;
	-*) echo "run.sh: unknown option $1" >&2 && exit 125 ;;
	*) break ;;
	esac
done
[ $# -gt 0 ] || {
	sed -n 's/^# \(Usage.*\)/\1/p' "$0" >&2
	exit 125
}

"$here/kernel.sh" "$BUILD/live" || exit 125
temporary=$(mktemp -d)
machine=
finish() {
	[ -z "$machine" ] || kill "$machine" 2>/dev/null || true
	rm -rf "$temporary"
}
trap finish EXIT
trap 'exit 130' INT TERM
[ -n "$results" ] || results=$temporary/results
mkdir -p "$results"
results=$(cd "$results" && pwd)

quote() {
	printf " '%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}
{
	printf 'cd %s\nexec %s %s %s' "$(quote "$PWD")" "$(quote "$here/guest.sh")" "$(quote "$user")" "$seconds"
	for word in "$@"; do quote "$word"; done
	echo
} >"$results/start"
rm -f "$results/exit"
: >"$results/stdout" >"$results/stderr"

# No network, no display, nothing of the host but its files.
timeout -k 5 $((seconds + 60)) qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
	-machine pc -accel "$LIVE_ACCEL" -smp 1 -m 1024 \
	-kernel "$BUILD/live/vmlinuz" -initrd "$BUILD/live/initramfs" \
	-append 'console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr transparent_hugepage=never random.trust_cpu=on no_timer_check' \
	-serial file:"$results/console" \
	-virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
	-virtfs local,path="$results",mount_tag=live,security_model=none,multidevs=remap </dev/null &
machine=$!
tail -q -n +1 -f --pid="$machine" "$results/stdout" &
out=$!
tail -q -n +1 -f --pid="$machine" "$results/stderr" >&2 &
wait "$machine" || true
machine=
wait "$out" $! || true

if [ ! -e "$results/exit" ]; then
	echo "run.sh: the virtual machine ended without a result; its last words:" >&2
	tail -n 15 "$results/console" >&2 || true
	exit 125
fi
exit "$(cat "$results/exit")"
