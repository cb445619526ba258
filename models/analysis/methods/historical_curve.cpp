#include "models/analysis/methods/historical_curve.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace oligosim {

HistoricalCurve::HistoricalCurve(ConfigNode node) {
  for (const char* key : {"months", "survival"}) node.accept(key);
  if (node.has("months") || node.has("survival")) {
    read_points(node);
  } else {
    median_ = node.number("median_months", Range::above(0));
    shape_ = node.number("shape", Range::above(0), 1);
  }
}

void HistoricalCurve::read_points(ConfigNode& node) {
  const std::vector<double> months = node.numbers("months", Range::above(0));
  const std::vector<double> survival =
      node.numbers("survival", Range{.minimum = 0, .maximum = 1, .minimum_included = false});
  const auto not_rising = [](double a, double b) { return a >= b; };
  const auto rising = [](double a, double b) { return a < b; };
  if (months.size() != survival.size()) node.problem("survival", "has not as many numbers as months");
  if (std::adjacent_find(months.begin(), months.end(), not_rising) != months.end())
    node.problem("months", "do not rise");
  if (std::adjacent_find(survival.begin(), survival.end(), rising) != survival.end())
    node.problem("survival", "rises (it falls or stays from month to month)");
  month_ = {0};
  hazard_ = {0};
  for (std::size_t k = 0; k < std::min(months.size(), survival.size()); ++k) {
    month_.push_back(months[k]);
    hazard_.push_back(-std::log(survival[k]));
  }
}

double HistoricalCurve::cumulative_hazard(double month) const {
  if (month_.size() < 2) return std::numbers::ln2 * std::pow(month / median_, shape_);
  return hazard_[stretch(month) - 1] + hazard(month) * (month - month_[stretch(month) - 1]);
}

double HistoricalCurve::hazard(double month) const {
  if (month_.size() < 2) return std::numbers::ln2 * shape_ / median_ * std::pow(month / median_, shape_ - 1);
  const std::size_t next = stretch(month);
  return (hazard_[next] - hazard_[next - 1]) / (month_[next] - month_[next - 1]);
}

std::size_t HistoricalCurve::stretch(double month) const {
  return static_cast<std::size_t>(std::upper_bound(month_.begin() + 1, month_.end() - 1, month) - month_.begin());
}

}  // namespace oligosim
