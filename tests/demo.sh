#!/bin/sh
# What `make demo` shows: the verdict on a bundled capture of a failing session, then a few lines of its transcript.
# Usage: tests/demo.sh PROGRAM. Ends with 0 whatever the verdict is.
set -eu

cd "$(dirname "$0")/.."
capture=captures/target-silent-v2/capture.pcap

show() { # COMMAND...: prints and runs; 1 is a verdict, not a failure of the demo
	echo "\$ stlinkscope $*"
	"$program" "$@" || [ $? -eq 1 ]
	echo
}

program=$1
show summary "$capture"
show decode "$capture"
echo "More: ./stlinkscope --help, and captures/*/about.md for the other bundled captures."
