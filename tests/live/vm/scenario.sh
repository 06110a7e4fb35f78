#!/bin/sh
# In the virtual machine, as root: plays scenarios one after another. For each: tcpdump and `stlinkscope live` watch the bus, vprobe plugs its probes
# in, the clients run, and what all of them said lands in RESULTS/NAME. Usage: scenario.sh PROGRAM VPROBE RESULTS FILE...
# Knows: the words of a scenario file (README.md). Must not know: what is right; tests/live/judge tells that on the host.
program=$1 vprobe=$2 results=$3
shift 3
FIRMWARE=$(dirname "$vprobe")
PATH=$(cd "$(dirname "$0")/../clients" && pwd):$PATH
export FIRMWARE PATH

# A program without that sub-command: only tcpdump watches.
"$program" live --help >/dev/null 2>&1 || no_live=yes

say() { echo "$(cut -d ' ' -f 1 /proc/uptime) $*"; }

# until_true SECONDS COMMAND...: asks ten times a second; fails where it did not come true in time.
until_true() {
	tries=$(($1 * 10))
	shift
	while ! "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.1
	done
}
plugged() { # COUNT: so many devices beside the root hubs, each with its driver's interfaces
	[ "$(cat /sys/bus/usb/devices/[0-9]*-[0-9]*/bNumInterfaces 2>/dev/null | wc -l)" -ge "$1" ]
}
unplugged() { ! ls /sys/bus/usb/devices/[0-9]*-[0-9]*/idVendor >/dev/null 2>&1; }
has_lines() { [ "$(wc -l <"$room/live.txt")" -ge "$1" ]; }
ended() { ! kill -0 "$1" 2>/dev/null; }
group_ended() { ! kill -0 "-$1" 2>/dev/null; }
watching() { ended "$1" || ls -l "/proc/$1/fd" 2>/dev/null | grep -q /dev/usbmon; }

# stop SIGNAL PID NAME: asks a process to end, makes it after half a minute, and keeps its exit status.
stop() {
	kill -"$1" "$2" 2>/dev/null
	until_true 30 ended "$2" || { kill -KILL "$2" && echo "$3 had to be killed" >>"$room/trouble"; }
	wait "$2"
	echo $? >"$room/$3.exit"
}

# as_user USER COMMAND...: in place of the shell that calls it.
as_user() {
	owner=$1
	shift
	if [ "$owner" = root ]; then
		export HOME=/root
		exec "$@"
	else
		export HOME="/home/$owner"
		exec setpriv --reuid "$owner" --regid "$owner" --init-groups -- "$@"
	fi
}

# One word of a scenario a line. What only the judge needs is skipped.
read_scenario() {
	user=desk watch=wait watcher=sudo options= seconds=60 pause=0 space= kill_live= freeze= monitor=1
	: >"$room/probes" >"$room/clients" >"$room/beside"
	while read -r word value; do
		case $word in
		probe) echo "$value" >>"$room/probes" ;;
		device) echo "device=$value" >>"$room/probes" ;;
		client) echo "$value" >>"$room/clients" ;;
		beside) echo "$value" >>"$room/beside" ;;
		user | watch | watcher | options | seconds | pause | space | kill_live | freeze | monitor) eval "$word=\$value" ;;
		'' | '#'* | exit | live_exit | headline | side | finding | allow | session | capture | differs | never | secret | flashed | printed) ;;
		*) echo "unknown word: $word" >>"$room/trouble" ;;
		esac
	done <"$1"
}

start_tcpdump() {
	tcpdump -i "usbmon$monitor" -s 0 -B 65536 -w "$room/tcpdump.pcap" >"$room/tcpdump.txt" 2>&1 &
	tcpdump=$!
	until_true 60 watching "$tcpdump" || echo "tcpdump does not watch" >>"$room/trouble"
}

# sudo: as root for the user desk; sniffer: as that user; root: as root for nobody. Arguments: what comes after the options.
run_live() {
	cd "$room/desk" || return
	# shellcheck disable=SC2086 # the options are words
	case $watcher in
	sudo) SUDO_UID=4711 SUDO_GID=4711 SUDO_USER=desk exec "$program" live -w live.pcapng $options "$@" ;;
	root) exec "$program" live -w live.pcapng $options "$@" ;;
	*) exec setpriv --reuid "$watcher" --regid "$watcher" --init-groups -- "$program" live -w live.pcapng $options "$@" ;;
	esac
}
start_live() {
	run_live "$@" >"$room/live.txt" 2>"$room/live.err" &
	live=$!
	until_true 60 watching "$live" || echo "live does not watch" >>"$room/trouble"
}

start_probes() {
	set --
	while read -r line; do set -- "$@" "$line"; done <"$room/probes"
	[ $# -gt 0 ] || return 0
	"$vprobe" --log "$room/vprobe.log" "$@" >"$room/vprobe.txt" 2>&1 &
	probes=$!
	until_true 60 plugged $# || echo "the probes did not come" >>"$room/trouble"
	udevadm settle --timeout=60
	sleep 0.3
}

start_beside() {
	while read -r line; do
		as_user "$user" setsid sh -c "$line" >>"$room/beside.log" 2>&1 </dev/null &
		companions="$companions $!"
	done <"$room/beside"
	sleep "$pause"
}

# freeze N: while the Nth client runs, live gets no processor time, and its buffer runs over.
run_clients() {
	number=0
	while read -r line; do
		number=$((number + 1))
		[ "$number" != "$freeze" ] || kill -STOP "$live"
		echo "\$ $line" >>"$room/client.log"
		(cd "$room/desk" && as_user "$user" timeout -k 2 "$seconds" sh -c "$line" </dev/null) >>"$room/client.log" 2>&1
		echo $? >"$room/client.exit"
		echo "[exit $(cat "$room/client.exit")]" >>"$room/client.log"
		[ "$number" != "$freeze" ] || kill -CONT "$live"
	done <"$room/clients"
}

# The clients, run by live itself: one shell that runs them all.
run_under_live() {
	script=$(tr '\n' ';' <"$room/clients")
	run_live -- timeout -k 2 "$seconds" sh -c "${script%;}" >"$room/live.txt" 2>"$room/live.err" </dev/null &
	live=$!
	until_true $((seconds + 15)) ended "$live" || echo "live did not end with its tool" >>"$room/trouble"
	stop TERM "$live" live
	live=
}

play() {
	name=$(basename "$1")
	room=/tmp/live/$name tcpdump= live= probes= companions=
	mkdir -p "$room/desk"
	read_scenario "$1"
	case $watcher in sudo) chown 4711:4711 "$room/desk" ;; *) chown "$watcher" "$room/desk" ;; esac
	chmod 755 "$room/desk"
	[ -z "$space" ] || mount -t tmpfs -o "size=${space}k,mode=777" tmpfs "$room/desk"

	[ -z "$no_live" ] || watch=none
	start_tcpdump
	[ "$watch" != wait ] || start_live --wait
	start_probes
	[ "$watch" != late ] || start_live
	start_beside
	[ -z "$kill_live" ] || (until_true 60 has_lines "$kill_live" && kill -KILL "$live") &
	if [ "$watch" = tool ]; then run_under_live; else run_clients; fi

	# The clients' last transfers, and what the probe does by itself thereafter.
	sleep 0.3
	# Each leads a process group of its own.
	for companion in $companions; do kill -TERM "-$companion" 2>/dev/null; done
	for companion in $companions; do until_true 20 group_ended "$companion" || kill -KILL "-$companion"; done
	[ -z "$live" ] || stop INT "$live" live
	stop INT "$tcpdump" tcpdump
	if [ -n "$probes" ]; then
		stop TERM "$probes" vprobe
		until_true 30 unplugged || echo "a device is left over" >>"$room/trouble"
	fi
	cp "$room/desk/live.pcapng" "$room/" 2>/dev/null
	[ -z "$space" ] || umount -l "$room/desk"
	rm -rf "$room/desk" "$results/$name"
	cp -r "$room" "$results/" && rm -rf "$room"
	: >"$results/$name/done"
}

for file in "$@"; do
	say "${file##*/}"
	play "$file"
done
say end
