#include "engine/statistics/survival/kaplan_meier.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "engine/numeric/normal.hpp"
#include "tests/statistics/naive.hpp"
#include "tests/statistics/resamples.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Patient;
using test::Patients;
using test::Sorted;

constexpr SurvivalInterval all_intervals[] = {SurvivalInterval::log, SurvivalInterval::log_log, SurvivalInterval::plain,
                                              SurvivalInterval::logit, SurvivalInterval::arcsine};

SurvivalInterval interval_named(const std::string& name) {
  if (name == "log") return SurvivalInterval::log;
  if (name == "log_log") return SurvivalInterval::log_log;
  if (name == "plain") return SurvivalInterval::plain;
  if (name == "logit") return SurvivalInterval::logit;
  if (name == "arcsine") return SurvivalInterval::arcsine;
  throw std::runtime_error(name);
}

void expect_as_survfit(const test::ReferenceTable& reference) {
  std::string read;
  Patients patients;
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    if (read != reference.text(r, "data")) patients = test::read_patients(read = reference.text(r, "data"));
    Sorted sorted(patients);
    const std::string subset = reference.text(r, "subset");
    std::vector<std::uint8_t> keep;
    for (const Patient& p : patients) keep.push_back(subset == "all" || std::to_string(p.group) == subset);
    SurvivalTable table = filter(sorted.table, keep, sorted.arena);
    if (reference.number(r, "reverse") != 0) table = reversed(table, sorted.arena);
    std::span<const double> weight;
    if (reference.number(r, "weighted") != 0) weight = in_table_order<double>(table, sorted.weights, sorted.arena);
    const KaplanMeierCurve curve = kaplan_meier(table, weight, sorted.arena);
    const SurvivalInterval interval = interval_named(reference.text(r, "interval"));
    const double confidence = reference.number(r, "confidence"), at = reference.number(r, "at");
    const Estimate e = reference.text(r, "what") == "survival" ? survival_at(curve, at, interval, confidence)
                                                               : survival_quantile(curve, at, interval, confidence);
    EXPECT_TRUE(close(e.estimate, reference.number(r, "estimate"), 1e-8));
    EXPECT_TRUE(close(e.standard_error, reference.number(r, "standard_error"), 1e-8));
    EXPECT_TRUE(close(e.lower, reference.number(r, "lower"), 1e-8));
    EXPECT_TRUE(close(e.upper, reference.number(r, "upper"), 1e-8));
    EXPECT_EQ(e.status, std::isnan(e.estimate) ? Status::not_reached : Status::ok);
  }
}

TEST(KaplanMeier, ReferenceSurvfitCurvesAndQuantiles) {
  expect_as_survfit(test::ReferenceTable("kaplan_meier.csv"));
  expect_as_survfit(test::ReferenceTable("kaplan_meier_larger.csv"));
}

Estimate quantile(const Patients& patients, double p, SurvivalInterval interval = SurvivalInterval::log,
                  bool reverse = false) {
  Sorted s(patients);
  const SurvivalTable table = reverse ? reversed(s.table, s.arena) : s.table;
  return survival_quantile(kaplan_meier(table, {}, s.arena), p, interval, 0.95);
}

TEST(KaplanMeier, ReferenceMediansOfTheAmlTrial) {
  Patients maintained, other;
  const Patients aml = test::read_patients("aml");
  for (const Patient& p : aml) (p.group == 0 ? maintained : other).push_back(p);
  EXPECT_EQ(quantile(maintained, .5).estimate, 31);
  EXPECT_EQ(quantile(maintained, .5).lower, 18);
  EXPECT_TRUE(std::isnan(quantile(maintained, .5).upper));
  EXPECT_EQ(quantile(other, .5).estimate, 23);
  EXPECT_EQ(quantile(other, .5, SurvivalInterval::log_log).lower, 5);
  EXPECT_EQ(quantile(other, .5, SurvivalInterval::log_log).upper, 33);
  EXPECT_EQ(quantile(other, .5, SurvivalInterval::logit).upper, 43);
  const Estimate follow_up = quantile(aml, .5, SurvivalInterval::log, true);
  EXPECT_EQ(follow_up.estimate, 161);
  EXPECT_EQ(follow_up.lower, 45);
  EXPECT_TRUE(std::isnan(follow_up.upper));
}

TEST(KaplanMeier, ReferenceMidpointOfAFlatStretch) {
  const Estimate midpoint = quantile(test::read_patients("midpoint"), .5);
  EXPECT_EQ(midpoint.estimate, 5);
  EXPECT_EQ(midpoint.lower, 2);
  EXPECT_TRUE(std::isnan(midpoint.upper));
  EXPECT_EQ(quantile(test::read_patients("flat"), .5).estimate, 4.5);
}

struct NaiveLimits {
  double lower, upper;
};

// On the scale of each interval: g(S) +- z |g'(S)| se(S), back-transformed.
NaiveLimits naive_limits(const Patients& rows, double t, SurvivalInterval interval, double confidence) {
  const double s = test::naive::survival(rows, t), z = normal_quantile(0.5 + confidence / 2);
  const double se = s * std::sqrt(test::naive::greenwood(rows, t));
  const bool edge = interval == SurvivalInterval::log || interval == SurvivalInterval::plain;
  if (s == 0 || (s == 1 && !edge)) return {missing, missing};
  switch (interval) {
    case SurvivalInterval::log:
      return {std::exp(std::log(s) - z * se / s), std::min(1.0, std::exp(std::log(s) + z * se / s))};
    case SurvivalInterval::plain:
      return {std::max(0.0, s - z * se), std::min(1.0, s + z * se)};
    case SurvivalInterval::log_log: {
      const double g = std::log(-std::log(s)), w = z * se / std::abs(s * std::log(s));
      return {std::exp(-std::exp(g + w)), std::exp(-std::exp(g - w))};
    }
    case SurvivalInterval::logit: {
      const double g = std::log(s / (1 - s)), w = z * se / (s * (1 - s));
      return {1 / (1 + std::exp(w - g)), 1 / (1 + std::exp(-g - w))};
    }
    case SurvivalInterval::arcsine: {
      const double g = std::asin(std::sqrt(s)), w = z * se / (2 * std::sqrt(s * (1 - s)));
      return {std::pow(std::sin(std::max(0.0, g - w)), 2),
              std::pow(std::sin(std::min(std::numbers::pi / 2, g + w)), 2)};
    }
  }
  return {missing, missing};
}

// The first time with S at or below 1 - p; where S is 1 - p there, halfway to the next drop or to the last time.
double naive_quantile(const Patients& rows, double p) {
  const std::set<double> distinct = test::naive::times(rows, false);
  for (const double t : distinct) {
    const double s = test::naive::survival(rows, t);
    if (s > 1 - p + 1e-9) continue;
    if (s < 1 - p - 1e-9) return t;
    for (const double u : distinct) {
      if (test::naive::survival(rows, u) < 1 - p - 1e-9) return (t + u) / 2;
    }
    return (t + *distinct.rbegin()) / 2;
  }
  return missing;
}

void expect_as_naive(const KaplanMeierCurve<>& curve, const Patients& rows, SurvivalInterval interval) {
  std::vector<std::pair<double, double>> lower = {{0, 0}}, upper = {{0, 0}};
  for (const double t : test::naive::times(rows, false)) {
    const NaiveLimits limit = naive_limits(rows, t, interval, 0.9);
    const Estimate e = survival_at(curve, t + 0.25 * (t < curve.time.back()), interval, 0.9);
    ASSERT_TRUE(close(e.estimate, test::naive::survival(rows, t), 1e-10));
    ASSERT_TRUE(close(e.lower, limit.lower, 1e-10));
    ASSERT_TRUE(close(e.upper, limit.upper, 1e-10));
    lower.emplace_back(t, 1 - limit.lower);
    upper.emplace_back(t, 1 - limit.upper);
  }
  for (const double p : {0.2, 0.25, 0.5, 2.0 / 3, 0.75, 0.9}) {
    const Estimate e = survival_quantile(curve, p, interval, 0.9);
    ASSERT_TRUE(close(e.estimate, naive_quantile(rows, p), 1e-12)) << p;
    ASSERT_TRUE(close(e.lower, test::naive::find_quantile(lower, p), 1e-12)) << p;
    ASSERT_TRUE(close(e.upper, test::naive::find_quantile(upper, p), 1e-12)) << p;
  }
}

TEST(KaplanMeier, OracleFromTheDefinitionOn10000TiedDataSets) {
  std::mt19937_64 random(2);
  for (int set = 0; set < 10000; ++set) {
    const Patients patients = test::random_patients(random, 1 + random() % 12, 2);
    Sorted s(patients);
    expect_as_naive(kaplan_meier(s.table, {}, s.arena), patients, all_intervals[set % 5]);
    const Patients rows = test::written_out(patients);
    const KaplanMeierCurve weighted = kaplan_meier(s.table, s.weight, s.arena);
    ASSERT_EQ(weighted.n, static_cast<double>(rows.size()));
    if (!rows.empty()) expect_as_naive(weighted, rows, all_intervals[set % 5]);
    if (::testing::Test::HasFatalFailure()) FAIL() << "data set " << set;
  }
}

TEST(KaplanMeier, PropertyIntegerWeightsAreRowsWrittenOutExactly) {
  std::mt19937_64 random(3);
  for (int set = 0; set < 10000; ++set) {
    const Patients patients = test::random_patients(random, 1 + random() % 20, 2);
    Sorted weighted(patients), rows(test::written_out(patients));
    const KaplanMeierCurve a = kaplan_meier(weighted.table, weighted.weight, weighted.arena);
    const KaplanMeierCurve b = kaplan_meier(rows.table, {}, rows.arena);
    ASSERT_EQ(a.time.size(), b.time.size());
    for (std::size_t i = 0; i < a.time.size(); ++i) {
      ASSERT_EQ(a.time[i], b.time[i]);
      ASSERT_EQ(a.at_risk[i], b.at_risk[i]);
      ASSERT_EQ(a.events[i], b.events[i]);
      ASSERT_EQ(a.survival[i], b.survival[i]);
      ASSERT_EQ(a.log_variance[i], b.log_variance[i]);
    }
    ASSERT_EQ(a.n, b.n);
    ASSERT_EQ(a.n_events, b.n_events);
  }
}

TEST(KaplanMeier, PropertyEachLaneHasTheBitsOfItsOwnCurve) {
  std::mt19937_64 random(6);
  for (int set = 0; set < 3000; ++set) {
    const Patients patients = test::random_patients(random, 1 + random() % 14, 2);
    Sorted s(patients);
    const test::Resamples resamples(random, patients.size(), s.arena);
    const auto together = kaplan_meier<Lanes>(s.table, resamples.together(), s.arena);
    const auto without = kaplan_meier<Lanes>(s.table, resamples.together(), s.arena, Greenwood::left_out);
    ASSERT_TRUE(without.log_variance.empty());
    for (std::size_t k = 0; k < lanes; ++k) {
      const KaplanMeierCurve<> alone = kaplan_meier(s.table, resamples.apart(k), s.arena);
      const SurvivalInterval interval = all_intervals[random() % 5];
      for (const double t : {0.5, 1.0, 2.0, 3.5, 5.0, 6.0, 6.5}) {
        const Estimate e = survival_at(alone, t, interval, .9);
        ASSERT_TRUE(test::same(survival_at(together, t, interval, .9, k), e)) << set << " " << k << " " << t;
        ASSERT_TRUE(close(survival_values(together, t)[k], e.estimate, 0));
        ASSERT_TRUE(close(survival_values(without, t)[k], e.estimate, 0));
        ASSERT_TRUE(close(survival_values(alone, t), e.estimate, 0));
      }
      for (const double p : {0.0, 1e-9, 0.25, 0.5, 2.0 / 3, 0.9}) {
        const Estimate e = survival_quantile(alone, p, interval, .9);
        ASSERT_TRUE(test::same(survival_quantile(together, p, interval, .9, k), e)) << set << " " << k << " " << p;
        ASSERT_TRUE(close(quantile_values(together, p)[k], e.estimate, 0));
        ASSERT_TRUE(close(quantile_values(without, p)[k], e.estimate, 0));
        ASSERT_TRUE(close(quantile_values(alone, p), e.estimate, 0));
      }
    }
  }
}

TEST(KaplanMeier, PropertyRealWeightsReachZeroExactlyWhereAllAtRiskFail) {
  std::mt19937_64 random(4);
  for (int set = 0; set < 1000; ++set) {
    Patients patients = test::random_patients(random, 15, 2);
    for (Patient& p : patients) p.weight = -std::log((static_cast<double>(random() >> 11) + 0.5) * 0x1p-53);
    for (Patient& p : patients) p.event = p.event || p.time == 6;
    patients[0].time = 6;
    patients[0].event = true;
    Sorted s(patients);
    const KaplanMeierCurve curve = kaplan_meier(s.table, s.weight, s.arena);
    ASSERT_EQ(curve.survival.back(), 0.0);
    ASSERT_TRUE(std::isinf(curve.log_variance.back()));
  }
}

TEST(KaplanMeier, PropertyRescalingTimeRescalesQuantiles) {
  for (const char* name : {"aml", "lung", "ties"}) {
    Patients patients = test::read_patients(name);
    const Estimate before = quantile(patients, .5);
    for (Patient& p : patients) p.time *= 4;
    const Estimate after = quantile(patients, .5);
    EXPECT_TRUE(close(after.estimate, 4 * before.estimate, 0));
    EXPECT_TRUE(close(after.lower, 4 * before.lower, 0));
    EXPECT_TRUE(close(after.upper, 4 * before.upper, 0));
  }
}

TEST(KaplanMeier, DegenerateDataHaveAStatus) {
  Sorted empty(Patients{});
  const KaplanMeierCurve none = kaplan_meier(empty.table, {}, empty.arena);
  EXPECT_EQ(survival_at(none, 1, SurvivalInterval::log, .95).status, Status::empty_group);
  EXPECT_EQ(survival_quantile(none, .5, SurvivalInterval::log, .95).status, Status::empty_group);

  Patients censored = test::read_patients("aml");
  for (Patient& p : censored) p.event = false;
  EXPECT_EQ(quantile(censored, .5).status, Status::not_reached);

  Sorted flat(test::read_patients("flat"));
  const KaplanMeierCurve curve = kaplan_meier(flat.table, {}, flat.arena);
  EXPECT_EQ(survival_at(curve, 6, SurvivalInterval::log, .95).estimate, .5);
  EXPECT_EQ(survival_at(curve, 6.01, SurvivalInterval::log, .95).status, Status::not_reached);
  EXPECT_TRUE(std::isnan(survival_at(curve, 6.01, SurvivalInterval::log, .95).estimate));

  Sorted finished(test::read_patients("midpoint"));
  const KaplanMeierCurve to_zero = kaplan_meier(finished.table, {}, finished.arena);
  EXPECT_EQ(survival_at(to_zero, 100, SurvivalInterval::log, .95).estimate, 0.0);
  EXPECT_EQ(survival_at(to_zero, 100, SurvivalInterval::log, .95).status, Status::ok);
  EXPECT_TRUE(std::isnan(survival_at(to_zero, 100, SurvivalInterval::plain, .95).lower));

  Sorted zero_weights(test::read_patients("midpoint"));
  for (double& w : zero_weights.weight) w = 0;
  const KaplanMeierCurve unseen = kaplan_meier(zero_weights.table, zero_weights.weight, zero_weights.arena);
  EXPECT_EQ(unseen.time.size(), 0u);
  EXPECT_EQ(unseen.n, 0.0);
}

}  // namespace
}  // namespace oligosim
