#!/bin/sh
# Fetches Debian's kernel and makes the little file system that a virtual machine starts with. Usage: kernel.sh DIRECTORY ; leaves there
# "vmlinuz" and "initramfs", and does nothing where they are newer than what they are made of.
# Knows: apt, the kernel package, which modules the bench needs. Must not know: what the machine runs.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
directory=$1
# In the order of loading; what they need themselves comes before them.
modules='virtio_pci 9pnet_virtio 9p overlay usb-common usbcore usbmon usbip-core vhci-hcd sd_mod usb-storage cdc-acm usbhid hid-generic evdev'

mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
if [ "$directory/initramfs" -nt "$0" ] && [ "$directory/initramfs" -nt "$here/init" ] && [ -e "$directory/vmlinuz" ]; then
	exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

newest() { apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1; }

# The package that linux-image-amd64 stands for today; a package once fetched stays.
fetch() {
	[ ! -e "$directory/kernel.deb" ] || return 0
	package=$(newest)
	if [ -z "$package" ] && [ "$(id -u)" -eq 0 ]; then
		apt-get -qq update </dev/null >&2
		package=$(newest)
	fi
	[ -n "$package" ] || {
		echo "linux-image-amd64 is not in the package lists (apt-get update)" >&2
		return 1
	}
	(cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "$package" </dev/null >&2)
	mv "$work/$package"_*.deb "$directory/kernel.deb"
}

unpack() {
	mkdir "$work/kernel" "$work/root" "$work/root/bin" "$work/root/modules"
	dpkg-deb --fsys-tarfile "$directory/kernel.deb" |
		tar -x -C "$work/kernel" --wildcards './boot/vmlinuz-*' './lib/modules/*/modules.*' './lib/modules/*/kernel/fs/*' \
			'./lib/modules/*/kernel/net/*' './lib/modules/*/kernel/drivers/*' './lib/modules/*/kernel/lib/*' \
			'./lib/modules/*/kernel/crypto/*' './lib/modules/*/kernel/arch/*' './lib/modules/*/kernel/block/*'
	version=$(basename "$work"/kernel/lib/modules/*)
	/sbin/depmod -b "$work/kernel" "$version" 2>/dev/null
	# shellcheck disable=SC2086 # the list is to be split
	/sbin/modprobe -d "$work/kernel" -S "$version" -a --show-depends $modules |
		sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' >"$work/order"
	while read -r module; do
		cp "$module" "$work/root/modules/"
		echo "${module##*/}" >>"$work/root/modules/order"
	done <"$work/order"
}

fetch
unpack
cp "$(command -v busybox)" "$work/root/bin/busybox"
cp "$here/init" "$work/root/init"
chmod 755 "$work/root/init"
# Not compressed: an emulated processor would be busy with it for seconds.
(cd "$work/root" && find . | cpio --quiet -o -H newc -R 0:0) >"$work/initramfs"
cp "$work"/kernel/boot/vmlinuz-* "$directory/vmlinuz"
mv "$work/initramfs" "$directory/initramfs"
