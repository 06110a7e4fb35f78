#!/bin/sh
# Prints README.md with its examples as the program prints them now: in a code block (fenced by ```) whose first line is
# "$ stlinkscope ...", the other lines are replaced by what that command prints. Needs STLINKSCOPE.
set -eu

inside=false running=false
while IFS= read -r line; do
	case $line in
	'```'*)
		if $inside; then inside=false; else inside=true; fi
		running=false
		printf '%s\n' "$line"
		;;
	'$ stlinkscope '*)
		printf '%s\n' "$line"
		if $inside; then
			running=true
			# A line for a shell, quotes included. 1 is a verdict.
			NO_COLOR=1 sh -c "\"\$STLINKSCOPE\" ${line#\$ stlinkscope }" 2>&1 </dev/null || [ $? -eq 1 ]
		fi
		;;
	*) $running || printf '%s\n' "$line" ;;
	esac
done <README.md
