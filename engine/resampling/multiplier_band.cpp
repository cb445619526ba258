#include "engine/resampling/multiplier_band.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/numeric/normal.hpp"
#include "engine/resampling/intervals.hpp"
#include "engine/statistics/survival/cumulative_incidence.hpp"

namespace oligosim {
namespace {

/// Curves with their rows at times of events alone.
template <class F>
std::size_t for_each_event_time(const CumulativeIncidence<double>& curve, const F& f) {
  std::size_t size = 0;
  for (std::size_t row = 0; row < curve.time.size(); ++row) {
    double events = 0.0;
    for (std::size_t c = 0; c < curve.causes; ++c) events += curve.events[row * curve.causes + c];
    if (events > 0.0) f(size++, row, events);
  }
  return size;
}

}  // namespace

CurveMultipliers CurveMultipliers::of_hazard(const SurvivalTable& table, Arena& arena) {
  CurveMultipliers multipliers(table, table.event, 1);
  const CumulativeIncidence<double> curve = cumulative_incidence<double>(table, table.event, 1, {}, arena);
  const std::span<double> time = arena.take<double>(curve.time.size()), at_risk = arena.take<double>(time.size());
  const std::span<Step> step = arena.take<Step>(time.size());
  const std::size_t size = for_each_event_time(curve, [&](std::size_t j, std::size_t row, double events) {
    const double y = curve.at_risk[row];
    time[j] = curve.time[row];
    at_risk[j] = y;
    step[j] = {.own_rate = events / y, .other_rate = 0.0, .own = 1.0 / y, .other = 0.0, .any = 0.0, .level = 0.0};
  });
  multipliers.set_steps(time.first(size), step.first(size), at_risk, arena);
  return multipliers;
}

CurveMultipliers CurveMultipliers::of_incidence(const SurvivalTable& table, std::span<const std::uint8_t> cause,
                                                std::uint8_t interest, Arena& arena) {
  CurveMultipliers multipliers(table, cause, interest);
  const std::size_t causes = std::max(interest, cause.empty() ? std::uint8_t{0} : *std::ranges::max_element(cause));
  const CumulativeIncidence<double> curve = cumulative_incidence<double>(table, cause, causes, {}, arena);
  const std::span<double> time = arena.take<double>(curve.time.size()), at_risk = arena.take<double>(time.size());
  const std::span<Step> step = arena.take<Step>(time.size());
  double before = 1.0;  // free of all causes just before the time
  const std::size_t size = for_each_event_time(curve, [&](std::size_t j, std::size_t row, double events) {
    const double y = curve.at_risk[row], own = curve.events[row * causes + interest - 1];
    const double level = curve.estimate[row * causes + interest - 1];
    const double any = y > events ? 1.0 / (y - events) : 0.0;  // nobody left: nothing can come after
    time[j] = curve.time[row];
    at_risk[j] = y;
    step[j] = {.own_rate = own / y,
               .other_rate = (events - own) / y,
               .own = before / y + level * any,
               .other = level * any,
               .any = any,
               .level = level};
    before = curve.survival[row];
  });
  multipliers.set_steps(time.first(size), step.first(size), at_risk, arena);
  return multipliers;
}

// Increments at different times are uncorrelated; those of two causes at one time are like counts of a multinomial.
void CurveMultipliers::set_steps(std::span<double> time, std::span<Step> step, std::span<const double> at_risk,
                                 Arena& arena) {
  const std::span<double> variance = arena.take<double>(time.size());
  double aa = 0.0, ab = 0.0, bb = 0.0;
  for (std::size_t j = 0; j < time.size(); ++j) {
    const Step& s = step[j];
    const double own = at_risk[j] * s.own_rate * (1.0 - s.own_rate);
    const double other = at_risk[j] * s.other_rate * (1.0 - s.other_rate);
    const double both = -at_risk[j] * s.own_rate * s.other_rate;
    aa += s.own * s.own * own + s.other * s.other * other + 2.0 * s.own * s.other * both;
    ab += s.any * (s.own * (own + both) + s.other * (other + both));
    bb += s.any * s.any * (own + other + 2.0 * both);
    const double terms = aa + s.level * s.level * bb, v = terms - 2.0 * s.level * ab;
    variance[j] = v > 1e-12 * terms ? v : 0.0;  // 1 where everybody has failed, and rounding alone
  }
  time_ = time;
  step_ = step;
  variance_ = variance;
}

void CurveMultipliers::process(std::uint32_t first, std::span<Lanes> out, const Streams& streams, Arena& arena) const {
  assert(out.size() == time_.size());
  const Arena::Scope scope(arena);
  const std::span<Lanes> multiplier = arena.take<Lanes>(patient_time_.size());
  for (std::uint32_t k = 0; k < lanes; ++k) {
    Stream draw = streams.stream(Purpose::bootstrap, first + k);
    for (Lanes& m : multiplier) m[k] = draw.normal();
  }
  Lanes at_risk{}, a{}, b{};
  for (const Lanes& m : multiplier) at_risk += m;
  std::size_t i = 0;
  for (std::size_t j = 0; j < time_.size(); ++j) {
    const Step& step = step_[j];
    for (; patient_time_[i] < time_[j]; ++i) at_risk -= multiplier[i];
    Lanes own{}, other{};
    for (std::size_t k = i; k < patient_time_.size() && patient_time_[k] == time_[j]; ++k)
      if (cause_[k] != 0) (cause_[k] == interest_ ? own : other) += multiplier[k];
    own -= at_risk * step.own_rate;
    other -= at_risk * step.other_rate;
    a += step.own * own + step.other * other;
    b += step.any * (own + other);
    out[j] = a - step.level * b;
  }
}

SimultaneousBand simultaneous_band(const CurveMultipliers& multipliers, double from, double to, std::uint32_t resamples,
                                   double confidence, const Streams& streams, Arena& arena) {
  const Arena::Scope scope(arena);
  const std::span<const double> time = multipliers.time(), variance = multipliers.variance();
  const std::span<double> largest = arena.take<double>(resamples, 0.0);
  const std::span<Lanes> process = arena.take<Lanes>(time.size());
  bool any = false;
  for (std::uint32_t b = 0; b < resamples; b += lanes) {
    multipliers.process(b, process, streams, arena);
    for (std::size_t j = 0; j < time.size(); ++j) {
      if (time[j] < from || time[j] > to || !(variance[j] > 0.0)) continue;
      any = true;
      const double sd = std::sqrt(variance[j]);
      for (std::size_t k = 0; k < lanes && b + k < resamples; ++k)
        largest[b + k] = std::max(largest[b + k], std::abs(process[j][k]) / sd);
    }
  }
  if (!any) return {missing, missing, missing};
  const BootstrapDistribution distribution(largest, 0.0, arena);
  const double critical = distribution.quantile(confidence);
  const double level_sd = std::sqrt(confidence * (1.0 - confidence) / static_cast<double>(resamples));
  return {critical, distribution.spread(confidence, level_sd), 2.0 * normal_cdf(critical) - 1.0};
}

}  // namespace oligosim
