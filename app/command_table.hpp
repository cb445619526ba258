#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace oligosim {

/// The end of a command's help: its examples, given one a line.
std::string examples_footer(const std::string& examples);

/// A word that a command takes.
struct ArgumentShape {
  std::string name;   // "--out"; of a word by its place "study"
  std::string value;  // what follows it: FILE, DIR, N; empty for a flag
  std::string what;
  std::vector<std::string> words = {};  // those accepted; empty: any
  bool required = false, several = false;
};

struct CommandShape {
  std::string name, what;
  std::vector<std::string> examples;
  std::vector<ArgumentShape> places, options;
};

/// The commands as CLI11 has them.
std::vector<CommandShape> command_shapes(const CLI::App& app);

/// The manual page, for man.
std::string man_page(const std::vector<CommandShape>& commands, const std::string& version, const std::string& date);

std::vector<std::string> completion_shells();
/// What a shell is to read, so that it completes commands, options, files and words.
std::string completion_script(const std::vector<CommandShape>& commands, const std::string& shell);

int man_command(const CLI::App& app);
int completion_command(const CLI::App& app, const std::string& shell);

}  // namespace oligosim
