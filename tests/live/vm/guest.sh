#!/bin/sh
# In the virtual machine, as its first process: users, devices, then one command; its output, its errors and its exit status land in /run/live.
# Usage: guest.sh USER SECONDS COMMAND ARG... ; 124: the command took longer than that.
# Knows: what a Debian system has besides the kernel. Must not know: what the command does.
user=$1 seconds=$2
shift 2
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C.UTF-8 TZ=UTC
export PATH LC_ALL TZ
unset HOME TERM

prepare() {
	mkdir -p /dev/pts /dev/shm /run/lock /run/udev
	mount -t devpts devpts /dev/pts
	mount -t tmpfs tmpfs /dev/shm
	mount -t debugfs debugfs /sys/kernel/debug
	busybox hostname live
	# The processor emulator inside vprobe asks for more memory than it uses.
	echo 1 >/proc/sys/vm/overcommit_memory
	# As stlink-tools' own modprobe.d file: the disk driver leaves a V1 to its clients.
	echo 483:3744:i >/sys/module/usb_storage/parameters/quirks
	busybox ip link set lo up
	# Only here, in the layer above the host's files: a user as at a desk, who may use probes (plugdev) but not read usbmon, and one who may.
	for group in plugdev usbmon; do
		grep -q "^$group:" /etc/group || echo "$group:x:$((900 + ${#group})):" >>/etc/group
	done
	echo 'desk:x:4711:4711::/home/desk:/bin/sh' >>/etc/passwd
	echo 'sniffer:x:4712:4712::/home/sniffer:/bin/sh' >>/etc/passwd
	printf 'desk:x:4711:\nsniffer:x:4712:\n' >>/etc/group
	sed -i -e 's/^plugdev:.*[^:]$/&,desk,sniffer/' -e 's/^plugdev:.*:$/&desk,sniffer/' -e 's/^usbmon:.*:$/&sniffer/' /etc/group
	mkdir -p /home/desk /home/sniffer
	chown 4711:4711 /home/desk
	chown 4712:4712 /home/sniffer
	mkdir -p /etc/udev/rules.d
	cp "${0%/*}/../../../udev/60-stlinkscope.rules" /etc/udev/rules.d/
	if [ -x /lib/systemd/systemd-udevd ]; then
		/lib/systemd/systemd-udevd --daemon
		udevadm trigger --subsystem-match=usb --subsystem-match=usbmon
		udevadm settle --timeout=20
	fi
}
prepare >/run/live/prepare 2>&1

if [ "$user" = root ]; then
	export HOME=/root
	timeout -k 5 "$seconds" "$@" >/run/live/stdout 2>/run/live/stderr </dev/null
else
	export HOME="/home/$user"
	timeout -k 5 "$seconds" setpriv --reuid "$user" --regid "$user" --init-groups -- "$@" >/run/live/stdout 2>/run/live/stderr </dev/null
fi
echo $? >/run/live/exit
sync
busybox poweroff -f
