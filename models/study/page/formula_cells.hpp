#pragma once

#include <string>
#include <vector>

#include "engine/io/number.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

/// A share as simulated; "NA" where there is none.
inline std::string percent_of(const SummaryRow* row) { return row ? percent(row->measure.value) : "NA"; }

/// No trial could have so many patients.
inline constexpr double too_many_patients = 1e6;

/// Patients that a formula says a power takes.
inline std::string patients_cell(double patients) {
  return patients < too_many_patients ? rounded(patients, 4) : "none";
}

/// What a formula says and what was simulated, with its Monte Carlo standard error, as two cells of a table.
inline void add_pair(std::vector<std::string>& line, double formula, const SummaryRow* simulated, bool share) {
  const auto shown = [share](double x) { return share ? percent(x) : rounded(x, 4); };
  line.push_back(shown(formula));
  line.push_back(simulated ? shown(simulated->measure.value) + " ± " +
                                 (share ? percent(simulated->measure.mcse) : rounded(simulated->measure.mcse, 2))
                           : "NA");
}

}  // namespace oligosim
