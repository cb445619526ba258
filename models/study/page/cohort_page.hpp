#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/study/study.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

/// Exact probabilities that cohorts are claimed, where no cohort responds more than is not enough, one does as wanted,
/// all do, and at the true probabilities of each scenario beside the simulated. Empty where the study does not say how
/// many patients each cohort has.
std::string cohort_table(const Study& study, std::span<const SummaryRow> rows);

/// The same where no scenario is simulated, one line each.
std::vector<std::string> cohort_texts(const Design& design);

}  // namespace oligosim
