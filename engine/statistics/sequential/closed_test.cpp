#include "engine/statistics/sequential/closed_test.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/numeric/brent.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/sequential_inference.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bool has(HypothesisSet set, std::size_t arm) { return (set & only(arm)) != 0; }

}  // namespace

void ClosedTest::add(HypothesisSet arms, std::span<const ArmStage> shown, double information, double boundary,
                     const SequentialStage* design) {
  const double before = count_ > 0 ? stages_[count_ - 1].information : 0;
  Stage& stage = stages_[count_++];
  stage = {.arms = arms,
           .shown = {},
           .information = information,
           .weight = std::sqrt(information - before),
           .boundary = boundary,
           .design = design};
  std::ranges::copy(shown, stage.shown.begin());
  for (HypothesisSet set = 1; set < HypothesisSet{1} << this->arms(); ++set) {
    OfSet& own = sets_[set];
    if ((set & arms) == 0 || own.rejected) continue;
    std::array<double, most_arms> z, loading;
    std::size_t n = 0;
    for (std::size_t arm = 0; arm < this->arms(); ++arm)
      if (has(set & arms, arm) && !std::isnan(shown[arm].z)) z[n] = shown[arm].z, loading[n++] = loading_[arm];
    if (n > 0) own.sum += stage.weight * intersection_z(test_, std::span(z).first(n), std::span(loading).first(n));
    own.z = own.sum / std::sqrt(information);
    own.stage = count_ - 1;
    own.rejected = own.z >= boundary;
  }
}

HypothesisSet ClosedTest::claimed() const {
  HypothesisSet claimed = only(arms()) - 1;
  for (HypothesisSet set = 1; set < HypothesisSet{1} << arms(); ++set)
    if (!sets_[set].rejected) claimed &= ~set;
  return claimed;
}

std::span<const ClosedTest::Stage> ClosedTest::stages_of(std::size_t arm) const {
  std::size_t n = 0;
  while (n < count_ && has(stages_[n].arms, arm)) ++n;
  return std::span(stages_).first(n);
}

CombinedEffect ClosedTest::effect(std::size_t arm) const {
  const std::span<const Stage> stages = stages_of(arm);
  if (std::ranges::all_of(stages, [&](const Stage& s) { return std::isnan(s.shown[arm].z); })) return {};
  return {estimate(arm), limit(arm, 1), -limit(arm, -1), p_value(arm)};
}

/// Of the set with the arm that is the last to be rejected, or the furthest from it.
double ClosedTest::p_value(std::size_t arm) const {
  const OfSet* last = nullptr;
  for (HypothesisSet set = 1; set < HypothesisSet{1} << arms(); ++set) {
    const OfSet& own = sets_[set];
    if (!has(set, arm)) continue;
    // Before its end a design has not spent its level: as favourable a z need not reject.
    const SequentialStage* const design = stages_[own.stage].design;
    const bool before_end = own.stage + 1 < count_ || (design && !design->last);
    if (!own.rejected && before_end) return missing;
    if (!last || own.stage > last->stage || (own.stage == last->stage && own.z < last->z)) last = &own;
  }
  const SequentialStage* design = stages_[last->stage].design;
  return design ? stagewise_probability(*design, last->z, 0) : normal_cdf(-last->z);
}

/// The effect under which the sum of the weighted z is as expected.
double ClosedTest::estimate(std::size_t arm) const {
  const Weighted w = weighted(arm);
  return w.z / w.unit;
}

ClosedTest::Weighted ClosedTest::weighted(std::size_t arm) const {
  Weighted w;
  for (const Stage& s : stages_of(arm)) {
    if (std::isnan(s.shown[arm].z)) continue;
    w.z += s.weight * s.shown[arm].z;
    w.unit += s.weight * std::sqrt(s.shown[arm].information);
  }
  return w;
}

/// The lower limit (side 1), or minus the upper one (side -1): the effect at which the arm would just be claimed
/// against it if no other arm showed more.
double ClosedTest::limit(std::size_t arm, double side) const {
  const std::span<const Stage> stages = stages_of(arm);
  const Stage& last = stages.back();
  if (std::isinf(last.boundary)) return -infinity;
  const Weighted w = weighted(arm);
  const auto beyond = [&](double effect) {
    double combined = 0;
    for (const Stage& s : stages) {
      if (std::isnan(s.shown[arm].z)) continue;
      std::array<double, most_arms> loading;
      std::size_t n = 0;
      for (std::size_t other = 0; other < arms(); ++other)
        if (has(s.arms, other) && !std::isnan(s.shown[other].z)) loading[n++] = loading_[other];
      const double z = side * s.shown[arm].z - effect * std::sqrt(s.shown[arm].information);
      combined += s.weight * single_step_z(test_, z, std::span(loading).first(n));
    }
    return combined / std::sqrt(last.information) - last.boundary;
  };
  const double alone = (side * w.z - last.boundary * std::sqrt(last.information)) / w.unit;  // were it the only arm
  const double at_alone = beyond(alone);
  if (!(at_alone < 0)) return alone;
  double step = 1 / w.unit, low = alone - step, at_low = beyond(low);
  for (; at_low < 0; at_low = beyond(low)) low -= step *= 2;
  return brent_root(beyond, low, alone, at_low, at_alone, 1e-12);
}

}  // namespace oligosim
