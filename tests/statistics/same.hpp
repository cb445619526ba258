#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/statistics/estimate.hpp"

namespace oligosim::test {

inline bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// The same bits in every field.
inline ::testing::AssertionResult same(const Estimate& a, const Estimate& b) {
  const auto fields = [](const Estimate& e) {
    return std::vector<double>{e.estimate, e.standard_error,   e.lower, e.upper,   e.statistic, e.df,
                               e.p_value,  e.signed_statistic, e.n,     e.n_events};
  };
  const std::vector<double> x = fields(a), y = fields(b);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (same(x[i], y[i])) continue;
    return ::testing::AssertionFailure() << "field " << i << ": " << x[i] << " is not " << y[i];
  }
  if (a.status == b.status) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << name(a.status) << " is not " << name(b.status);
}

}  // namespace oligosim::test
