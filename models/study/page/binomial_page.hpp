#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/study/summary.hpp"

namespace oligosim {

/// The stages of a design that counts responses, and its exact operating characteristics beside the simulated ones,
/// at the true probability of response of each scenario that has one.
std::string binomial_tables(const Study& study, std::span<const SummaryRow> rows);

/// "13 patients, and 6 months after the last of them: goes on with more than 3 responses", one a stage.
std::vector<std::string> stage_texts(const Design& design);

/// "with response 0.2, exact: claims efficacy 0.0496, stops at look 1 0.7473, 20.58 patients expected".
std::string exact_text(const BinomialRule& rule, double probability);

}  // namespace oligosim
