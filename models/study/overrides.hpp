#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/yaml.hpp"

namespace oligosim {

/// A scenario as written out: a name, and what it puts at which dotted path of the study.
struct Override {
  std::string name;
  std::vector<std::pair<std::string, YamlNode>> values;
};

/// Scenarios of one study.
inline constexpr std::size_t most_scenarios = 10000;

/// Expands `scenarios: {NAME: {path: value}}`. A list expands to a grid, one scenario a value (a list as a value
/// stands in another list), named `NAME path=value`, with the last key of the path. No scenarios: one, `base`.
/// More than `most_scenarios` are a problem.
std::vector<Override> expand_scenarios(const YamlNode& study, Problems& problems);

/// The study with the values put in. Keys on the way must exist or are made; a path through a scalar is refused.
YamlNode with_overrides(YamlNode study, const Override& scenario, Problems& problems);

}  // namespace oligosim
