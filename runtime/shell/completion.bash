# bash completion for starwire. In ~/.bashrc:  source <(starwire completion bash)
_starwire() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local commands='run doctest test check port help completion'
	local flags='--allow-env --allow-listen --allow-net --allow-read --allow-write --audit --cacert --color --deadline --debuglevel --deny-net --help --isolate --json --junit --limit --max-body --max-conns --max-depth --max-json-depth --max-memory --max-print --max-read --max-steps --max-write --policy --resolve --sandbox --setup --socket-timeout --tap --timeout --version -c -i -run -v -o'
	local limits='line headers head_bytes interim chunk_line chunk_overhead trailers trailer_bytes empty_lines read_ahead host request_line request_value head_time'
	COMPREPLY=()
	case $prev in
	--color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
	--policy) COMPREPLY=($(compgen -W 'python strict' -- "$cur")); return ;;
	--limit) compopt -o nospace; COMPREPLY=($(compgen -S = -W "$limits" -- "$cur")); return ;;
	completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur")); return ;;
	help) COMPREPLY=($(compgen -W "$(starwire help --names "$cur" 2>/dev/null)" -- "$cur")); return ;;
	esac
	case $cur in
	-*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
	*)
		[ "$COMP_CWORD" -eq 1 ] && COMPREPLY=($(compgen -W "$commands" -- "$cur"))
		COMPREPLY+=($(compgen -f -- "$cur"))
		;;
	esac
}
complete -o filenames -F _starwire starwire
