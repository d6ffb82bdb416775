# bash completion for toolkit: source <(toolkit completion bash)
_toolkit() {
	local current=${COMP_WORDS[COMP_CWORD]} IFS=$'\n'
	local -a command=("${COMP_WORDS[@]:0:COMP_CWORD}")
	command[0]=${command[0]/#\~/$HOME}
	[[ $current == -* ]] && command+=("$current")
	# SHELL tells the program to print words without their descriptions.
	COMPREPLY=($(compgen -W "$(SHELL=bash "${command[@]}" --generate-bash-completion 2>/dev/null)" -- "$current"))
}
complete -o bashdefault -o default -F _toolkit toolkit
