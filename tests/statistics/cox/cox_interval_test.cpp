#include "engine/statistics/cox/cox_interval.hpp"

#include <gtest/gtest.h>

#include "engine/numeric/normal.hpp"
#include "tests/statistics/intervals.hpp"
#include "tests/statistics/oracle_sets.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Row;
using test::Rows;
using test::SortedRows;
using test::naive::Likelihood;

struct Case {
  Rows rows, copies;
  std::vector<std::size_t> columns;
  CoxOptions options;
  bool stratified, with_start, weighted;
};

Case random_case(std::mt19937_64& random, int set, const std::vector<std::size_t>& columns, Penalty penalty) {
  Case c;
  c.columns = columns;
  c.options.ties = set % 2 ? Ties::efron : Ties::breslow;
  c.options.penalty = penalty;
  c.stratified = set % 3 == 0;
  c.weighted = random() % 5 < 2;
  c.with_start = random() % 2;
  c.rows = test::random_rows(random, 3 + random() % 10 + 5 * columns.size(), c.with_start);
  c.copies = c.weighted ? test::written_out(c.rows) : c.rows;
  return c;
}

struct Result {
  CoxFit fit;
  std::vector<double> coefficient;
  std::vector<CoxInterval> profile;
  CoxInterval score;
};

Result intervals_of(const Case& c, double confidence) {
  SortedRows s(c.rows, c.columns, c.with_start, c.stratified);
  const std::vector<double> weight = c.weighted ? s.weight : std::vector<double>();
  Result r{cox(s.table, s.covariates, weight, c.options, s.arena), {}, std::vector<CoxInterval>(c.columns.size()), {}};
  r.coefficient.assign(r.fit.coefficient.begin(), r.fit.coefficient.end());
  cox_profile_intervals(s.table, s.covariates, weight, c.options, r.fit, confidence, r.profile, s.arena);
  if (c.columns.size() == 1) {
    r.score = cox_score_interval(s.table, s.covariates, weight, c.options, r.fit, confidence, s.arena);
  }
  return r;
}

TEST(CoxInterval, OracleOfOneCoefficientOn10000TiedDataSets) {
  std::mt19937_64 random(71);
  int finite = 0, one_sided = 0;
  for (int set = 0; set < 10000; ++set) {
    SCOPED_TRACE(set);
    const Penalty penalty = set % 4 == 3 ? Penalty::firth : Penalty::none;
    const Case c = random_case(random, set, {random() % 2 ? 0u : 2u}, penalty);
    const double confidence = set % 2 ? 0.95 : 0.8, z = normal_quantile(0.5 + confidence / 2);
    const Result r = intervals_of(c, confidence);
    if (r.fit.status == Status::no_events || r.fit.status == Status::singular) {
      ASSERT_EQ(r.profile[0].status, r.fit.status);
      ASSERT_EQ(r.score.status, r.fit.status);
      ASSERT_TRUE(std::isnan(r.profile[0].lower) && std::isnan(r.score.upper));
      continue;
    }
    const Likelihood likelihood{c.copies, c.columns, c.options.ties, c.stratified};
    const auto value = [&](double beta) {
      return penalty == Penalty::firth ? likelihood.penalized_value({beta}) : likelihood.value({beta});
    };
    // Where there is no maximum the supremum is that of e^30-fold hazards.
    const bool rises_down = likelihood.gradient({-30})[0] <= 1e-9, rises_up = likelihood.gradient({30})[0] >= -1e-9;
    const double top =
        penalty == Penalty::none && (rises_down || rises_up) ? value(rises_up ? 32 : -32) : value(r.coefficient[0]);
    const CoxInterval& profile = r.profile[0];
    ASSERT_EQ(profile.status, Status::ok);
    ASSERT_NEAR(profile.statistic, 2 * (top - value(0)), 1e-9);
    ASSERT_EQ(profile.lower == -INFINITY, penalty == Penalty::none && rises_down);
    ASSERT_EQ(profile.upper == INFINITY, penalty == Penalty::none && rises_up);
    ASSERT_LT(profile.lower, profile.upper);
    for (const double limit : {profile.lower, profile.upper}) {
      if (!std::isinf(limit)) {
        ASSERT_NEAR(2 * (top - value(limit)), z * z, 1e-10 * z * z + 2e-10);
      }
    }
    if (r.fit.status == Status::ok) {
      ASSERT_LT(profile.lower, r.coefficient[0]);
      ASSERT_GT(profile.upper, r.coefficient[0]);
    }
    ++(std::isinf(profile.lower) || std::isinf(profile.upper) ? one_sided : finite);

    ASSERT_EQ(r.score.status, Status::ok);
    ASSERT_EQ(r.score.lower == -INFINITY, rises_down);
    ASSERT_EQ(r.score.upper == INFINITY, rises_up);
    const auto standardized = [&](double beta) {
      return likelihood.gradient({beta})[0] / std::sqrt(likelihood.information({beta})[0][0]);
    };
    ASSERT_TRUE(close(r.score.statistic, std::pow(standardized(0), 2), 1e-9));
    if (!rises_down) {
      ASSERT_NEAR(standardized(r.score.lower), z, 1e-9);
    }
    if (!rises_up) {
      ASSERT_NEAR(standardized(r.score.upper), -z, 1e-9);
    }
  }
  EXPECT_GT(finite, 5000);
  EXPECT_GT(one_sided, 500);
}

// With the other of two coefficients maximized from the definition, coefficient j at `value`: every top that a bracket
// from `other` or, with the penalty, which may make several, a net shows; the highest first.
std::vector<double> profiled_tops(const Likelihood& likelihood, bool penalized, std::size_t j, double value,
                                  double other) {
  std::vector<double> beta(2), tops;
  beta[j] = value;
  const auto height = [&](double at) {
    beta[1 - j] = at;
    return penalized ? likelihood.penalized_value(beta) : likelihood.value(beta);
  };
  const auto slope = [&](double at) {
    beta[1 - j] = at;
    return (penalized ? likelihood.penalized_gradient(beta) : likelihood.gradient(beta))[1 - j];
  };
  const auto add_top = [&](double low, double high) {
    for (int i = 0; i < 40; ++i) (slope((low + high) / 2) > 0 ? low : high) = (low + high) / 2;
    tops.push_back(height((low + high) / 2));
  };
  double step = 1, low = other, high = other;
  while (slope(low) < 0 && step < 200) low -= step, step *= 2;
  step = 1;
  while (slope(high) > 0 && step < 200) high += step, step *= 2;
  add_top(low, high);
  const double net = 0.5;
  for (double at = other - 12; penalized && at <= other + 12; at += net)
    if (height(at) > height(at - net) && height(at) > height(at + net)) add_top(at - net, at + net);
  std::ranges::sort(tops, std::greater());
  return tops;
}

double profiled(const Likelihood& likelihood, bool penalized, std::size_t j, double value, double other) {
  return profiled_tops(likelihood, penalized, j, value, other).front();
}

TEST(CoxInterval, OracleOfTwoCoefficientsOnTiedDataSets) {
  std::mt19937_64 random(72);
  const double z = normal_quantile(0.975);
  int finite = 0, infinite = 0, not_highest = 0;
  for (int set = 0; set < test::oracle_sets(1000); ++set) {
    SCOPED_TRACE(set);
    const Penalty penalty = set % 2 ? Penalty::firth : Penalty::none;
    const Case c = random_case(random, set / 2, {0, 2}, penalty);
    const Result r = intervals_of(c, 0.95);
    if (r.fit.status == Status::no_events || r.fit.status == Status::singular) continue;
    const Likelihood likelihood{c.copies, c.columns, c.options.ties, c.stratified};
    const bool penalized = penalty == Penalty::firth;
    for (std::size_t j = 0; j < 2; ++j) {
      const CoxInterval& interval = r.profile[j];
      ASSERT_EQ(interval.status, Status::ok);
      double top = r.fit.log_likelihood, other = r.fit.status == Status::ok ? r.coefficient[1 - j] : 0;
      if (r.fit.status == Status::separation) {
        // Twice the statistic at 0 tells the supremum; it has to be no less than any value seen.
        top = profiled(likelihood, penalized, j, 0, 0) + interval.statistic / 2;
        for (const double b : {-25.0, -5.0, 5.0, 25.0}) ASSERT_LE(profiled(likelihood, penalized, j, b, 0), top + 1e-8);
      } else {
        ASSERT_NEAR(interval.statistic, 2 * (top - profiled(likelihood, penalized, j, 0, other)), 1e-8);
      }
      for (const double limit : {interval.lower, interval.upper}) {
        if (!std::isinf(limit)) {
          // Of several tops of a penalized likelihood the one that the way from the estimate leads to.
          const std::vector<double> tops = profiled_tops(likelihood, penalized, j, limit, other);
          const auto own = std::ranges::find_if(tops, [&](double t) { return std::abs(2 * (top - t) - z * z) < 1e-8; });
          ASSERT_TRUE(own != tops.end()) << 2 * (top - tops.front());
          not_highest += 2 * (tops.front() - *own) > 1e-8;
          ++finite;
        } else {
          ASSERT_EQ(r.fit.status, Status::separation);
          ASSERT_LT(2 * (top - profiled(likelihood, penalized, j, std::copysign(100, limit), 0)), 1e-6);
          ++infinite;
        }
      }
    }
  }
  EXPECT_GT(finite, 2500);
  EXPECT_GT(infinite, 50);
  EXPECT_LE(not_highest, 5);
}

TEST(CoxInterval, PropertyIsOfTheCovariateAsGiven) {
  std::mt19937_64 random(73);
  for (int set = 0; set < 200; ++set) {
    Case c = random_case(random, set, {0, 1, 2}, set % 2 ? Penalty::firth : Penalty::none);
    const Result before = intervals_of(c, 0.95);
    if (before.fit.status != Status::ok) continue;
    for (Row& row : c.rows) row.x[1] = 3 - 50 * row.x[1];
    const Result after = intervals_of(c, 0.95);
    ASSERT_TRUE(close(after.profile[1].lower, before.profile[1].upper / -50, 1e-7));
    ASSERT_TRUE(close(after.profile[1].upper, before.profile[1].lower / -50, 1e-7));
    ASSERT_TRUE(close(after.profile[0].lower, before.profile[0].lower, 1e-7));
    ASSERT_NEAR(after.profile[2].statistic, before.profile[2].statistic, 1e-8);
  }
}

TEST(CoxInterval, DegenerateTooFewIterationsPassesTheStatusOn) {
  std::mt19937_64 random(74);
  Case c = random_case(random, 1, {1}, Penalty::none);
  c.rows = test::random_rows(random, 40, c.with_start);
  c.options.max_iterations = 1;
  const Result r = intervals_of(c, 0.95);
  ASSERT_EQ(r.fit.status, Status::did_not_converge);
  EXPECT_EQ(r.profile[0].status, Status::did_not_converge);
  EXPECT_EQ(r.score.status, Status::did_not_converge);
  EXPECT_TRUE(std::isnan(r.profile[0].upper) && std::isnan(r.score.lower));
}

}  // namespace
}  // namespace oligosim
