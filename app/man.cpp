// The manual page, in the man macros of troff.
#include <array>
#include <utility>

#include "app/command_table.hpp"
#include "app/commands.hpp"

namespace oligosim {
namespace {

constexpr std::array<std::pair<int, const char*>, 6> exits{{
    {done, "done"},
    {defect, "a defect of the program, or a failed selftest"},
    {bad_input, "the input is wrong; every mistake is listed with file, line and column, and nothing is written"},
    {quality_missed, "done, but a limit of quality that the study states was missed"},
    {disk_failed, "the disk or file system failed"},
    {folder_busy, "another run holds the folder"},
}};

/// Text as it stands: troff gives backslash, hyphen, and a dot or an apostrophe at the start of a line a meaning.
std::string plain(const std::string& text) {
  std::string out = !text.empty() && (text[0] == '.' || text[0] == '\'') ? "\\&" : "";
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

std::string bold(const std::string& text) { return "\\fB" + plain(text) + "\\fR"; }
std::string slanted(const std::string& text) { return "\\fI" + plain(text) + "\\fR"; }

std::string written(const ArgumentShape& argument) {
  if (argument.name[0] != '-') return slanted(argument.name) + (argument.several ? " ..." : "");
  return bold(argument.name) + (argument.value.empty() ? "" : " " + slanted(argument.value));
}

std::string described(const ArgumentShape& argument) {
  std::string text = ".TP\n" + written(argument) + "\n" + plain(argument.what);
  return text + (argument.required && argument.name[0] == '-' ? " (required)" : "") + "\n";
}

std::string command_text(const CommandShape& command) {
  std::string text =
      ".SS " + plain(command.name) + "\n" + plain(command.what) + ".\n.PP\n" + bold("oligosim " + command.name);
  for (const ArgumentShape& place : command.places) text += " " + written(place);
  for (const ArgumentShape& option : command.options)
    if (option.required) text += " " + written(option);
  text += command.options.size() > 1 ? " [" + slanted("options") + "]\n" : "\n";
  for (const auto* arguments : {&command.places, &command.options})
    for (const ArgumentShape& argument : *arguments)
      if (argument.what.find("help") == std::string::npos) text += described(argument);
  text += ".PP\n.nf\n";
  for (const std::string& example : command.examples) text += "    " + plain(example) + "\n";
  return text + ".fi\n";
}

}  // namespace

std::string man_page(const std::vector<CommandShape>& commands, const std::string& version, const std::string& date) {
  std::string text = ".TH OLIGOSIM 1 \"" + date + "\" \"oligosim " + version + "\" \"User Commands\"\n";
  text += ".SH NAME\noligosim \\- simulation and bootstrap engine for trial design\n";
  text += ".SH SYNOPSIS\n" + bold("oligosim") + " " + slanted("command") + " [" + slanted("argument") + " ...]\n.br\n" +
          bold("oligosim") + " " + slanted("command") + " " + bold("--help") + "\n";
  text +=
      ".SH DESCRIPTION\n"
      "Simulates clinical trials as their protocols say, reruns the analysis plan in every replicate, and reports\n"
      "power, interval coverage and duration, each with its Monte Carlo error. A study is one YAML file.\n"
      "Standard output carries results or nothing, standard error the progress and messages.\n";
  text += ".SH COMMANDS\n";
  for (const CommandShape& command : commands) text += command_text(command);
  text += ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] : exits) text += ".TP\n" + std::to_string(code) + "\n" + plain(meaning) + "\n";
  text += ".TP\n130, 143\nstopped by a signal, with everything finished so far kept; the same command goes on\n";
  return text;
}

}  // namespace oligosim
