#pragma once

#include <string>

#include "models/analysis/analysis.hpp"

namespace oligosim {

/// What a row is, apart from analysis and group: "lf: cumulative incidence at month 24 (log_log)".
std::string row_text(const EstimateLabel& label);

/// "pfs, OP, quantile at 0.5 (log)": which number of which analysis, and its kind of interval.
std::string label_text(const EstimateLabel& label);

/// The same without the kind of interval.
std::string number_text(EstimateLabel label);

}  // namespace oligosim
