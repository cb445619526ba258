#include "models/disease/resample/empirical_survival.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace oligosim {

EmpiricalSurvival::EmpiricalSurvival(std::span<const double> time, std::span<const double> event)
    : parts_(time.size()) {
  std::vector<std::size_t> order(time.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return time[a] != time[b] ? time[a] < time[b] : event[a] > event[b];
  });
  double before = 1;
  for (std::size_t k = 0; k < order.size();) {
    const double now = time[order[k]];
    std::size_t events = 0;
    while (k + events < order.size() && time[order[k + events]] == now && event[order[k + events]] == 1) ++events;
    const double at_risk = static_cast<double>(order.size() - k);
    const bool all = static_cast<double>(events) == at_risk;
    const double after = all ? 0 : before * (1 - static_cast<double>(events) / at_risk);
    if (events > 0) time_.push_back(now), survival_.push_back(after);
    for (; events > 0; --events, ++k) parts_[order[k]] = {after, before};
    for (; k < order.size() && time[order[k]] == now; ++k) parts_[order[k]] = {0, after};
    before = after;
  }
}

double EmpiricalSurvival::inverse(double place) const {
  const auto found = std::ranges::partition_point(survival_, [place](double s) { return s >= place; });
  if (found == survival_.end()) return std::numeric_limits<double>::infinity();
  return time_[static_cast<std::size_t>(found - survival_.begin())];
}

}  // namespace oligosim
