#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/yaml.hpp"

namespace oligosim {

/// The values of parameters by their path in the disease file. `published.study.` at the front leads to the published
/// cohort (its enrollment, say), as disease files keep it, and `arms.` to what an arm does.
using ParameterValues = std::vector<std::pair<std::string, double>>;

/// Where a path of the disease file leads in a document that holds `disease`, `cohort`, `arms`, `trial` side by side.
std::string path_in_document(const std::string& parameter);

/// Whether a path leads to the published cohort.
bool is_of_published_cohort(const std::string& parameter);

/// The document with these values put in.
YamlNode with_values(const YamlNode& document, const ParameterValues& values, Problems& problems);

/// The number that a path leads to in such a document, resolved; a share written as [count, of how many] is one.
std::optional<double> number_at(const YamlNode& document, const std::string& parameter);

/// What is wrong with a path that leads to none, with the nearest that does.
std::string leads_to_no_number(const YamlNode& document, const std::string& parameter);

}  // namespace oligosim
