#include "engine/statistics/interval_censored/weibull_regression.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "tests/statistics/interval_censored/interval_patients.hpp"
#include "tests/statistics/oracle_sets.hpp"

namespace oligosim {
namespace {

using test::close;
using test::IntervalPatients;
using test::never;

WeibullFit fit(const IntervalPatients& patients, Arena& arena) {
  return weibull_regression(patients.intervals(), patients.values(), patients.x.size(), arena);
}

TEST(WeibullRegression, ReferenceSurvreg) {
  const test::ReferenceTable reference("weibull_regression.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const IntervalPatients patients = test::read_intervals(reference.text(r, "data"), reference.text(r, "terms"));
    Arena arena;
    const WeibullFit own = fit(patients, arena);
    ASSERT_EQ(own.status, Status::ok);
    const auto j = static_cast<std::size_t>(reference.number(r, "term"));
    const std::size_t width = patients.x.size() + 1, shape = width - 1;
    EXPECT_TRUE(close(own.coefficient[j], reference.number(r, "log_hazard_ratio"), 1e-8));
    EXPECT_TRUE(close(std::sqrt(own.variance[j * width + j]), reference.number(r, "standard_error"), 1e-7));
    EXPECT_TRUE(close(own.log_shape, reference.number(r, "log_shape"), 1e-8));
    EXPECT_TRUE(close(std::sqrt(own.variance[shape * width + shape]), reference.number(r, "log_shape_error"), 1e-7));
    EXPECT_TRUE(close(own.log_likelihood, reference.number(r, "log_likelihood"), 1e-11));
    EXPECT_TRUE(close(own.null_log_likelihood, reference.number(r, "null_log_likelihood"), 1e-11));
    // Of the log time ratio -b / shape.
    const double k = std::exp(own.log_shape), b = own.coefficient[j];
    const double error = std::sqrt(own.variance[j * width + j] - 2 * b * own.variance[j * width + shape] +
                                   b * b * own.variance[shape * width + shape]) /
                         k;
    EXPECT_TRUE(close(-b / k, reference.number(r, "log_time_ratio"), 1e-8));
    EXPECT_TRUE(close(error, reference.number(r, "log_time_ratio_error"), 1e-7));
  }
}

/// From the definition.
double log_likelihood(const IntervalPatients& patients, const std::vector<double>& at) {
  const double k = std::exp(at.back());
  double sum = 0;
  for (std::size_t i = 0; i < patients.left.size(); ++i) {
    double h = at[0];
    for (std::size_t j = 0; j < patients.x.size(); ++j) h += at[j + 1] * patients.x[j][i];
    const auto survival = [&](double t) { return std::exp(-std::exp(h) * std::pow(t, k)); };
    const double left = patients.left[i], right = patients.right[i];
    sum += left == right ? h + at.back() + (k - 1) * std::log(left) + std::log(survival(left))
                         : std::log(survival(left) - (std::isinf(right) ? 0 : survival(right)));
  }
  return sum;
}

// The constant, which the fit does not show, is sought around the best of many.
double best_constant(const IntervalPatients& patients, std::vector<double>& at) {
  const auto likelihood_at = [&](double constant) {
    at[0] = constant;
    return log_likelihood(patients, at);
  };
  double best = -40;
  for (double constant = -40; constant <= 40; constant += 0.25)
    if (likelihood_at(constant) > likelihood_at(best)) best = constant;
  double low = best - 0.25, high = best + 0.25;
  while (high - low > 1e-9) {
    const double third = (high - low) / 3;
    likelihood_at(low + third) < likelihood_at(high - third) ? low += third : high -= third;
  }
  return likelihood_at(low);
}

// The likelihood of the fit is the one that is said, and falls on all sides.
TEST(WeibullRegression, OracleOfTheLikelihood) {
  std::mt19937_64 random(31);
  std::size_t fitted = 0;
  for (int set = 0; set < test::oracle_sets(40); ++set) {
    SCOPED_TRACE(set);
    IntervalPatients patients = test::random_intervals(random, 30, 2);
    for (double& left : patients.left) left += 0.5;
    for (std::size_t i = 0; i < patients.left.size(); ++i)
      if (patients.right[i] == patients.left[i] - 0.5) patients.right[i] += 0.5;
    patients.x = {{}, {}};
    for (std::size_t i = 0; i < patients.left.size(); ++i) {
      patients.x[0].push_back(patients.group[i]);
      patients.x[1].push_back(static_cast<double>(random() % 100) / 20);
    }
    Arena arena;
    const WeibullFit own = fit(patients, arena);
    if (own.status != Status::ok) continue;
    ++fitted;
    std::vector<double> at{0, own.coefficient[0], own.coefficient[1], own.log_shape};
    const double best = best_constant(patients, at);
    ASSERT_TRUE(std::isfinite(best));
    EXPECT_NEAR(best, own.log_likelihood, 1e-7);
    for (std::size_t j = 0; j < 3; ++j)
      for (const double side : {-1.0, 1.0}) {
        std::vector<double> beside = at;
        const double step = 1e-3 * std::sqrt(own.variance[j * 3 + j]);
        beside[j + 1] += side * step;
        EXPECT_LT(best_constant(patients, beside), best);
      }
  }
  EXPECT_GE(fitted, 35u);
}

// Another unit of time, another scale and origin of a covariate.
TEST(WeibullRegression, PropertyOfUnits) {
  IntervalPatients patients = test::read_intervals("lung", "group x1");
  Arena arena;
  const WeibullFit days = fit(patients, arena);
  for (std::vector<double>* ends : {&patients.left, &patients.right})
    for (double& t : *ends) t /= 30.4375;
  for (double& age : patients.x[1]) age = 1e6 + age / 10;
  const WeibullFit months = fit(patients, arena);
  EXPECT_NEAR(months.coefficient[0], days.coefficient[0], 1e-8);
  EXPECT_NEAR(months.coefficient[1], 10 * days.coefficient[1], 1e-6);
  EXPECT_NEAR(months.log_shape, days.log_shape, 1e-8);
}

TEST(WeibullRegression, StatusOfWhatHasNoMaximum) {
  Arena arena;
  IntervalPatients patients;
  EXPECT_EQ(fit(patients, arena).status, Status::empty_group);
  patients.add(3, never), patients.add(5, never);
  EXPECT_EQ(fit(patients, arena).status, Status::no_events);
  // A group without events, one whose events are all seen at its first visit, and one that nobody is in.
  for (const bool early : {false, true}) {
    IntervalPatients two;
    for (int i = 0; i < 12; ++i) {
      two.add(2 + i % 4, i % 3 == 0 ? never : 4 + i % 4, 0);
      early ? two.add(0, 1 + i % 2, 1) : two.add(1 + i, never, 1);
    }
    two.x = {{two.group.begin(), two.group.end()}};
    EXPECT_EQ(fit(two, arena).status, Status::separation) << early;
    for (double& x : two.x[0]) x = 1;
    EXPECT_EQ(fit(two, arena).status, Status::singular);
    two.x = {};
    EXPECT_EQ(fit(two, arena).status, Status::ok);
  }
  // Of all sizes: everybody of a small group has the event before its first visit.
  std::mt19937_64 random(33);
  for (int set = 0; set < 300; ++set) {
    IntervalPatients first_visit;
    for (std::size_t i = 0; i < 10 + random() % 40; ++i) {
      const auto left = static_cast<double>(random() % 6);
      first_visit.add(left, random() % 3 == 0 ? never : left + 1 + static_cast<double>(random() % 2), 0);
    }
    first_visit.add(2, 3, 0), first_visit.add(4, never, 0);
    for (std::size_t i = 0; i < 1 + random() % 12; ++i) first_visit.add(0, 1, 1);
    first_visit.x = {{first_visit.group.begin(), first_visit.group.end()}};
    if (set % 2) {
      first_visit.x.emplace_back();
      for (std::size_t i = 0; i < first_visit.left.size(); ++i)
        first_visit.x[1].push_back(static_cast<double>(random() % 100));
    }
    EXPECT_EQ(fit(first_visit, arena).status, Status::separation) << set;
  }
  IntervalPatients at_once;
  for (int i = 0; i < 5; ++i) at_once.add(4, 4), at_once.add(1, 9);
  EXPECT_EQ(fit(at_once, arena).status, Status::did_not_converge);
  IntervalPatients at_start;
  at_start.add(0, 0), at_start.add(1, 2), at_start.add(3, 3), at_start.add(3, never);
  EXPECT_EQ(fit(at_start, arena).status, Status::did_not_converge);
}

// So many that the sum of their log likelihoods does not show the gain of the last steps: the estimates are those of
// their parts, within their errors.
TEST(WeibullRegression, PropertyManyPatientsConverge) {
  std::mt19937_64 random(5);
  std::exponential_distribution<> time(0.1);
  std::vector<double> left, right, x;
  constexpr std::size_t n = 600000;
  for (std::size_t i = 0; i < n; ++i) {
    x.push_back(static_cast<double>(i % 2));
    const double t = time(random) * (i % 2 == 0 ? 1 : 1.7), visit = 2 * std::ceil(t / 2);
    left.push_back(std::min(visit - 2, 30.0));
    right.push_back(visit <= 30 ? visit : never);
  }
  Arena arena;
  const WeibullFit fit = weibull_regression({left, right}, x, 1, arena);
  ASSERT_EQ(fit.status, Status::ok);
  EXPECT_NEAR(fit.coefficient[0], -std::log(1.7), 4 * std::sqrt(fit.variance[0]));
  EXPECT_NEAR(fit.log_shape, 0, 4 * std::sqrt(fit.variance[3]));
}

}  // namespace
}  // namespace oligosim
