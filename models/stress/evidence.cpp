#include "models/stress/evidence.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/categorical/fisher_exact.hpp"

namespace oligosim {
namespace {

double two_sided_p(double z) { return 2 * normal_cdf(-std::abs(z)); }

/// Events times the product of the two groups' shares is the information on a log hazard ratio.
double product_of_shares(const std::array<double, 2>& groups) {
  const double all = groups[0] + groups[1];
  return groups[0] / all * groups[1] / all;
}

void from_interval(const PublishedFinding& f, Evidence& e) {
  const double width = 2 * normal_quantile(0.5 + f.level / 2);
  const Printed &ratio = *f.ratio, &lower = *f.lower, &upper = *f.upper;
  const double lowest_limit = std::max(lower.lowest(), 1e-12);
  e.log_ratio = std::log(ratio.value);
  e.lower = lower.value, e.upper = upper.value;
  e.standard_error = std::log(upper.value / lower.value) / width;
  e.error_lowest = std::log(upper.lowest() / lower.highest()) / width;
  e.error_highest = std::log(upper.highest() / lowest_limit) / width;
  e.p = two_sided_p(e.log_ratio / e.standard_error);
  const double low = std::log(std::max(ratio.lowest(), 1e-12)), high = std::log(ratio.highest());
  const double nearest = low <= 0 && high >= 0 ? 0 : std::min(std::abs(low), std::abs(high));
  e.p_lowest = two_sided_p(std::max(std::abs(low), std::abs(high)) / e.error_lowest);
  e.p_highest = two_sided_p(nearest / e.error_highest);
  if (f.p) e.p_agrees = f.p->lowest() <= e.p_highest && f.p->highest() >= e.p_lowest;
  const double middle_low = (std::log(lowest_limit) + std::log(upper.lowest())) / 2;
  const double middle_high = (std::log(lower.highest()) + std::log(upper.highest())) / 2;
  e.centre_agrees = low <= middle_high && high >= middle_low;
}

/// The size of the log hazard ratio that a log-rank p value implies; its direction is not printed.
void from_p(const PublishedFinding& f, Evidence& e) {
  const double z = normal_quantile(0.5 + f.level / 2);
  e.direction_known = false;
  e.standard_error = e.error_lowest = e.error_highest = 1 / std::sqrt(product_of_shares(*f.groups) * *f.events);
  e.p = e.p_lowest = e.p_highest = f.p->value;
  e.log_ratio = -normal_quantile(std::max(f.p->value, 1e-300) / 2) * e.standard_error;
  e.lower = std::exp(e.log_ratio - z * e.standard_error), e.upper = std::exp(e.log_ratio + z * e.standard_error);
}

/// Fisher's p; the log odds ratio with Woolf's (1955) error, where no cell is empty.
void from_table(const PublishedFinding& f, Evidence& e) {
  const auto [x, n] = *f.table;
  const double a = x[0], b = n[0] - x[0], c = x[1], d = n[1] - x[1];
  e.p = e.p_lowest = e.p_highest = fisher_p_values({x[0], n[0] - x[0], x[1], n[1] - x[1]}).two_sided;
  if (f.p) e.p_agrees = f.p->lowest() <= e.p && e.p <= f.p->highest();
  e.patients = n[0] + n[1], e.events = x[0] + x[1];
  if (a * b * c * d == 0) return;
  const double z = normal_quantile(0.5 + f.level / 2);
  e.log_ratio = std::log(a * d / (b * c));
  e.standard_error = e.error_lowest = e.error_highest = std::sqrt(1 / a + 1 / b + 1 / c + 1 / d);
  e.lower = std::exp(e.log_ratio - z * e.standard_error), e.upper = std::exp(e.log_ratio + z * e.standard_error);
}

}  // namespace

Evidence evidence_of(const PublishedFinding& f) {
  Evidence e;
  if (f.table) {
    from_table(f, e);
  } else if (f.lower) {
    from_interval(f, e);
  } else {
    from_p(f, e);
  }
  if (f.groups) e.patients = (*f.groups)[0] + (*f.groups)[1];
  if (f.events) e.events = *f.events;
  if (f.kind != RatioKind::hazard_ratio || f.table) return e;
  if (f.groups) e.implied_events = 1 / (product_of_shares(*f.groups) * e.standard_error * e.standard_error);
  if (f.events) e.events_agree = e.error_highest >= 2 / std::sqrt(*f.events);
  return e;
}

}  // namespace oligosim
