#pragma once

#include <filesystem>

#include "engine/io/yaml.hpp"

namespace oligosim {

/// Puts the patients of the CSV file that `disease.data` names in its place, as `disease.patients`: a list of values
/// for each column, each with its place in the file. Mistakes of the file throw InputError; others go to `problems`.
void inline_patient_file(YamlNode& study, const std::filesystem::path& folder, Problems& problems);

}  // namespace oligosim
