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

TEST(WeightedGroups, FewerTimesAtWhichWeightsChange) {
  const Changing patients = read("x1 + x2", true);
  const ChangingPatients p = patients.patients();
  Arena arena;
  const SwitchingWeights weights = switching_weights(p, arena);
  const double steps = static_cast<double>(weights.changes[0].time.size());
  ASSERT_GT(steps, 40);
  const double exact = weighted_groups(p, weights, false, arena).log_hazard_ratio;
  EXPECT_EQ(weighted_groups(p, weights, false, arena, 260 * 100).log_hazard_ratio, exact);
  const double few = weighted_groups(p, weights, false, arena, 260 * 8).log_hazard_ratio;
  EXPECT_NE(few, exact);
  EXPECT_NEAR(few, exact, 0.01);  // of an error of 0.16
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
