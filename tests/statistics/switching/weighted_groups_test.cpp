#include "engine/statistics/switching/weighted_groups.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "engine/statistics/cox/cox.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;

constexpr double never = std::numeric_limits<double>::infinity();

struct Changing {
  std::vector<double> time, eligible, covariates;
  std::vector<std::uint8_t> event, changed, group;
  std::size_t columns = 0;

  void add(double t, bool dies, double eligible_at, double change, std::uint8_t g) {
    const bool changes = change < t || (change == t && !dies);
    time.push_back(std::min(t, change)), event.push_back(dies && !changes), changed.push_back(changes);
    eligible.push_back(std::min(eligible_at, change)), group.push_back(g);
  }
  ChangingPatients patients() const {
    return {.time = time,
            .event = event,
            .changed = changed,
            .eligible = eligible,
            .group = group,
            .covariates = covariates,
            .columns = columns};
  }
};

/// `whole`: eligible from the beginning.
Changing read(const std::string& terms, bool whole) {
  const test::ReferenceTable table("data/switching_progressing.csv");
  Changing patients;
  for (std::size_t i = 0; i < table.size(); ++i)
    patients.add(table.number(i, "time"), table.number(i, "event") == 1, whole ? 0 : table.number(i, "eligible"),
                 table.number(i, "change"), static_cast<std::uint8_t>(table.number(i, "group")));
  for (const std::string column : {"x1", "x2"}) {
    if (terms.find(column) == std::string::npos) continue;
    for (std::size_t i = 0; i < table.size(); ++i) patients.covariates.push_back(table.number(i, column));
    ++patients.columns;
  }
  return patients;
}

WeightedGroups compared(const Changing& patients, bool stabilized, Arena& arena) {
  return weighted_groups(patients.patients(), switching_weights(patients.patients(), arena), stabilized, arena);
}

TEST(WeightedGroups, ReferenceCoxph) {
  const test::ReferenceTable reference("switching_weights.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Changing patients = read(reference.text(r, "terms"), reference.number(r, "whole") == 1);
    Arena arena;
    const WeightedGroups own = compared(patients, reference.number(r, "stabilized") == 1, arena);
    ASSERT_EQ(own.status, Status::ok);
    // The models of the changes are found to 1e-8.
    EXPECT_TRUE(close(own.log_hazard_ratio, reference.number(r, "log_hazard_ratio"), 1e-8));
    EXPECT_TRUE(close(own.standard_error, reference.number(r, "standard_error"), 1e-8));
    EXPECT_TRUE(close(own.largest_weight, reference.number(r, "largest_weight"), 1e-8));
    for (const std::size_t group : {0, 1})
      EXPECT_TRUE(close(survival_at(own.curve[group], reference.number(r, "at"), SurvivalInterval::log, 0.95).estimate,
                        reference.number(r, group ? "survival_1" : "survival_0"), 1e-9));
  }
}

/// Progression, from which on some change, with whole days or not; x tells who and when.
Changing random_patients(std::size_t n, bool whole, std::mt19937_64& random) {
  std::exponential_distribution<double> exponential;
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  const auto day = [&](double t) { return whole ? std::ceil(t / 10) : t; };
  Changing patients;
  patients.columns = 1;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = normal(random), progression = 60 * exponential(random), end = 100 + 200 * uniform(random);
    const double death = progression + 120 * exponential(random);
    const bool wants = uniform(random) < (i % 2 ? 0.2 : 0.6);
    const double change = wants ? progression + 40 * exponential(random) * std::exp(-x) : never;
    patients.add(day(std::min(death, end)), death <= end, day(progression), day(change), i % 2 == 1);
    patients.covariates.push_back(x);
  }
  return patients;
}

/// From the definitions: at each event the weights of all at risk.
double naive_log_hazard_ratio(const Changing& p, const SwitchingWeights& weights) {
  const auto weight = [&](std::size_t i, double t) {
    return std::exp(weights.changes[p.group[i]].before(t - p.eligible[i]) * weights.risk[i]);
  };
  const auto score = [&](double b) {
    long double sum = 0;
    for (std::size_t e = 0; e < p.time.size(); ++e) {
      if (!p.event[e]) continue;
      long double at_risk[2] = {0, 0};
      for (std::size_t i = 0; i < p.time.size(); ++i)
        if (p.time[i] >= p.time[e]) at_risk[p.group[i]] += weight(i, p.time[e]);
      const long double second = at_risk[1] * std::exp(static_cast<long double>(b));
      sum += weight(e, p.time[e]) * (p.group[e] - second / (at_risk[0] + second));
    }
    return sum;
  };
  double low = -5, high = 5;
  for (int k = 0; k < 60; ++k) (score((low + high) / 2) > 0 ? low : high) = (low + high) / 2;
  return (low + high) / 2;
}

TEST(WeightedGroups, OracleDirectSums) {
  std::mt19937_64 random(7);
  int compared_sets = 0;
  for (int k = 0; k < 60; ++k) {
    const Changing patients = random_patients(60, k % 2, random);
    Arena arena;
    const SwitchingWeights weights = switching_weights(patients.patients(), arena);
    const WeightedGroups own = weighted_groups(patients.patients(), weights, false, arena);
    if (own.status != Status::ok) continue;
    ++compared_sets;
    EXPECT_NEAR(own.log_hazard_ratio, naive_log_hazard_ratio(patients, weights), 1e-10) << k;
  }
  EXPECT_GT(compared_sets, 50);
}

// Times of a file in another unit, whose sums and differences are rounded: ties stay ties.
TEST(WeightedGroups, PropertyTheUnitOfTimes) {
  std::mt19937_64 random(8);
  for (int k = 0; k < 40; ++k) {
    Changing days = random_patients(80, true, random);
    Arena arena;
    const WeightedGroups whole = compared(days, true, arena);
    for (const double unit : {7.0, 10.0, 30.4375}) {
      Changing other = days;
      for (double& t : other.time) t /= unit;
      for (double& t : other.eligible) t /= unit;
      ChangingPatients patients = other.patients();
      patients.near_ties = true;
      const WeightedGroups own = weighted_groups(patients, switching_weights(patients, arena), true, arena);
      ASSERT_EQ(own.status, whole.status);
      if (whole.status != Status::ok) continue;
      EXPECT_NEAR(own.log_hazard_ratio, whole.log_hazard_ratio, 1e-8) << k << ' ' << unit;
      EXPECT_NEAR(own.standard_error, whole.standard_error, 1e-8);
      EXPECT_NEAR(own.largest_weight, whole.largest_weight, 1e-6);
    }
  }
}

TEST(WeightedGroups, PropertyAConstantAddedToATerm) {
  Changing patients = read("x1", false);
  Arena arena;
  const WeightedGroups own = compared(patients, true, arena);
  for (const double constant : {5000.0, -5000.0}) {
    Changing moved = patients;
    for (double& x : moved.covariates) x += constant;
    const WeightedGroups other = compared(moved, true, arena);
    ASSERT_EQ(other.status, Status::ok);
    EXPECT_NEAR(other.log_hazard_ratio, own.log_hazard_ratio, 1e-7);
    EXPECT_NEAR(other.largest_weight, own.largest_weight, 1e-6);
  }
}

// Relative risks over many orders of magnitude: those of the first to change are much larger than all others together.
TEST(WeightedGroups, OracleHazardOfChangesFromRisksOfAllSizes) {
  Changing patients;
  patients.columns = 1;
  std::mt19937_64 random(9);
  std::normal_distribution<double> normal;
  for (int i = 0; i < 60; ++i) {
    const double change = 1 + i;
    patients.add(i % 5 == 4 ? change : 100, i % 5 == 4, 0, i % 5 == 4 ? never : change, 0);
    patients.covariates.push_back(-0.3 * change + 0.8 * normal(random));
  }
  for (int i = 0; i < 20; ++i) patients.add(10 + 3 * i, true, never, never, 1), patients.covariates.push_back(0);
  Arena arena;
  const SwitchingWeights weights = switching_weights(patients.patients(), arena);
  ASSERT_EQ(weights.status, Status::ok);
  EXPECT_LT(std::ranges::min(weights.risk.first(60)), 1e-12);
  long double hazard = 0;
  for (std::size_t k = 0; k < weights.changes[0].time.size(); ++k) {
    long double at_risk = 0;
    for (std::size_t i = 0; i < 60; ++i)
      if (patients.time[i] >= weights.changes[0].time[k]) at_risk += weights.risk[i];
    hazard += 1 / at_risk;
    EXPECT_NEAR(weights.changes[0].hazard[k] / static_cast<double>(hazard), 1, 1e-12) << k;
  }
}

TEST(WeightedGroups, SurvivalIsZeroOnceEverybodyAtRiskHasHadTheEvent) {
  std::mt19937_64 random(10);
  Arena arena;
  for (int k = 0; k < 50; ++k) {
    Changing patients = random_patients(30, true, random);
    for (const double end : {1000.0, 1000.0, 1001.0})
      patients.add(end, true, 1, never, end == 1001), patients.covariates.push_back(0);
    const WeightedGroups own = compared(patients, false, arena);
    if (own.weights != Status::ok) continue;
    EXPECT_EQ(survival_at(own.curve[0], 1000, SurvivalInterval::log, 0.95).estimate, 0);
    EXPECT_EQ(survival_at(own.curve[0], 2000, SurvivalInterval::log, 0.95).estimate, 0);
  }
}

// Fifty, where there would be too many rows.
TEST(WeightedGroups, FewerTimesAtWhichWeightsChange) {
  std::mt19937_64 random(11);
  const Changing patients = random_patients(1200, false, random);
  const ChangingPatients p = patients.patients();
  Arena arena;
  const SwitchingWeights weights = switching_weights(p, arena);
  ASSERT_GT(weights.changes[0].time.size(), 150u);
  const WeightedGroups exact = weighted_groups(p, weights, false, arena);
  const WeightedGroups few = weighted_groups(p, weights, false, arena, 1);
  EXPECT_NE(few.log_hazard_ratio, exact.log_hazard_ratio);
  EXPECT_NEAR(few.log_hazard_ratio, exact.log_hazard_ratio, 0.01 * exact.standard_error);
}

double log_hazard_ratio_of(const Changing& patients, Arena& arena) {
  const SurvivalTable table = sort_survival(patients.time, patients.event, arena);
  std::vector<double> second;
  for (const std::uint32_t row : table.row) second.push_back(patients.group[row]);
  return cox(table, {.values = second, .columns = 1, .stratum = {}, .strata = 1, .start = {}}, {},
             {.ties = Ties::breslow, .initial = {}}, arena)
      .coefficient[0];
}

TEST(WeightedGroups, NobodyChanges) {
  Changing patients = read("x1", false);
  std::ranges::fill(patients.changed, std::uint8_t{0});
  Arena arena;
  const WeightedGroups own = compared(patients, true, arena);
  EXPECT_TRUE(close(own.log_hazard_ratio, log_hazard_ratio_of(patients, arena), 1e-8));
  EXPECT_EQ(own.largest_weight, 1);
}

// Half of the controls who progress change at once, and live twice as long from then on: weights of two for those who
// do not. What they have is what all would have had.
TEST(WeightedGroups, FindsTheCurveHadNobodyChanged) {
  std::mt19937_64 random(14);
  std::exponential_distribution<double> exponential;
  std::uniform_real_distribution<double> uniform;
  Changing seen, all;
  const int n = 60000;
  for (int i = 0; i < n; ++i) {
    const auto group = static_cast<std::uint8_t>(i % 2);
    const double progression = exponential(random) * (group ? 9 : 5), after = 8 * exponential(random);
    const bool changes = group == 0 && uniform(random) < 0.5;
    const double death = progression + after, end = 20 + 10 * uniform(random);
    const double lives = changes ? progression + 2 * after : death;
    seen.add(std::min(lives, end), lives <= end, progression < end ? progression : never,
             changes && progression < end ? progression : never, group);
    all.add(std::min(death, end), death <= end, never, never, group);
  }
  Arena arena;
  const WeightedGroups own = compared(seen, false, arena), free = compared(all, false, arena);
  for (const double t : {6.0, 12.0, 18.0}) {
    const double truth = survival_at(free.curve[0], t, SurvivalInterval::log, 0.95).estimate;
    EXPECT_NEAR(survival_at(own.curve[0], t, SurvivalInterval::log, 0.95).estimate, truth,
                4 * std::sqrt(2 * truth * (1 - truth) / (n / 2)));
  }
  EXPECT_NEAR(own.largest_weight, 2, 0.05);
  EXPECT_NEAR(own.log_hazard_ratio, free.log_hazard_ratio, 4 * own.standard_error);
  EXPECT_GT(std::abs(log_hazard_ratio_of(seen, arena) - free.log_hazard_ratio), 0.05);  // merely censored
}

TEST(WeightedGroups, Degenerate) {
  Arena arena;
  EXPECT_EQ(compared(Changing(), true, arena).status, Status::empty_group);
  Changing one;
  for (int i = 0; i < 6; ++i) one.add(1 + i, true, never, never, 0);
  EXPECT_EQ(compared(one, true, arena).status, Status::empty_group);
  Changing no_events = one;
  for (int i = 0; i < 6; ++i) no_events.add(1 + i, false, never, never, 1);
  std::ranges::fill(no_events.event, std::uint8_t{0});
  EXPECT_EQ(compared(no_events, true, arena).status, Status::no_events);
  Changing of_one = one;
  for (int i = 0; i < 6; ++i) of_one.add(20 + i, false, never, never, 1);
  EXPECT_EQ(compared(of_one, true, arena).status, Status::separation);
  // Everybody who progresses changes on that day.
  Changing all_change;
  for (int i = 0; i < 12; ++i)
    all_change.add(5 + i, true, i % 4 ? never : 2, i % 4 ? never : 2, static_cast<std::uint8_t>(i % 2));
  EXPECT_EQ(compared(all_change, true, arena).status, Status::separation);
  // Everybody changes, but only after a while: until then there is an answer.
  Changing later;
  for (int i = 0; i < 20; ++i) later.add(10 + i, true, 0, i % 2 ? never : 5 + i, static_cast<std::uint8_t>(i % 2));
  EXPECT_EQ(compared(later, true, arena).weights, Status::ok);
  // A level of whom nobody changes has no finite coefficient; a column that is a combination of others is left out.
  Changing patients = read("x1", false);
  const std::vector<double> x1 = patients.covariates;
  patients.columns = 2;
  for (std::size_t i = 0; i < x1.size(); ++i) patients.covariates.push_back(patients.changed[i] ? 1 : 0);
  EXPECT_EQ(compared(patients, true, arena).status, Status::separation);
  patients.covariates = x1;
  for (const double x : x1) patients.covariates.push_back(2 * x);
  const WeightedGroups twice = compared(patients, true, arena);
  EXPECT_TRUE(close(twice.log_hazard_ratio, compared(read("x1", false), true, arena).log_hazard_ratio, 1e-9));
}

}  // namespace
}  // namespace oligosim
