#compdef toolkit
# zsh completion for toolkit: source <(toolkit completion zsh)
_toolkit() {
	local current=${words[-1]}
	local -a command words_found
	command=("${(@)words[1,-2]}")
	command[1]=${command[1]/#\~/$HOME}
	[[ $current == -* ]] && command+=("$current")
	# SHELL tells the program to print words with their descriptions.
	words_found=("${(@f)$(SHELL=zsh "${command[@]}" --generate-bash-completion 2>/dev/null)}")
	if [[ -n ${words_found[1]} ]]; then
		_describe 'values' words_found
	else
		_files
	fi
}
compdef _toolkit toolkit
