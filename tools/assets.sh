#!/bin/sh
# Files as C strings, each with the hash that a Content-Security-Policy names it by. Usage: tools/assets.sh FILE... >header
# analyzer/output/page/report.css becomes report_css, and report_css_hash: base64 of its SHA-256.
set -eu

echo '/* Made by tools/assets.sh. */'
for file in "$@"; do
	name=$(basename "$file" | tr '.' '_')
	echo "static const char ${name}[] ="
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/\\t/g' -e 's/.*/	"&\\n"/' "$file"
	echo '	;'
	digits=$(sha256sum "$file" | cut -c1-64)
	hash=$(env printf "$(echo "$digits" | sed 's/../\\x&/g')" | base64)
	echo "static const char ${name}_hash[] = \"sha256-$hash\";"
done
