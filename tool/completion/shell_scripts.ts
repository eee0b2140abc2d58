/** A shell that knows completion. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of {@linkcode SHELLS}. */
export type Shell = typeof SHELLS[number];

// All of them ask the program itself, with the words up to the cursor. Each
// line of its answer is a word, and after a tab what it stands for; ":files"
// leaves it to the shell to complete the name of a file.

const BASH = `# Completion of cni for bash: source <(cni tool completion bash)
_cni() {
  local cur=\${COMP_WORDS[COMP_CWORD]} lines line
  mapfile -t lines < <("\${COMP_WORDS[0]}" tool complete -- \\
    "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=()
  if [ "\${lines[0]}" = :files ]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    return
  fi
  for line in "\${lines[@]}"; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done
}
complete -F _cni cni
`;

const ZSH = `#compdef cni
# Completion of cni for zsh: source <(cni tool completion zsh)
_cni() {
  local -a lines items
  local line word
  lines=("\${(@f)$("\${words[1]}" tool complete -- \\
    "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${lines[1]}" == ":files" ]]; then
    _files
    return
  fi
  for line in "\${lines[@]}"; do
    [[ -n "$line" ]] || continue
    word="\${line%%$'\\t'*}"
    items+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe -t cni cni items
}
compdef _cni cni
`;

const FISH = `# Completion of cni for fish: cni tool completion fish | source
function __cni_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l lines ($words[1] tool complete -- $words[2..-1] 2>/dev/null)
  if test "$lines[1]" = :files
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $lines
  end
end
complete -c cni -f -a '(__cni_complete)'
`;

/** What a shell is to be told, to complete the command lines of `cni`. */
export const SHELL_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
};
