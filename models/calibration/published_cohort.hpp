#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/yaml.hpp"
#include "models/analysis/plan.hpp"
#include "models/trial/trial.hpp"

namespace oligosim {

/// The values of parameters by their path in the disease file. `published.study.` at the front leads to the published
/// cohort (its enrollment, say), as disease files keep it.
using ParameterValues = std::vector<std::pair<std::string, double>>;

/// Where a path of the disease file leads in a document that holds `disease`, `cohort`, `arms`, `trial` side by side.
std::string path_in_document(const std::string& parameter);

/// The document with these values put in.
YamlNode with_values(const YamlNode& document, const ParameterValues& values, Problems& problems);

/// The cohort that was published and the plan that analyses it, ready to be simulated.
struct CohortModel {
  std::shared_ptr<DiseaseModel> disease;
  std::shared_ptr<Trial> trial;
  double cut_off_day = 0;
};

/// Reads `disease`, `cohort`, `arms`, `trial`, `cut_off_month` and the plan's `days_per_month` of a targets document;
/// mistakes go to `problems`. The trial is null if there are any.
CohortModel read_cohort_model(ConfigNode& root, Problems& problems);

/// The same document for a cohort `times` as large, of the same composition and accrual.
YamlNode enlarged(const YamlNode& document, std::size_t times);

}  // namespace oligosim
