#include "engine/statistics/sequential/inference_table.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "engine/numeric/normal.hpp"

namespace oligosim {

namespace {

constexpr double lowest = -5.0, highest = 7.0;  // z
constexpr double most_intervals = 48.0;

bool same(const SequentialStage* a, const SequentialStage* b) {
  for (; a && b && a != b; a = a->before.get(), b = b->before.get())
    if (a->last != b->last || a->information != b->information) return false;
  return a == b;
}

}  // namespace

InferenceTable::InferenceTable(std::shared_ptr<const SequentialStage> stage, double confidence)
    : stage_(std::move(stage)), confidence_(confidence) {
  if (!stage_->before) return;  // one look has closed forms
  // The boundary of the look before shows in z with this standard deviation.
  const double sharpness = std::sqrt(1.0 - stage_->before->information / stage_->information);
  const double wanted = std::ceil((highest - lowest) / std::min(1.0, 1.6 * sharpness));
  if (!(wanted <= most_intervals)) return;
  count_ = static_cast<std::size_t>(wanted);
  width_ = (highest - lowest) / wanted;
  interval_ = std::make_unique<Interval[]>(count_);
}

bool InferenceTable::describes(const SequentialStage& stage) const { return same(stage_.get(), &stage); }

void InferenceTable::make(std::size_t interval) const {
  const auto angle = [](std::size_t j, std::size_t i) {
    return std::numbers::pi * static_cast<double>(j) * (static_cast<double>(i) + 0.5) / static_cast<double>(nodes);
  };
  const double middle = lowest + width_ * (static_cast<double>(interval) + 0.5);
  std::array<HalfLanes, nodes> value;
  for (std::size_t i = 0; i < nodes; ++i) {
    const double z = middle + 0.5 * width_ * std::cos(angle(1, i));
    const SequentialInference at = sequential_inference(*stage_, z, confidence_);
    value[i] = HalfLanes{normal_quantile(at.p_value), at.median_unbiased, at.lower, at.upper};
  }
  for (std::size_t j = 0; j < nodes; ++j) {
    HalfLanes sum{};
    for (std::size_t i = 0; i < nodes; ++i) sum += value[i] * std::cos(angle(j, i));
    interval_[interval].coefficient[j] = sum * ((j == 0 ? 1.0 : 2.0) / static_cast<double>(nodes));
  }
}

SequentialInference InferenceTable::at(double z) const {
  const double place = (z - lowest) / width_;
  if (!(place >= 0.0 && place < static_cast<double>(count_))) return sequential_inference(*stage_, z, confidence_);
  const auto k = static_cast<std::size_t>(place);
  Interval& own = interval_[k];
  std::call_once(own.made, [&] { make(k); });
  const double x = 2.0 * (place - static_cast<double>(k)) - 1.0;  // -1 to 1 over the interval
  HalfLanes after{}, sum{};                                       // Clenshaw's recurrence
  for (std::size_t j = nodes; j-- > 1;) after = std::exchange(sum, own.coefficient[j] + 2.0 * x * sum - after);
  const HalfLanes value = own.coefficient[0] + x * sum - after;
  if (std::isnan(value[0] + value[1] + value[2] + value[3])) return sequential_inference(*stage_, z, confidence_);
  const double scale = std::sqrt(stage_->information);
  return {.p_value = normal_cdf(value[0]),
          .median_unbiased = value[1],
          .lower = value[2],
          .upper = value[3],
          .repeated_lower = (z - stage_->efficacy) / scale,
          .repeated_upper = (z + stage_->efficacy) / scale};
}

}  // namespace oligosim
