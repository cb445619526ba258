#include "engine/resampling/weird_bootstrap.hpp"

#include <algorithm>
#include <cmath>

namespace oligosim {

namespace {

constexpr double most_expected = 256.0;  // events, or survivors, in one inversion

/// Binomial(n, p) by inversion of one uniform, counting up from 0: quick where n p is small, as events at one time are.
double binomial(double uniform, double n, double p) {
  if (p >= 1.0) return n;
  if (p > 0.5) return n - binomial(1.0 - uniform, n, 1.0 - p);
  const double odds = p / (1.0 - p);
  double probability = std::exp(n * std::log1p(-p)), below = probability, count = 0.0;
  while (uniform > below && count < n) {
    probability *= odds * (n - count) / (count + 1.0);
    count += 1.0;
    if (below + probability == below && count > n * p) break;  // rounding has left nothing above
    below += probability;
  }
  return count;
}

/// The same in parts small enough for the probability of 0 not to vanish.
double binomial(Stream& draw, double n, double p) {
  const double part = std::floor(most_expected / std::min(p, 1.0 - p));
  double count = 0.0;
  for (; n > part; n -= part) count += binomial(draw.uniform(), part, p);
  return count + binomial(draw.uniform(), n, p);
}

}  // namespace

KaplanMeierCurve<Lanes> weird_bootstrap(const KaplanMeierCurve<double>& curve, std::uint32_t first,
                                        const Streams& streams, Arena& arena) {
  const std::size_t size = curve.time.size();
  const std::span<Lanes> at_risk = arena.take<Lanes>(size), events = arena.take<Lanes>(size, Lanes{}),
                         survival = arena.take<Lanes>(size), log_variance = arena.take<Lanes>(size);
  for (std::size_t i = 0; i < size; ++i) at_risk[i] = broadcast<Lanes>(curve.at_risk[i]);
  for (std::uint32_t k = 0; k < lanes; ++k) {
    Stream draw = streams.stream(Purpose::bootstrap, first + k);
    for (std::size_t i = 0; i < size; ++i) {
      if (curve.events[i] == 0.0) continue;
      events[i][k] = binomial(draw, curve.at_risk[i], curve.events[i] / curve.at_risk[i]);
    }
  }
  Lanes s = broadcast<Lanes>(1.0), variance{}, n_events{};
  for (std::size_t i = 0; i < size; ++i) {
    if (curve.events[i] > 0.0) {
      s *= (at_risk[i] - events[i]) / at_risk[i];
      variance += events[i] / (at_risk[i] * (at_risk[i] - events[i]));
      n_events += events[i];
    }
    survival[i] = s;
    log_variance[i] = variance;
  }
  return {curve.time,
          at_risk,
          events,
          survival,
          log_variance,
          broadcast<Lanes>(curve.first_time),
          broadcast<Lanes>(curve.last_time),
          broadcast<Lanes>(curve.n),
          n_events};
}

}  // namespace oligosim
