#include "models/study/file_beside.hpp"

namespace oligosim {

std::filesystem::path file_beside(const std::filesystem::path& folder, const YamlNode& name, const std::string& path,
                                  Problems& problems, const std::string& document) {
  const std::filesystem::path file = folder / name.scalar;
  if (std::filesystem::is_regular_file(file)) return file;
  problems.add(name.place, path, "there is no file '" + name.scalar + "' beside " + document);
  return {};
}

}  // namespace oligosim
