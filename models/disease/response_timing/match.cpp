#include "models/disease/response_timing/match.hpp"

#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>

#include "engine/memory/arena.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/random/stream.hpp"
#include "models/disease/response_timing/course.hpp"

namespace oligosim {
namespace {

// 200 000 patients: the Monte Carlo errors of both shares are below 0.001.
constexpr std::uint32_t replicates = 100;
constexpr std::size_t patients_each = 2000;
constexpr double furthest_log_hazard = 20, furthest_threshold = 6;

/// The root of a function between two arguments of opposite sign; nothing where they are not.
template <class Function>
std::optional<double> root_between(const Function& function, double low, double high) {
  const double at_low = function(low), at_high = function(high);
  if (!(at_low * at_high < 0)) return {};
  std::uintmax_t steps = 100;
  const auto [a, b] = boost::math::tools::toms748_solve(function, low, high, at_low, at_high,
                                                        boost::math::tools::eps_tolerance<double>(40), steps);
  return (a + b) / 2;
}

}  // namespace

ResponseTimingMatch::ResponseTimingMatch(const ResponseTimingParameters& parameters, const ResponseTimingTarget& target,
                                         const VisitSchedule& visits)
    : parameters_(parameters),
      target_(target),
      spread_(std::sqrt(1 - parameters.frailty_correlation * parameters.frailty_correlation)) {
  std::vector<double> room(visits.count());
  patients_.reserve(replicates * patients_each);
  for (std::uint32_t k = 1; k <= replicates; ++k) add_patients(k, visits, room);
}

void ResponseTimingMatch::add_patients(std::uint32_t replicate, const VisitSchedule& visits, std::span<double> room) {
  // A key of its own: the solution does not depend on the study's seed, nor share numbers with it.
  const Streams streams(derived_key(0, "response_timing match"), replicate);
  Arena arena;
  const ResponseTimingDraws draws = response_timing_draws(streams, patients_each, arena);
  for (std::size_t i = 0; i < patients_each; ++i) {
    ActualVisits actual(visits, streams, static_cast<std::uint32_t>(i), room);
    const double onset = response_onset(parameters_, draws, i);
    const auto weighed = [&](double month) { return responder_months(parameters_, onset, month); };
    double until = 0, before = 0;
    for (std::size_t k = 0; actual.month(k) <= target_.by_month; ++k) until = actual.month(k);
    const std::size_t shown = actual.first_from(onset);
    if (shown > 0) before = actual.month(shown - 1);
    if (actual.month(shown) == std::numeric_limits<double>::infinity()) before = actual.month(shown);
    const double z = draws.frailty(i), first = actual.month(0);
    patients_.push_back({.scale = std::exp(parameters_.frailty_sd * z),
                         .prognosis = -parameters_.frailty_correlation * z,
                         .until = until,
                         .until_resp = weighed(until),
                         .first = first,
                         .first_resp = weighed(first),
                         .before_onset = before});
  }
}

double ResponseTimingMatch::responder(const Patient& patient, double threshold) const {
  return normal_cdf((patient.prognosis - threshold) / spread_);
}

double ResponseTimingMatch::progressed(const ResponseTimingSolution& at) const {
  double sum = 0;
  for (const Patient& p : patients_) {
    const double share = responder(p, at.threshold), rate = -at.hazard * p.scale;
    sum += 1 - share * std::exp(rate * p.until_resp) - (1 - share) * std::exp(rate * p.until);
  }
  return sum / static_cast<double>(patients_.size());
}

double ResponseTimingMatch::responded(const ResponseTimingSolution& at) const {
  double known = 0, evaluable = 0;
  for (const Patient& p : patients_) {
    const double share = responder(p, at.threshold), rate = -at.hazard * p.scale;
    const double lost_responder = parameters_.not_evaluable_early * (1 - std::exp(rate * p.first_resp));
    const double lost_other = parameters_.not_evaluable_early * (1 - std::exp(rate * p.first));
    // A response is known at or before the progression if that is not known at the visit before it.
    known += share * (std::exp(rate * p.before_onset) - (p.before_onset == 0 ? lost_responder : 0));
    evaluable += 1 - share * lost_responder - (1 - share) * lost_other;
  }
  return known / evaluable;
}

/// At a hazard so small or large, nobody or everybody has progressed.
std::optional<double> ResponseTimingMatch::hazard_for(double threshold) const {
  std::vector<double> share(patients_.size());
  for (std::size_t i = 0; i < share.size(); ++i) share[i] = responder(patients_[i], threshold);
  const auto excess = [&](double log_hazard) {
    const double hazard = std::exp(log_hazard);
    double free = 0;
    for (std::size_t i = 0; i < share.size(); ++i) {
      const double rate = -hazard * patients_[i].scale;
      const double other = std::exp(rate * patients_[i].until);
      free += other + share[i] * (std::exp(rate * patients_[i].until_resp) - other);
    }
    return 1 - free / static_cast<double>(share.size()) - target_.progressed;
  };
  const std::optional<double> log_hazard = root_between(excess, -furthest_log_hazard, furthest_log_hazard);
  return log_hazard ? std::optional<double>(std::exp(*log_hazard)) : std::nullopt;
}

std::optional<ResponseTimingSolution> ResponseTimingMatch::solve() const {
  const auto excess = [&](double threshold) {
    const std::optional<double> hazard = hazard_for(threshold);
    return hazard ? responded({*hazard, threshold}) - target_.responded : std::nan("");
  };
  const std::optional<double> threshold = root_between(excess, -furthest_threshold, furthest_threshold);
  if (!threshold) return {};
  return ResponseTimingSolution{*hazard_for(*threshold), *threshold};
}

}  // namespace oligosim
