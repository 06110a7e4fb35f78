# Bash completion for stlinkscope. tests/check_docs.sh compares it with --help.

_stlinkscope()
{
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} subcommand=summary word
	local subcommands='summary decode live compare stats devices report scrub annotate extract explain commands'
	local options values=

	for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
		if [[ " $subcommands " == *" $word "* ]]; then
			subcommand=$word
			break
		fi
	done

	case $previous in
	--time) values='relative delta utc' ;;
	--sort) values='time count name worst' ;;
	--fail-on) values='error warning info never' ;;
	--only) values='errors mode memory dap core trace usb probe swim dfu bridge scsi tool' ;;
	--exit-code) values='findings tool' ;;
	--color) values='auto always never' ;;
	--format) values='html md json' ;;
	--keep) values='memory serial trace unknown tool' ;;
	--address | --frames | --device | --command | --sessions | --interface | --for | --buffer) return ;;
	esac
	if [[ $values ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
		return
	fi

	options='--help --usage --version'
	case $subcommand in
	summary) options+=' --json --device --time --color --serials --quiet --verbose --fail-on --junit --with-filename' ;;
	decode)
		options+=' --json --device --time --color --serials --quiet --verbose --bytes --full --no-fold'
		options+=' --only --command --address --frames --hex --v1'
		;;
	live)
		options+=' --json --device --time --color --serials --quiet --verbose --bytes --full --no-fold'
		options+=' --only --command --address --frames'
		options+=' --interface --wait --for --write --all-devices --report --buffer --fail-on --exit-code'
		;;
	compare) options+=' --json --device --time --color --serials --quiet --verbose --sessions' ;;
	stats) options+=' --json --device --time --color --serials --quiet --verbose --sort' ;;
	devices) options+=' --json --device --time --color --serials --quiet --verbose' ;;
	report) options+=' --device --serials --quiet --output --format' ;;
	scrub) options+=' --json --quiet --keep' ;;
	annotate) options+=' --serials --quiet' ;;
	extract) options+=' --json --device --quiet --memory --swo --itm' ;;
	explain) options+=' --json --markdown --color' ;;
	commands) options+=' --json' ;;
	esac
	if [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
	elif ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$subcommands" -- "$current"; compgen -f -- "$current")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
	fi
}
complete -o filenames -F _stlinkscope stlinkscope
