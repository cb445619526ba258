#include "engine/statistics/sequential/toxicity_boundary.hpp"

#include <boost/math/special_functions/beta.hpp>

#include "engine/statistics/sequential/binomial_design.hpp"

namespace oligosim {

std::optional<std::size_t> fewest_too_many(const ToxicityRule& rule, std::size_t patients) {
  for (std::size_t events = 0; events <= patients; ++events) {
    const double a = rule.prior_events + static_cast<double>(events);
    const double b = rule.prior_others + static_cast<double>(patients - events);
    if (boost::math::ibetac(a, b, rule.limit) > rule.certainty) return events;
  }
  return {};
}

namespace {

/// The fewest events that come with a probability of at most `level`.
std::size_t fewest_rarer(std::size_t patients, double probability, double level) {
  std::size_t events = 0;
  const auto upper_tail = [&](std::size_t x) {
    const auto from = static_cast<double>(x);
    return x == 0 ? 1.0 : boost::math::ibeta(from, static_cast<double>(patients) - from + 1, probability);
  };
  while (events <= patients && upper_tail(events) > level) ++events;
  return events;
}

/// Patients without the toxicity are the responses of a trial that goes on with enough of them. A look that cannot stop
/// goes on with none too, which stages do not say: it is left out.
double stops(std::span<const std::size_t> looks, std::span<const std::size_t> too_many, double probability) {
  std::vector<BinomialStage> stages;
  for (std::size_t k = 0; k < looks.size(); ++k)
    if (too_many[k] <= looks[k]) stages.push_back({looks[k], looks[k] - too_many[k]});
  return stages.empty() ? 0 : 1 - binomial_characteristics(stages, 1 - probability).reject;
}

}  // namespace

std::vector<std::size_t> pocock_too_many(std::span<const std::size_t> looks, double acceptable,
                                         double stop_probability) {
  const auto at = [&](double level) {
    std::vector<std::size_t> too_many;
    for (const std::size_t patients : looks) too_many.push_back(fewest_rarer(patients, acceptable, level));
    return too_many;
  };
  double low = 0, high = 1;
  for (int step = 0; step < 60; ++step) {
    const double level = (low + high) / 2;
    (stops(looks, at(level), acceptable) <= stop_probability ? low : high) = level;
  }
  return at(low);
}

}  // namespace oligosim
