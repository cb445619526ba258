#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/trial/trial.hpp"

namespace oligosim {

/// What a study and a targets file say alike: who the patients are, the arms, and how the trial is run.
struct TrialInput {
  std::vector<std::string> arms;
  std::shared_ptr<DiseaseModel> disease;
  std::size_t patients = 0;        // 0: not known
  double opens_month = 0;          // before it nobody enters
  std::vector<double> arm_shares;  // of the patients
  std::shared_ptr<Trial> trial;    // null where there are problems
};

/// Reads `disease` (but its `published` and `posterior`), `cohort`, `arms`, `trial` and the plan's `days_per_month`.
/// Mistakes go to `problems`.
TrialInput read_trial(ConfigNode& root, bool arms_required, Problems& problems);

}  // namespace oligosim
