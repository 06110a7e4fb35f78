#!/bin/sh
# Installs the Debian packages that are missing. Usage: tools/deps.sh SET... (the sets of packages.txt).
# Knows how to ask dpkg and apt. Does nothing, and needs no network, where nothing is missing.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
wanted=
for set in "$@"; do
	wanted="$wanted $(sed -n "s/^$set  *//p" "$root/packages.txt" | while read -r package command; do
		# A package with a command is not needed where that is there, whoever installed it.
		[ -n "$command" ] && command -v "$command" >/dev/null 2>&1 || echo "$package"
	done)"
done

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
	if ! printf '#include <%s.h>\n' pcap/pcap sys/capability libudev jansson zlib lzma zstd argp | "${CC:-cc}" -E - >/dev/null 2>&1; then
		echo "This is not a Debian system. Install a C11 compiler, GNU make, and the development files of libpcap, libcap, libudev, jansson, zlib," >&2
		echo "liblzma and libzstd (and argp, where the C library is not glibc); for the tests also what packages.txt lists." >&2
		exit 1
	fi
	exit 0
fi

# shellcheck disable=SC2086 # the list is to be split
installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' $wanted 2>/dev/null || true)"
missing=
for package in $wanted; do
	case $installed in
	*" installed:$package "*) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
	as_root='sudo -n'
else
	echo "Debian packages are missing. Install them with this command, then run make again:" >&2
	echo "    sudo apt-get install --no-install-recommends$missing" >&2
	exit 1
fi

echo "installing the missing packages:$missing"
apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0"
$apt update </dev/null >/dev/null || echo "apt-get update failed; trying with the package lists at hand" >&2
# shellcheck disable=SC2086
$apt install --no-install-recommends $missing </dev/null
