#pragma once

#include "engine/io/yaml.hpp"
#include "models/cohort/cohort.hpp"

namespace oligosim {

/// Columns that the patients of a plan, and their lesions, would have.
struct AssumedColumns {
  Columns patients;
  Columns lesions;  // empty where the plan has no section of them
};

/// What data must look like for a plan that is checked before there are any: every column that the plan names and does
/// not derive, the optional ones too. A column is a category where the plan gives it levels that are no numbers, else
/// numeric; it has the levels that the plan names, and at least two. Mistakes of the plan are left to whoever reads it
/// with these columns.
AssumedColumns assume_columns(const YamlNode& plan);

}  // namespace oligosim
