#include <cmath>

#include "engine/statistics/cox_likelihood.hpp"

namespace oligosim {

TwoGroupLikelihood::TwoGroupLikelihood(const RiskTable& risk, Ties ties, Arena& arena) : ties_(ties) {
  const std::size_t rows = risk.at_risk.size() / 2;
  times_ = arena.take<EventTime>(rows);
  std::size_t kept = 0;
  LogSum denominators;
  for (std::size_t r = 0; r < rows; ++r) {
    const EventTime t{{risk.at_risk[2 * r], risk.at_risk[2 * r + 1]}, {risk.events[2 * r], risk.events[2 * r + 1]}};
    if (t.at_risk[0] > 0.0 && t.at_risk[1] > 0.0) {
      times_[kept++] = t;
      continue;
    }
    const double n = t.at_risk[0] + t.at_risk[1], d = t.events[0] + t.events[1];
    for_each_denominator(ties, d, [&](double out, double times) { denominators.add(n - out * d, times); });
  }
  constant_ = -denominators.value();
  times_ = times_.first(kept);
}

void TwoGroupLikelihood::evaluate(std::span<const double> beta, CoxDerivatives& at) const {
  const double hazard_ratio = std::exp(beta[0]);
  LogSum denominators;
  double second_events = 0.0, expected = 0.0, information = 0.0;
  for (const EventTime& t : times_) {
    const double d = t.events[0] + t.events[1];
    second_events += t.events[1];
    for_each_denominator(ties_, d, [&](double out, double times) {
      const double first = t.at_risk[0] - out * t.events[0];
      const double second = (t.at_risk[1] - out * t.events[1]) * hazard_ratio;
      const double both = first + second;
      const double share = second / both;
      denominators.add(both, times);
      expected += times * share;
      information += times * share * (first / both);
    });
  }
  at.log_likelihood = constant_ + second_events * beta[0] - denominators.value();
  at.score[0] = second_events - expected;
  at.information[0] = information;
}

bool TwoGroupLikelihood::rises_along(std::span<const double> direction, double) const {
  const std::size_t other = direction[0] > 0.0 ? 0 : 1;
  for (const EventTime& t : times_) {
    if (t.events[other] > 0.0) return false;
  }
  return true;
}

}  // namespace oligosim
