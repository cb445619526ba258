#include "models/study/monthly_counts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/study/spread.hpp"

namespace oligosim {
namespace {

constexpr double most_months = 240;
constexpr double same_moment = 1e-9;  // months

}  // namespace

MonthlyCounting::MonthlyCounting(const Scenario& scenario, std::size_t trials)
    : scenario_(scenario),
      months_(static_cast<std::size_t>(std::ceil(std::min(most_months, scenario.design->latest_month())))),
      numbers_(trials) {
  const std::vector<Endpoint>& endpoints = scenario.disease->endpoints();
  std::vector<std::size_t> kinds = {all};
  for (std::size_t e = 0; e < endpoints.size(); ++e)
    if (endpoints[e].kind == EndpointKind::survival) kinds.push_back(e);
  const std::size_t arms = scenario.trial->arms().size();
  for (const std::size_t endpoint : kinds) {
    counted_.push_back({endpoint, all});
    for (std::size_t arm = 0; arm < arms && arms > 1; ++arm) counted_.push_back({endpoint, arm});
  }
}

/// Calendar day on which a patient counts; infinity: never.
double MonthlyCounting::day_counted(const Counted& what, const Patients& patients, std::size_t i) const {
  constexpr double never = std::numeric_limits<double>::infinity();
  if (what.arm != all && patients.arm[i] != what.arm) return never;
  if (what.endpoint == all) return patients.enrollment_day[i];
  const double event = patients.course.event_day[what.endpoint][i];
  return event <= patients.dropout_day[i] ? patients.enrollment_day[i] + event : never;
}

void MonthlyCounting::count(std::size_t trial, const Patients& patients) {
  std::vector<float>& numbers = numbers_[trial];
  numbers.assign(counted_.size() * (months_ + 1), 0.0F);
  for (std::size_t c = 0; c < counted_.size(); ++c) {
    const std::span<float> own = std::span(numbers).subspan(c * (months_ + 1), months_ + 1);
    if (counted_[c].endpoint != all && patients.course.event_day[counted_[c].endpoint].empty()) {
      std::ranges::fill(own, std::numeric_limits<float>::quiet_NaN());
      continue;
    }
    for (std::size_t i = 0; i < patients.count(); ++i) {
      const double month = day_counted(counted_[c], patients, i) / scenario_.trial->days_per_month();
      const double first = std::max(0.0, std::ceil(month - same_moment));
      if (first <= static_cast<double>(months_)) own[static_cast<std::size_t>(first)] += 1;
    }
    for (std::size_t m = 1; m <= months_; ++m) own[m] += own[m - 1];
  }
}

std::vector<MonthlyCount> MonthlyCounting::counts(double last_month) const {
  const std::size_t months = std::min(months_, static_cast<std::size_t>(std::max(0.0, std::ceil(last_month))));
  std::vector<MonthlyCount> counts;
  for (std::size_t c = 0; c < counted_.size(); ++c) {
    const Counted& what = counted_[c];
    if (std::isnan(numbers_.front()[c * (months_ + 1)])) continue;  // nothing reads it
    MonthlyCount one;
    if (what.endpoint != all) one.endpoint = scenario_.disease->endpoints()[what.endpoint].name;
    if (what.arm != all) one.arm = scenario_.trial->arms()[what.arm];
    for (std::size_t m = 0; m <= months; ++m) {
      std::vector<double> values;
      for (const std::vector<float>& numbers : numbers_) values.push_back(numbers[c * (months_ + 1) + m]);
      const Spread spread = spread_of(values);
      one.mean.push_back(spread.mean);
      one.mcse.push_back(spread.mcse);
      one.lower.push_back(spread.lower);
      one.upper.push_back(spread.upper);
    }
    counts.push_back(std::move(one));
  }
  return counts;
}

}  // namespace oligosim
