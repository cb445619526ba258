#pragma once

#include <span>
#include <string>

#include "models/study/study.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

/// The answers at the top of a run's page: how often the trial claims efficacy, with what it takes, how often the
/// primary interval covers, and replicates without a primary result; of the first scenarios.
std::string verdict_section(const Study& study, std::span<const SummaryRow> rows);

}  // namespace oligosim
