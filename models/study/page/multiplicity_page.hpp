#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/study/study.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

/// How often each of the hypotheses that are tested together is rejected; empty without Design::multiplicity().
std::string multiplicity_table(const Study& study, std::span<const SummaryRow> rows);

/// One line a hypothesis: "os_log_rank: share of alpha 0.5, boundary z 2.241"; none without multiplicity.
std::vector<std::string> hypothesis_texts(const Design& design);

}  // namespace oligosim
