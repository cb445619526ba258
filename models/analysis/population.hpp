#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/analysis/condition.hpp"

namespace oligosim {

/// A named part of the patients: those who meet every condition.
struct Population {
  std::string name;
  std::vector<Condition> conditions;

  /// 1 for members, one a row.
  void members(const Cohort& cohort, std::span<std::uint8_t> out) const {
    for (std::size_t row = 0; row < out.size(); ++row) out[row] = meets_all(conditions, cohort, row);
  }
};

}  // namespace oligosim
