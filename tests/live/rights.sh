#!/bin/sh
# In the virtual machine, as root: who may capture and by what right, what that right is not good for, and what `devices` says of it all.
# Usage: rights.sh PROGRAM VPROBE ; prints "ok WHAT" or "not ok WHAT" for each check. Users of the machine: vm/guest.sh.
program=$1 vprobe=$2
room=/run/rights
mkdir -p $room && mount -t tmpfs -o mode=755 tmpfs $room && mkdir $room/desk && chown desk $room/desk && cd $room/desk || exit 1

as() { # USER COMMAND...
	user=$1
	shift
	HOME="/home/$user" setpriv --reuid "$user" --regid "$user" --init-groups -- "$@"
}
by_sudo() { # COMMAND...: as sudo would start it for desk
	HOME=/root USER=root SUDO_UID=4711 SUDO_GID=4711 SUDO_USER=desk "$@"
}
until_true() { # COMMAND...: asks again and again, for a minute
	tries=600
	until "$@" || [ $tries = 0 ]; do
		tries=$((tries - 1))
		sleep 0.1
	done
}
has() { # WHAT WORDS: the last command has printed them
	if grep -qF -- "$2" $room/said; then
		echo "ok $1"
	else
		echo "not ok $1: status $status; it said:"
		cat $room/said
	fi
}
says() { # WHAT STATUS WORDS COMMAND...: ends so, and prints these words
	what=$1 wanted=$2 words=$3
	shift 3
	"$@" >$room/said 2>&1
	status=$?
	[ $status = "$wanted" ] || words="the status $wanted"
	has "$what" "$words"
}

says "devices: none is plugged in" 0 'No ST-Link is plugged in here' "$program" devices
"$vprobe" --log $room/vprobe.log model=v21 model=v1 >$room/vprobe.txt 2>&1 &
until_true test -e /sys/bus/usb/devices/1-1:1.2/tty -a -e /sys/bus/usb/devices/1-2:1.0
# the kernel asks a disk for its size only a second after it was plugged in, or later
until_true sh -c 'ls /sys/bus/usb/devices/1-1:1.1/host*/target*/*/block'
udevadm settle --timeout=60

says "devices: finds the probe" 0 'ST-LINK/V2-1 0483:374b at 1:' "$program" devices
has "devices: and the other one" 'ST-LINK/V1 0483:3744 at 1:'
has "devices: its disk" '"ST-Link mass storage": driver usb-storage, sda'
has "devices: its serial port" 'driver cdc_acm, ttyACM0'
has "devices: root may capture" 'usbmon1, which root may read'
has "devices: nobody uses it" 'no process has it open'
node=/dev/bus/usb/001/$(printf %03d "$(cat /sys/bus/usb/devices/1-1/devnum)")
as desk sh -c "echo \$\$ >pid; exec sleep 1000 <>$node" &
until_true grep -q sleep "/proc/$(until_true test -s pid && cat pid)/comm"
says "devices: who uses it" 0 'open in sleep (process' "$program" devices
says "devices: a user sees the own processes" 0 'open in sleep (process' as desk "$program" devices
has "devices: may use the probe, and not capture it" 'usbmon1: this user may not read /dev/usbmon1'
says "devices: and that those of others are hidden" 0 "that this user may see; 'sudo stlinkscope devices' sees all" as sniffer "$program" devices
has "devices: by the udev rule the group usbmon may capture" 'usbmon1, which this user may read'
kill "$(cat pid)"

says "a member of usbmon captures" 0 'Tool        st-info ended with status 0' as sniffer "$program" live --fail-on never -q -- st-info --probe
says "another user does not, and is told what mends it" 2 'may not read /dev/usbmon1; to mend it: sudo ' as desk "$program" live --for 1
USER=desk sh -c "sudo() { \"\$@\"; }; $(sed -n 's/.*to mend it: //p' $room/said)"
says "what mends it does" 0 'Tool        true ended with status 0' as desk "$program" live --fail-on never -q -- true
chown root /dev/usbmon1
! command -v setfacl >/dev/null || setfacl -b /dev/usbmon1

says "sudo: TOOL is the caller" 0 'uid=4711(desk) gid=4711(desk) groups=4711(desk),' by_sudo "$program" live --fail-on never -w file.pcapng -- \
	sh -c 'id; echo "$HOME $USER ${SUDO_UID-none}"; grep Cap /proc/self/status; cd /proc/$$/fd && echo "open: " [4-9] [1-9][0-9]'
has "sudo: TOOL is at the caller's home" '/home/desk desk none'
has "sudo: no capability reaches TOOL" 'CapPrm: 0000000000000000'
# the shell itself has 3 open, which it reads the names from
has "sudo: no file of root's reaches TOOL" 'open:  [4-9] [1-9][0-9]'
says "sudo: the file is the caller's" 0 desk stat -c %U file.pcapng
says "sudo: no file where the caller may not write" 2 '/root/file.pcapng: cannot be written: Permission denied' by_sudo "$program" live -w /root/file.pcapng -- true
says "live --report makes the page to attach" 0 'Tool        st-info ended with status 0' \
	by_sudo "$program" live --fail-on never --report report.html -- st-info --probe
cp report.html $room/said
has "the page holds what the tool printed" 'Found 1 stlink programmers'
has "and what it asked the probe" 'GET_CURRENT_MODE'
stat -c %U report.html >$room/said
has "and is the caller's" desk
says "live --wait --for ends by itself" 1 'no program ever sent it a command' by_sudo "$program" live --wait --for 1
address=$(cat /sys/bus/usb/devices/1-1/devnum)
by_sudo "$program" live --fail-on never --device "1:$address" -- st-info --probe >$room/said 2>&1
status=$?
has "live --device shows that probe" "ST-LINK/V2-1 0483:374b at 1:$address, V2J37M27"
grep -q '^ *[0-9]* .* 1:' $room/said && ! grep '^ *[0-9]* ' $room/said | grep ' 1:' | grep -qv " 1:$address " &&
	echo "ok and no other" || echo "not ok and no other"
echo precious >old.pcapng && chown desk old.pcapng
says "live -w takes the place of an older file" 0 'Tool        true ended with status 0' by_sudo "$program" live --fail-on never -w old.pcapng -- true
says "and of all of it" 0 '0 transactions' "$program" decode old.pcapng
says "no report where it cannot be written, said before anything runs" 2 '/no/report.html: cannot be written' \
	by_sudo "$program" live --report /no/report.html -- touch ran
test ! -e ran && echo "ok nothing was run" || echo "not ok nothing was run"
mkfifo pipe
says "a pipe that nobody reads is not waited for" 2 'pipe: cannot be written' timeout -s KILL 30 "$program" live -w pipe -- true
says "nor over the capture" 2 './both.html: is where -w goes, too' by_sudo "$program" live -w both.html --report ./both.html -- true
says "live says that nothing sits where --device points" 2 'no ST-Link at 1:99 in this capture' \
	by_sudo "$program" live --fail-on never -i usbmon1 --device 1:99 --for 1
by_sudo "$program" live --fail-on never -q --json -- st-info --probe 2>/dev/null >$room/said
status=$?
has "-q --json: the summary is all of stdout" '{"type":"summary"'
test "$(wc -l <$room/said)" = 1 && echo "ok and one line" || echo "not ok and one line"
says "root that calls stays root" 0 'uid=0(root)' "$program" live --fail-on never -q -- id
says "a TOOL that is not there" 2 "cannot run 'no-such-tool'" "$program" live -- no-such-tool

cp "$program" $room/program
echo secret >$room/secret
chmod 600 $room/secret
for right in +p +ep set-user-id; do
	case $right in
	+*) setcap cap_dac_read_search$right $room/program ;;
	*) setcap -r $room/program && chmod 4755 $room/program ;;
	esac
	says "$right: the program reads no file that its caller may not" 2 'you are not allowed to read it' as desk $room/program decode $room/secret
	[ $right != +ep ] || continue
	says "$right: a user may capture" 0 "cannot open $room/secret" as desk $room/program live --fail-on never -q -- sh -c "read -r x <$room/secret; true"
	has "$right: TOOL may not more than before" 'Tool        sh ended with status 0'
	says "$right: nor is more written" 2 '/root/file.pcapng: cannot be written: Permission denied' as desk $room/program live -w /root/file.pcapng --for 1
done

# What is advised to mend it for good, on a machine that never heard of the group.
sed -i '/^usbmon:/d' /etc/group
touch /etc/udev/rules.d/60-stlinkscope.rules
udevadm control --reload
udevadm trigger --subsystem-match=usbmon
udevadm settle --timeout=60
chown root:root /dev/usbmon*
says "without the group a user does not capture" 2 'may not read /dev/usbmon1' as desk "$program" live --for 1
as desk "$program" devices --json | perl -MJSON::PP -0777 -ne \
	'print map { "$_\n" } map { @{$_->{lasting_commands}} } grep { $_->{id} eq "usbmon-denied" } @{decode_json($_)->{problems}}' >lasting.sh
USER=desk sh -c 'sudo() { "$@"; }; set -e; . ./lasting.sh' >/dev/null
udevadm settle --timeout=60
says "what mends it for good does" 0 'Tool        true ended with status 0' as desk "$program" live --fail-on never -q -- true

rmmod usbmon
says "devices: usbmon is not loaded" 0 'sudo modprobe usbmon' as desk "$program" devices
says "and by sudo what sudo is to do" 2 'usbmon is not loaded; to mend it: sudo modprobe usbmon' by_sudo "$program" live
says "live says so in one line" 2 'the kernel module usbmon is not loaded; to mend it: modprobe usbmon' "$program" live
