#include <cstdio>
#include <memory>
#include <string>

#include "commands.hpp"

namespace cbsim::app {
namespace {

// Both scripts ask the program that is being typed (`cbsim complete`), so they never go stale. A
// line @config or @folder asks the shell for files; after "=" no space follows.

constexpr const char* kBash =
    R"script(# Completion of cbsim for bash: eval "$(cbsim completion bash)" in ~/.bashrc.
_cbsim() {
  # bash splits words at = and :, which are put together again.
  local -a words=("${COMP_WORDS[0]}")
  local i glue=no word line
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ $glue == yes || ($i -gt 1 && $word == [=:]*) ]]; then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    if [[ $word == *[=:] ]]; then glue=yes; else glue=no; fi
  done
  local current=${words[${#words[@]} - 1]}
  # What bash does not replace.
  local kept=${current%"${current##*[=:]}"}
  local IFS=$'\n'
  COMPREPLY=()
  for line in $("${COMP_WORDS[0]}" complete "${words[*]}" 2>/dev/null); do
    case $line in
      @config)
        compopt -o filenames 2>/dev/null
        COMPREPLY+=($(compgen -f -X '!*.json' -- "$current") $(compgen -d -- "$current"))
        ;;
      @folder)
        compopt -o filenames 2>/dev/null
        COMPREPLY+=($(compgen -d -- "$current"))
        ;;
      *)
        [[ $line != *= ]] || compopt -o nospace 2>/dev/null
        COMPREPLY+=("${line#"$kept"}")
        ;;
    esac
  done
}
complete -F _cbsim cbsim
)script";

constexpr const char* kZsh = R"script(#compdef cbsim
# Completion of cbsim for zsh: source <(cbsim completion zsh) in ~/.zshrc after compinit, or write it
# to a file _cbsim in a folder of $fpath.
_cbsim() {
  local line
  local -a typed plain open
  typed=("${(@Q)words[1,CURRENT-1]}" "$PREFIX")
  for line in "${(@f)$("${(Q)words[1]}" complete "${(pj:\n:)typed}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      @config) _files -g '*.json' ;;
      @folder) _files -/ ;;
      *=) open+=("$line") ;;
      *) plain+=("$line") ;;
    esac
  done
  (( $#open )) && compadd -S '' -a open
  (( $#plain )) && compadd -a plain
}
if [[ ${funcstack[1]} == _cbsim ]]; then
  _cbsim "$@"
else
  compdef _cbsim cbsim
fi
)script";

}  // namespace

void add_completion(CLI::App& app, int& /*exit_code*/) {
  const auto shell = std::make_shared<std::string>();
  auto* command = app.add_subcommand("completion", "Print a script that completes command lines");
  command->add_option("SHELL", *shell, "The shell")
      ->required()
      ->option_text("bash|zsh")
      ->check(CLI::IsMember({"bash", "zsh"}));
  command->footer(
      "In ~/.bashrc:                   eval \"$(cbsim completion bash)\"\n"
      "In ~/.zshrc, after compinit:    source <(cbsim completion zsh)");
  command->callback([shell] { std::fputs(*shell == "bash" ? kBash : kZsh, stdout); });
}

}  // namespace cbsim::app
