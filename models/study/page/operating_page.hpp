#pragma once

#include <span>
#include <string>

#include "models/study/convergence.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

/// How often the trial claims efficacy: by scenario, against the true effect and against the number of patients where
/// the scenarios vary them.
std::string operating_section(const Study& study, std::span<const SummaryRow> rows);

/// That share as the replicates went on.
std::string convergence_section(std::span<const ConvergencePath> paths);

}  // namespace oligosim
