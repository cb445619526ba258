#include "engine/statistics/cox/cox_four_columns.hpp"

#include "engine/numeric/log_sum.hpp"
#include "engine/statistics/cox/tied_events.hpp"

namespace oligosim {

namespace {

// Over a risk set, or over those with an event at its time: of risk, risk * x and (risk * x_j) * x.
struct Sums {
  double risk = 0.0;
  HalfLanes first{};
  HalfLanes second[4] = {};

  [[gnu::always_inline]] void add(double own, const HalfLanes& x) {
    const HalfLanes part = own * x;
    risk += own;
    first += part;
#pragma GCC unroll 4
    for (std::size_t j = 0; j < 4; ++j) second[j] += part[j] * x;
  }
};

// Adds a denominator to all but the log likelihood; returns it.
[[gnu::always_inline]] inline double add_denominator(const Sums& at_risk, const Sums& dying, double out, double times,
                                                     FourDerivatives& at) {
  const double part = at_risk.risk - out * dying.risk, inverse = 1.0 / part;
  const HalfLanes mean = (at_risk.first - out * dying.first) * inverse;
  at.score -= times * mean;
#pragma GCC unroll 4
  for (std::size_t j = 0; j < 4; ++j) {
    const HalfLanes second = (at_risk.second[j] - out * dying.second[j]) * inverse;
    at.information[j] += times * (second - mean[j] * mean);
  }
  return part;
}

}  // namespace

FourDerivatives derivatives(const FourColumns& data, std::span<const double> linear, std::span<const double> risk) {
  FourDerivatives at;
  LogSum<double> logarithms;
  for (std::size_t s = 0; s < data.end.size(); ++s) {
    const std::size_t begin = s == 0 ? 0 : data.end[s - 1];
    Sums at_risk;
    for (std::size_t end = data.end[s]; end > begin;) {
      const double time = data.rows[end - 1].time;
      Sums dying;
      double events = 0.0;
      for (; end > begin && data.rows[end - 1].time == time; --end) {
        const std::size_t i = end - 1;
        const CoxRow<double>& row = data.rows[i];
        at_risk.add(risk[i], data.x[i]);
        if (!row.event) continue;
        dying.add(risk[i], data.x[i]);
        events += row.weight;
        at.log_likelihood += row.weight * linear[i];
        at.score += row.weight * data.x[i];
      }
      if (events == 0.0) continue;
      for_each_denominator(data.ties, events, [&](double out, double times) {
        logarithms.add(add_denominator(at_risk, dying, out, times, at), times);
      });
    }
  }
  at.log_likelihood -= logarithms.value();
  return at;
}

}  // namespace oligosim
