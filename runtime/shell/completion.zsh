#compdef starwire
# zsh completion for starwire. In ~/.zshrc, after compinit:  source <(starwire completion zsh)
_starwire() {
	local -a commands
	commands=(
		'run:run a script'
		'doctest:run the >>> examples of documents'
		'test:run the test_* functions of *_test.star files'
		'check:find mistakes without running'
		'port:write the Starlark program that a Python 2 program is'
		'help:explain a name'
		'completion:print the completion of a shell'
	)
	case ${words[2]} in
	help) (( CURRENT == 3 )) && { compadd -- ${(f)"$(starwire help --names "${words[3]}" 2>/dev/null)"}; return } ;;
	completion) (( CURRENT == 3 )) && { compadd bash zsh fish; return } ;;
	esac
	(( CURRENT == 2 )) && _describe command commands
	_arguments -s \
		'--timeout[end the run after that long]:duration:' \
		'--cacert[trust these authorities]:file:_files' \
		'--color[when to use colours]:when:(auto always never)' \
		'--resolve[connect elsewhere]:HOST\:PORT\:ADDR:' \
		'--debuglevel[print what connections send and receive]:level:' \
		'--setup[doctest\: a script to run first]:file:_files' \
		'--sandbox[nothing but what is allowed]' \
		'--audit[tell the flags that the run needed]' \
		'--allow-net[hosts to connect to]:list:' '--deny-net[hosts not to connect to]:list:' \
		'--allow-read[folders to read]:folder:_files -/' '--allow-write[folders to write]:folder:_files -/' \
		'--allow-env[environment variables to read]:list:' '--allow-listen[run test servers]' \
		'--max-steps:number:' '--max-read:size:' '--max-write:size:' '--max-print:size:' '--max-conns:number:' '--max-depth:number:' '--max-json-depth:number:' \
		'--max-memory:size:' '--isolate[run it in a process of its own]' \
		'--policy[how careful connections are]:policy:(python strict)' '--deadline[for a request and its response]:duration:' \
		'--socket-timeout[of sockets that are given none]:duration:' \
		'--max-body[what one read may return]:size:' \
		'*--limit[of what a server sends]:NAME=N:compadd -S = line headers head_bytes interim chunk_line chunk_overhead trailers trailer_bytes empty_lines read_ahead host request_line request_value head_time' \
		'-run[test\: names to run]:regular expression:' '-v[test\: every test]' '--tap[test\: TAP]' \
		'--junit[test\: a report]:file:_files' '--json[check\: JSON]' '-o[port\: a new file to write to]:file:_files' \
		'-c[run code]:code:' '-i[talk to it afterwards]' '--help' '--version' '*:file:_files'
}
compdef _starwire starwire
