#pragma once

#include <filesystem>
#include <string>

#include "engine/io/yaml.hpp"

namespace oligosim {

/// The regular file that a value names, beside its document; empty, with a problem at `path`, where there is none.
std::filesystem::path file_beside(const std::filesystem::path& folder, const YamlNode& name, const std::string& path,
                                  Problems& problems, const std::string& document = "the study");

}  // namespace oligosim
