// Scripts that make shells complete the program's commands and options.
#include <fmt/format.h>

#include "app/command_table.hpp"
#include "app/console.hpp"

namespace oligosim {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// Of commands, or of options.
template <class Shape>
std::string names(const std::vector<Shape>& shapes) {
  std::vector<std::string> all;
  for (const Shape& shape : shapes) all.push_back(shape.name);
  return joined(all);
}

/// What bash is to offer for a value.
std::string bash_values(const ArgumentShape& argument) {
  if (!argument.words.empty()) return "_oligosim_words '" + joined(argument.words) + "'";
  if (argument.value == "DIR") return "_oligosim_files -d";
  return argument.value == "FILE" ? "_oligosim_files -f" : ":";
}

std::string bash_script(const std::vector<CommandShape>& commands) {
  std::string values, places;
  for (const CommandShape& command : commands) {
    for (const ArgumentShape& option : command.options)
      if (!option.value.empty())
        values += fmt::format("    {}:{}) {}; return ;;\n", command.name, option.name, bash_values(option));
    const std::string place = command.places.empty() ? ":" : bash_values(command.places.front());
    places += fmt::format("    {}) [[ $word == -* ]] && _oligosim_words '{}' || {} ;;\n", command.name,
                          names(command.options), place);
  }
  return fmt::format(R"(# Completion of oligosim for bash.
_oligosim_words() {{ mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word"); }}
_oligosim_files() {{
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$word")
}}
_oligosim() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _oligosim_words '{} --help --version'
    return
  fi
  if [[ $word == = ]]; then
    word=
  elif [[ $previous == = ]]; then
    previous=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  case ${{COMP_WORDS[1]}}:$previous in
{}  esac
  case ${{COMP_WORDS[1]}} in
{}  esac
}}
complete -F _oligosim oligosim
)",
                     names(commands), values, places);
}

/// In single quotes, where zsh gives a colon and a bracket a meaning.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']') out += '\\';
    out += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return out;
}

std::string zsh_values(const ArgumentShape& argument) {
  if (!argument.words.empty()) return "(" + joined(argument.words) + ")";
  if (argument.value == "DIR") return "_files -/";
  return argument.value == "FILE" ? "_files" : " ";
}

std::string zsh_script(const std::vector<CommandShape>& commands) {
  std::string described, cases;
  for (const CommandShape& command : commands) {
    described += fmt::format("    '{}:{}'\n", command.name, zsh_text(command.what));
    cases += fmt::format("    {}) _arguments", command.name);
    for (const ArgumentShape& place : command.places)
      cases += fmt::format(" '{}:{}:{}'", place.several ? "*" : "", zsh_text(place.name), zsh_values(place));
    for (const ArgumentShape& option : command.options)
      cases += fmt::format(" '{}[{}]{}'", option.name, zsh_text(option.what),
                           option.value.empty() ? "" : ":" + zsh_text(option.value) + ":" + zsh_values(option));
    cases += " ;;\n";
  }
  return fmt::format(R"(#compdef oligosim
_oligosim() {{
  local -a commands=(
{}  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
{}  esac
}}
if [[ $funcstack[1] == _oligosim ]]; then _oligosim "$@"; else compdef _oligosim oligosim; fi
)",
                     described, cases);
}

std::string fish_values(const ArgumentShape& argument) {
  if (argument.value.empty()) return "";
  if (!argument.words.empty()) return " -x -a " + shell_quoted(joined(argument.words));
  if (argument.value == "DIR") return " -x -a '(__fish_complete_directories)'";
  return argument.value == "FILE" ? " -r -F" : " -x";
}

std::string fish_script(const std::vector<CommandShape>& commands) {
  std::string text = "# Completion of oligosim for fish.\ncomplete -c oligosim -f\n";
  for (const CommandShape& command : commands) {
    text += fmt::format("complete -c oligosim -n __fish_use_subcommand -a {} -d {}\n", command.name,
                        shell_quoted(command.what));
    const std::string within = "complete -c oligosim -n '__fish_seen_subcommand_from " + command.name + "'";
    for (const ArgumentShape& place : command.places) text += within + fish_values(place) + "\n";
    for (const ArgumentShape& option : command.options)
      text += within + " -l " + option.name.substr(2) + fish_values(option) + " -d " + shell_quoted(option.what) + "\n";
  }
  return text;
}

struct Shell {
  const char* name;
  std::string (*script)(const std::vector<CommandShape>&);
};
constexpr Shell shells[] = {{"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script}};

}  // namespace

std::vector<std::string> completion_shells() {
  std::vector<std::string> all;
  for (const Shell& shell : shells) all.emplace_back(shell.name);
  return all;
}

std::string completion_script(const std::vector<CommandShape>& commands, const std::string& shell) {
  for (const Shell& known : shells)
    if (shell == known.name) return known.script(commands);
  return "";
}

}  // namespace oligosim
