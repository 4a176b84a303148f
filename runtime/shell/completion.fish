# fish completion for starwire:  starwire completion fish | source
complete -c starwire -n __fish_use_subcommand -a run -d 'run a script'
complete -c starwire -n __fish_use_subcommand -a doctest -d 'run the >>> examples of documents'
complete -c starwire -n __fish_use_subcommand -a test -d 'run the test_* functions of *_test.star files'
complete -c starwire -n __fish_use_subcommand -a check -d 'find mistakes without running'
complete -c starwire -n __fish_use_subcommand -a port -d 'write the Starlark program that a Python 2 program is'
complete -c starwire -n __fish_use_subcommand -a help -d 'explain a name'
complete -c starwire -n __fish_use_subcommand -a completion -d 'print the completion of a shell'
complete -c starwire -n '__fish_seen_subcommand_from help' -f -a '(starwire help --names (commandline -ct) 2>/dev/null)'
complete -c starwire -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'
complete -c starwire -s c -x -d 'run code'
complete -c starwire -s i -d 'talk to it afterwards'
complete -c starwire -l timeout -x -d 'end the run after that long'
complete -c starwire -l cacert -r -d 'trust these authorities'
complete -c starwire -l color -x -a 'auto always never' -d 'when to use colours'
complete -c starwire -l resolve -x -d 'connect elsewhere'
complete -c starwire -l debuglevel -x -d 'print what connections send and receive'
complete -c starwire -l setup -r -d 'doctest: a script to run first'
complete -c starwire -l sandbox -d 'nothing but what is allowed'
complete -c starwire -l audit -d 'tell the flags that the run needed'
complete -c starwire -l allow-net -x -d 'hosts to connect to'
complete -c starwire -l deny-net -x -d 'hosts not to connect to'
complete -c starwire -l allow-read -r -d 'folders to read'
complete -c starwire -l allow-write -r -d 'folders to write'
complete -c starwire -l allow-env -x -d 'environment variables to read'
complete -c starwire -l allow-listen -d 'run test servers'
complete -c starwire -l policy -x -a 'python strict' -d 'how careful connections are'
complete -c starwire -l deadline -x -d 'seconds for a request and its response'
complete -c starwire -l socket-timeout -x -d 'seconds a socket waits that is given no timeout'
complete -c starwire -l limit -x -d 'NAME=N, of what a server sends' -a '(string join \n line headers head_bytes interim chunk_line chunk_overhead trailers trailer_bytes empty_lines read_ahead host request_line request_value head_time)='
complete -c starwire -l max-body -x -d 'bytes that one read may return'
complete -c starwire -l max-steps -x
complete -c starwire -l max-read -x
complete -c starwire -l max-write -x
complete -c starwire -l max-print -x
complete -c starwire -l max-conns -x
complete -c starwire -l max-depth -x
complete -c starwire -l max-json-depth -x
complete -c starwire -l max-memory -x
complete -c starwire -l isolate -d 'run it in a process of its own'
complete -c starwire -o run -x -d 'test: names to run'
complete -c starwire -s v -d 'test: every test'
complete -c starwire -l tap -d 'test: TAP'
complete -c starwire -l junit -r -d 'test: a report'
complete -c starwire -l json -d 'check: JSON'
complete -c starwire -s o -r -d 'port: a new file to write to'
complete -c starwire -l help
complete -c starwire -l version
