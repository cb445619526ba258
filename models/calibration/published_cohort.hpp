#pragma once

#include "engine/io/yaml.hpp"
#include "models/analysis/plan.hpp"
#include "models/trial/read_trial.hpp"

namespace oligosim {

/// The cohort that was published and the plan that analyses it, ready to be simulated.
struct CohortModel : TrialInput {
  double cut_off_day = 0;
};

/// Reads `disease`, `cohort`, `arms`, `trial`, `cut_off_month` and the plan's `days_per_month` of a targets document;
/// mistakes go to `problems`; the model may be simulated where there are none.
CohortModel read_cohort_model(ConfigNode& root, Problems& problems);

/// The same document for a cohort `times` as large, of the same composition and accrual.
YamlNode enlarged(const YamlNode& document, std::size_t times);

}  // namespace oligosim
