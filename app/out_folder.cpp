#include "app/out_folder.hpp"

#include "engine/io/file.hpp"
#include "engine/io/yaml.hpp"

namespace oligosim {

void check_out(const std::filesystem::path& out) {
  if (out.empty()) throw InputError("--out: is empty (a folder)");
  std::error_code ignored;
  for (std::filesystem::path part = out; !part.empty(); part = part.parent_path()) {
    if (std::filesystem::exists(part, ignored) && !std::filesystem::is_directory(part, ignored))
      throw InputError("--out: " + part.string() + " is a file (a folder)");
    if (part == part.parent_path()) break;
  }
}

namespace {

/// The command whose results a folder holds, as its manifest.json says; empty where there is none.
std::string command_in(const std::filesystem::path& out) {
  if (!std::filesystem::exists(out / "manifest.json")) return "";
  const std::string text = read_file(out / "manifest.json"), before = "\"command\": \"oligosim ";
  const std::size_t from = text.find(before);
  if (from == std::string::npos) return "";
  return text.substr(from + before.size(), text.find_first_of(" \"", from + before.size()) - from - before.size());
}

void refuse_others(const std::filesystem::path& out, const std::string& command) {
  const std::string held = command_in(out);
  if (!held.empty() && held != command)
    throw InputError("--out: " + out.string() + " holds results of oligosim " + held + " (another folder)");
}

}  // namespace

void check_run_out(const std::filesystem::path& out) {
  check_out(out);
  if (!std::filesystem::exists(out / "blocks.log")) refuse_others(out, "run");
}

void check_own_out(const std::filesystem::path& out, const std::string& command) {
  check_out(out);
  if (std::filesystem::exists(out / "blocks.log"))
    throw InputError("--out: " + out.string() + " holds a run (another folder)");
  refuse_others(out, command);
}

}  // namespace oligosim
