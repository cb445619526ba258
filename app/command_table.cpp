#include "app/command_table.hpp"

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "version.hpp"

namespace oligosim {
namespace {

constexpr const char* heading = "Examples:";
constexpr const char* indent = "\n  ";

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find(at, from), text.size());
    parts.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

std::vector<std::string> examples_of(const std::string& footer) {
  std::vector<std::string> lines = split(footer, '\n');
  lines.erase(lines.begin());
  for (std::string& line : lines) line.erase(0, line.find_first_not_of(' '));
  return lines;
}

/// CLI11 says what is accepted after the name of the value: "KIND:{study,plan}".
ArgumentShape shape_of(const CLI::Option& option) {
  const std::string type = option.get_items_expected_max() > 0 ? option.get_type_name() : "";
  ArgumentShape shape{
      .name = option.get_name(), .value = type.substr(0, type.find(':')), .what = option.get_description()};
  const std::size_t open = type.find('{'), close = type.find('}');
  if (open != std::string::npos && close != std::string::npos)
    shape.words = split(type.substr(open + 1, close - open - 1), ',');
  shape.required = option.get_required();
  shape.several = option.get_items_expected_max() > 1;
  return shape;
}

}  // namespace

std::string examples_footer(const std::string& examples) {
  std::string text = heading;
  for (const std::string& line : split(examples, '\n')) text += indent + line;
  return text;
}

std::vector<CommandShape> command_shapes(const CLI::App& app) {
  std::vector<CommandShape> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    CommandShape shape{.name = command->get_name(), .what = command->get_description(), .examples = {}};
    shape.examples = examples_of(command->get_footer());
    for (const CLI::Option* option : command->get_options([](const CLI::Option*) { return true; }))
      (option->get_positional() ? shape.places : shape.options).push_back(shape_of(*option));
    commands.push_back(std::move(shape));
  }
  return commands;
}

int man_command(const CLI::App& app) {
  print_result("{}", man_page(command_shapes(app), build::version, build::date));
  return done;
}

int completion_command(const CLI::App& app, const std::string& shell) {
  print_result("{}", completion_script(command_shapes(app), shell));
  return done;
}

}  // namespace oligosim
