#!/bin/sh
# tools/deps.sh, with dpkg, apt and sudo replaced by scripts that write down how they were called.
. tests/support/checks.sh

fake=$(mktemp -d)
trap 'rm -rf "$fake"' EXIT

# fake_command NAME BODY: a command of that name that comes first in the path.
fake_command() {
	printf '#!/bin/sh\n%s\n' "$2" >"$fake/$1"
	chmod +x "$fake/$1"
}
# deps SET...: runs it; sets output, calls and status.
deps() {
	: >"$fake/calls"
	status=0
	output=$(PATH=$fake:$PATH tools/deps.sh "$@" 2>&1) || status=$?
	calls=$(cat "$fake/calls")
}
expect() { # WHAT CONDITION...
	what=$1
	shift
	if test "$@"; then ok "$what"; else not_ok "$what: status $status, said: $output, called: $calls"; fi
}

record="echo \"\${0##*/} \$*\" >>$fake/calls"
fake_command apt-get "$record"
fake_command sudo "$record; exit 1"
fake_command id 'echo 0'
all=$(sed -n 's/^build  *\(.*\)/installed:\1/p' packages.txt | tr '\n' ' ')

fake_command dpkg-query "echo '$all'"
deps build
expect "nothing is missing: says and calls nothing" "$status$output$calls" = 0

fake_command dpkg-query "echo '$all' | sed 's/installed:make //'"
deps build
expect "root: installs what is missing, and only that" "$status${calls##*install }" = "0--no-install-recommends make"
expect "root: updates the lists once" "$(printf '%s\n' "$calls" | grep -c ' update')" = 1

fake_command id 'echo 1000'
deps build
expect "no root, sudo would ask: fails" "$status" = 1
expect "no root, sudo would ask: prints the one command" "${output#*    }" = "sudo apt-get install --no-install-recommends make"
expect "no root, sudo would ask: installs nothing" "$(printf '%s\n' "$calls" | grep -c apt-get)" = 0

fake_command sudo "$record"
deps build
expect "no root, sudo does not ask: installs" "$status${calls##*install }" = "0--no-install-recommends make"

deps build test
expect "two sets at once" "${calls##* }" = "$(sed -n 's/^test  *//p' packages.txt | tail -n 1)"
finish
