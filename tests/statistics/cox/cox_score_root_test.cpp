#include "engine/statistics/cox/cox_score_root.hpp"

#include <gtest/gtest.h>

#include <bit>

#include "tests/statistics/intervals.hpp"

namespace oligosim {
namespace {

using test::Rows;
using test::SortedRows;

// Case weights of eight resamples.
std::vector<Lanes> resampled(std::mt19937_64& random, std::size_t n) {
  std::vector<Lanes> weight(n, Lanes{});
  for (std::size_t k = 0; k < lanes; ++k)
    for (std::size_t i = 0; i < n; ++i) weight[random() % n][k] += 1;
  return weight;
}

std::vector<double> of_lane(const std::vector<Lanes>& weight, std::size_t k) {
  std::vector<double> own;
  for (const Lanes& w : weight) own.push_back(w[k]);
  return own;
}

// Alone, from its own weights.
LogHazardRatios<double> root_of(SortedRows& s, const std::vector<double>& weight, Ties ties, double start) {
  double events = 0;
  for (std::size_t i = 0; i < weight.size(); ++i)
    if (s.table.event[i] && holds_time(s.table, s.covariates, i)) events += weight[i];
  const TwoGroupLikelihood<double> likelihood(s.table, as_groups(s.covariates, s.arena), s.covariates,
                                              std::span<const double>(weight), ties, s.arena);
  return score_root(likelihood, events, start);
}

// By Newton's method until the likelihood levels off, as coxph does it.
CoxFit maximum_of(SortedRows& s, const std::vector<double>& weight, Ties ties, double start) {
  CoxOptions options{ties, 200, 1e-15};
  options.initial = {&start, 1};
  return cox(s.table, s.covariates, weight, options, s.arena);
}

// Heavy ties, entries, strata, groups of one patient; a start that is near, at nothing, or far off.
TEST(CoxScoreRoot, OracleOfTheMaximumOfTheLikelihood) {
  std::mt19937_64 random(71);
  int statuses[8] = {};
  for (int set = 0; set < 1500; ++set) {
    SCOPED_TRACE(set);
    const bool with_start = set % 5 == 0;
    const Rows rows = test::random_rows(random, 3 + random() % (set % 3 == 0 ? 300 : 20), with_start);
    SortedRows s(rows, {0}, with_start, set % 7 == 0);
    if (as_groups(s.covariates, s.arena).empty()) continue;
    const std::vector<Lanes> weight = resampled(random, rows.size());
    const Ties ties = set % 2 == 0 ? Ties::efron : Ties::breslow;
    const double starts[] = {0.0, 0.3, -1.5, 6.0}, start = starts[set % 4];
    const LogHazardRatios<Lanes> found =
        CoxResamples(s.table, s.covariates, {}, s.arena).log_hazard_ratios({weight}, ties, start, s.arena);
    for (std::size_t k = 0; k < lanes; ++k) {
      const std::vector<double> own = of_lane(weight, k);
      const LogHazardRatios<double> alone = root_of(s, own, ties, start);
      ASSERT_EQ(found.status[k], alone.status[0]);
      ASSERT_EQ(std::bit_cast<std::uint64_t>(double{found.value[k]}), std::bit_cast<std::uint64_t>(alone.value));
      // Newton's method is not sure to arrive from far away.
      const CoxFit fit = maximum_of(s, own, ties, start == 6.0 ? 0.0 : start);
      ASSERT_EQ(found.status[k], fit.status);
      ++statuses[static_cast<int>(fit.status)];
      if (fit.status != Status::ok) {
        ASSERT_TRUE(std::isnan(found.value[k]));
      } else {
        ASSERT_NEAR(found.value[k], fit.coefficient[0], 1.01e-7 * fit.standard_error[0] + 1e-12);
      }
    }
  }
  for (const Status status : {Status::ok, Status::no_events, Status::singular, Status::separation})
    EXPECT_GT(statuses[static_cast<int>(status)], 5) << name(status);
}

// Whole weights go by counts of patients, those that are not by numbers.
TEST(CoxScoreRoot, OracleOfRealWeights) {
  std::mt19937_64 random(72);
  for (int set = 0; set < 200; ++set) {
    SCOPED_TRACE(set);
    const Rows rows = test::random_rows(random, 20 + random() % 100, set % 2);
    SortedRows s(rows, {0}, set % 2, set % 3 == 0);
    std::vector<Lanes> weight(rows.size());
    for (Lanes& w : weight)
      for (std::size_t k = 0; k < lanes; ++k) w[k] = -std::log((static_cast<double>(random() >> 11) + 0.5) * 0x1p-53);
    const LogHazardRatios<Lanes> found =
        CoxResamples(s.table, s.covariates, {}, s.arena).log_hazard_ratios({weight}, Ties::breslow, 0.0, s.arena);
    for (std::size_t k = 0; k < lanes; ++k) {
      const CoxFit fit = maximum_of(s, of_lane(weight, k), Ties::breslow, 0.0);
      ASSERT_EQ(found.status[k], fit.status);
      if (fit.status != Status::ok) continue;
      ASSERT_NEAR(found.value[k], fit.coefficient[0], 1.01e-7 * fit.standard_error[0] + 1e-12);
    }
  }
}

// One event in a group of thousands at its end, one of the other at its beginning: a hazard ratio of e^12 and more,
// from a start at which the score is as flat as it gets.
TEST(CoxScoreRoot, FindsRatiosFarOff) {
  for (const double start : {0.0, 14.0, -14.0, 25.0, -25.0}) {
    Rows rows;
    for (int i = 0; i < 3000; ++i) rows.push_back({.time = 2.0 + i * 1e-3, .event = false, .x = {0.0}});
    for (int i = 0; i < 40; ++i) rows.push_back({.time = 1.0 + i * 1e-3, .event = true, .x = {1.0}});
    rows.push_back({.time = 1.02, .event = true, .x = {0.0}});
    SortedRows s(rows, {0}, false, false);
    const std::vector<double> once(rows.size(), 1.0);
    const LogHazardRatios<double> found = root_of(s, once, Ties::efron, start);
    const CoxFit fit = maximum_of(s, once, Ties::efron, 0.0);
    ASSERT_EQ(fit.status, Status::ok);
    if (found.status[0] == Status::singular) continue;  // where all is expected in one group, to the last digit
    ASSERT_EQ(found.status[0], Status::ok) << start;
    EXPECT_GT(found.value, 7.0);
    EXPECT_NEAR(found.value, fit.coefficient[0], 1.01e-7 * fit.standard_error[0]) << start;
  }
}

}  // namespace
}  // namespace oligosim
