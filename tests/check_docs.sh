#!/bin/sh
# The program's help, the manual page and the bash completion know the same sub-commands and the same long options; the page of
# findings is what the program prints.
. tests/support/checks.sh

same() { # WHAT TEXT TEXT: both are the same lists
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1"
		echo "one:   $(echo "$2" | tr '\n' ' ')"
		echo "other: $(echo "$3" | tr '\n' ' ')"
	fi
}

options_of() { # SUB-COMMAND: its long options, as --help lists them
	"$STLINKSCOPE" "$1" --help | sed -n 's/^  *\(-., \)*\(--[a-z][a-z0-9-]*\).*/\2/p' | LC_ALL=C sort -u
}

completions() { # WORD...: what bash would offer after "stlinkscope WORD..."
	bash -c '. docs/stlinkscope.bash; COMP_WORDS=(stlinkscope "$@"); COMP_CWORD=$#; _stlinkscope; printf "%s\n" "${COMPREPLY[@]}"' \
		completions "$@" | LC_ALL=C sort -u
}

man=docs/stlinkscope.1
subcommands=$("$STLINKSCOPE" --help | sed -n 's/^  \([a-z][a-z]*\)  *.*/\1/p' | LC_ALL=C sort)
same "manual: sub-commands" "$subcommands" "$(sed -n 's/^\.It Cm \([a-z]*\)$/\1/p' $man | LC_ALL=C sort)"
same "completion: sub-commands" "$subcommands" "$(completions '' | grep -xE '[a-z]+' | grep -vxF "$(ls)")"

all=
for subcommand in $subcommands; do
	options=$(options_of "$subcommand")
	all="$all$options
"
	same "completion: options of $subcommand" "$options" "$(completions "$subcommand" --)"
done
same "manual: options" "$(printf '%s' "$all" | LC_ALL=C sort -u)" \
	"$(grep -oE 'Fl -[a-z][a-z0-9-]+' $man | sed 's/^Fl -/--/' | LC_ALL=C sort -u)"

if command -v mandoc >/dev/null 2>&1; then
	check "manual: mandoc finds nothing to warn of" mandoc -T lint -W warning $man
else
	skip "manual: mandoc is not installed"
fi
empty "docs/FINDINGS.md is what the program prints; make bless writes it anew" \
	"$("$STLINKSCOPE" explain --markdown | diff docs/FINDINGS.md - 2>&1 | head -n 40)"
missing=
for file in $(grep -hoE '\]\([A-Za-z][A-Za-z0-9_./-]*\)' README.md docs/*.md | tr -d ']()'); do
	[ -e "$file" ] || [ -e "docs/$file" ] || missing="$missing $file"
done
empty "links in the documents lead somewhere" "$missing"
finish
