#pragma once

#include "app/commands.hpp"
#include "engine/io/yaml.hpp"

namespace oligosim {

/// Whether a file is an analysis plan by itself, rather than one of a study or of targets.
bool is_plan(const YamlNode& tree);

/// Validates a plan, on its data where they are given, and says what will be analysed.
int check_plan(const YamlNode& tree, const CheckOptions& options);

}  // namespace oligosim
