#include "app/out_folder.hpp"

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

void check_own_out(const std::filesystem::path& out) {
  check_out(out);
  if (std::filesystem::exists(out / "blocks.log"))
    throw InputError("--out: " + out.string() + " holds a run (another folder)");
}

}  // namespace oligosim
