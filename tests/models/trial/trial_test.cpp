// Properties and oracles of how a trial is run: enrollment, randomization, dropout, boundaries' inputs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "models/trial/dropout.hpp"
#include "models/trial/enrollment.hpp"
#include "models/trial/randomization.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

class Yaml {
 public:
  explicit Yaml(const std::string& text) : tree_(parse_yaml(text, "test.yaml", problems)) {}
  ConfigNode node() { return ConfigNode(tree_, problems); }
  Problems problems;

 private:
  YamlNode tree_;
};

TEST(Enrollment, StatisticalPiecewisePoissonCounts) {
  Yaml yaml("{patients: 400, rate_per_month: [{from_month: 0, rate: 2}, {from_month: 6, rate: 10}]}");
  const Enrollment enrollment = Enrollment::read(yaml.node(), Columns{});
  ASSERT_TRUE(yaml.problems.empty()) << yaml.problems.text();
  Arena arena;
  std::vector<double> months(400);
  double early = 0, middle = 0;
  const int replicates = 2000;
  for (int r = 1; r <= replicates; ++r) {
    arena.reset();
    const Cohort none(Columns{}, 400, {}, arena);
    enrollment.sample(Streams(7, static_cast<std::uint32_t>(r)), none, 1, months);
    EXPECT_TRUE(std::is_sorted(months.begin(), months.end()));
    early += static_cast<double>(std::count_if(months.begin(), months.end(), [](double m) { return m < 6; }));
    middle +=
        static_cast<double>(std::count_if(months.begin(), months.end(), [](double m) { return m >= 6 && m < 16; }));
  }
  EXPECT_NEAR(early / replicates, 12, 4 * std::sqrt(12.0 / replicates));  // Poisson: variance = mean
  EXPECT_NEAR(middle / replicates, 100, 4 * std::sqrt(100.0 / replicates));
}

TEST(Enrollment, OracleEntriesAreSumsOfGaps) {
  const Streams streams(7, 2);
  std::vector<double> all;
  for (const std::size_t n : {203u, 1u, 2u, 3u, 4u, 5u, 7u, 8u, 37u}) {
    Yaml yaml("{patients: " + std::to_string(n) + ", rate_per_month: 2.5}");
    const Enrollment enrollment = Enrollment::read(yaml.node(), Columns{});
    Arena arena;
    std::vector<double> months(n);
    enrollment.sample(streams, Cohort(Columns{}, n, {}, arena), 1, months);
    Stream stream = streams.stream(Purpose::enrollment);
    double month = 0;
    for (std::size_t i = 0; i < n; ++i) {
      month += stream.exponential() / 2.5;
      ASSERT_NEAR(months[i], month, 1e-13 * month) << n << ' ' << i;
    }
    if (all.empty()) all = months;
    ASSERT_TRUE(std::equal(months.begin(), months.end(), all.begin())) << "whoever else enters later, " << n;
  }
}

TEST(Enrollment, OracleAcceleratingAccrualQuantiles) {
  Yaml yaml("{patients: 100000, over_months: 78, shape: 2.27}");
  const Enrollment enrollment = Enrollment::read(yaml.node(), Columns{});
  Arena arena;
  std::vector<double> months(100000);
  enrollment.sample(Streams(3, 1), Cohort(Columns{}, 100000, {}, arena), 1, months);
  for (const double m : {20.0, 40.0, 60.0}) {
    const double p = std::pow(m / 78, 2.27);
    const double seen =
        static_cast<double>(std::count_if(months.begin(), months.end(), [m](double x) { return x <= m; })) / 1e5;
    EXPECT_NEAR(seen, p, 4 * std::sqrt(p * (1 - p) / 1e5));
  }
}

TEST(Randomization, PropertyEveryCompleteBlockIsBalancedInItsStratum) {
  Columns columns;
  columns.add({"line", ColumnKind::number, {}, {1, 2}, "", ""});
  Yaml yaml("{blocks: [6], strata: [line]}");
  const Randomization randomization = Randomization::read(yaml.node(), columns, {1, 2});
  ASSERT_TRUE(yaml.problems.empty()) << yaml.problems.text();
  Arena arena;
  for (std::uint32_t r = 1; r <= 200; ++r) {
    arena.reset();
    Cohort baseline(columns, 101, {}, arena);
    Stream draw(11, r, Purpose::baseline);
    for (double& line : baseline.numbers(0)) line = draw.uniform() < 0.3 ? 1 : 2;
    std::vector<std::uint8_t> arm(101);
    randomization.assign(Streams(5, r), baseline, {}, arm, arena);
    std::map<double, std::vector<int>> sequence;
    for (std::size_t i = 0; i < arm.size(); ++i) sequence[baseline.numbers(0)[i]].push_back(arm[i]);
    for (const auto& [line, arms] : sequence)
      for (std::size_t block = 0; block + 6 <= arms.size(); block += 6)
        EXPECT_EQ(std::count(arms.begin() + static_cast<long>(block), arms.begin() + static_cast<long>(block) + 6, 1),
                  4);
  }
}

// Whose entry depends on the baseline is not numbered in order of entry; blocks and minimization still follow it.
TEST(Randomization, PropertyFollowsTheOrderOfEntry) {
  for (const char* randomization : {"{blocks: [2]}", "{minimize: {factors: [], probability: 1}}"}) {
    const Study study = study_from(R"(study: order of entry
seed: 3
disease: {model: cohorts, cohorts: {a: {os: {median_months: 10}}, b: {os: {median_months: 10}}}}
cohort: {a: 0.5, b: 0.5}
arms: {control: {}, drug: {}}
trial:
  enrollment: {patients: 200, over_months: 24, shape_by: {column: cohort, levels: {a: 0.3, b: 3}}}
  randomization: )" + std::string(randomization) +
                                   R"(
design: {kind: fixed, primary: test, looks: [{at_month: 36}]}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: test, method: log_rank, endpoint: os, by: arm}]
)");
    const Trial& trial = *study.scenarios.front().trial;
    Arena arena;
    for (std::uint32_t r = 1; r <= 50; ++r) {
      arena.reset();
      const Patients patients = trial.simulate(Streams(study.seed, r), arena);
      const auto order = Enrollment::order(patients.enrollment_day, arena);
      ASSERT_FALSE(std::ranges::is_sorted(order));
      int imbalance = 0;
      for (const std::uint32_t i : order) {
        imbalance += patients.arm[i] == 0 ? 1 : -1;
        ASSERT_LE(std::abs(imbalance), 1) << randomization;
      }
    }
  }
}

TEST(Randomization, StatisticalAllOrdersOfABlockAreEquallyLikely) {
  Yaml yaml("{blocks: [4]}");
  const Randomization randomization = Randomization::read(yaml.node(), Columns{}, {1, 1});
  Arena arena;
  std::map<std::vector<std::uint8_t>, int> seen;
  const int replicates = 60000;
  for (std::uint32_t r = 1; r <= replicates; ++r) {
    arena.reset();
    std::vector<std::uint8_t> arm(4);
    randomization.assign(Streams(5, r), Cohort(Columns{}, 4, {}, arena), {}, arm, arena);
    ++seen[arm];
  }
  ASSERT_EQ(seen.size(), 6u);
  for (const auto& [order, count] : seen) EXPECT_NEAR(count, 10000, 4 * std::sqrt(10000.0 * 5 / 6));
}

TEST(Randomization, OracleBlocksMustBeMultiplesOfTheRatio) {
  Yaml yaml("{blocks: [4]}");
  Randomization::read(yaml.node(), Columns{}, {1, 2});
  EXPECT_EQ(yaml.problems.text(), "test.yaml:1:10: blocks: must be multiples of 3, the sum of the allocations\n");
}

TEST(Dropout, OracleShareLostByTheMonthSaid) {
  Yaml yaml("{probability: 0.05, by_month: 12}");
  const Dropout dropout = Dropout::read(yaml.node());
  EXPECT_NEAR(1 - std::exp(-12 * dropout.rate_per_month), 0.05, 1e-15);
  Arena arena;
  std::vector<double> months(100000);
  dropout.sample(Streams(3, 1), 1, {}, months);
  const double lost =
      static_cast<double>(std::count_if(months.begin(), months.end(), [](double m) { return m <= 12; })) / 1e5;
  EXPECT_NEAR(lost, 0.05, 4 * std::sqrt(0.05 * 0.95 / 1e5));
}

const std::vector<std::string> four_arms{"a", "b", "c", "d"};

Dropout dropout_of(const std::string& text) {
  Yaml yaml(text);
  const Dropout dropout = Dropout::read(yaml.node(), {}, four_arms);
  EXPECT_TRUE(yaml.problems.empty()) << yaml.problems.text();
  return dropout;
}

TEST(Dropout, OracleShareLostByTheMonthOfEachArm) {
  const Dropout dropout = dropout_of(
      "{probability: 0.05, by_month: 12, by_arm: {b: {probability: 0.3}, c: {by_month: 2}, "
      "d: {probability: 0, by_month: 1}}}");
  const std::vector<double> shares{0.05, 0.3, 1 - std::pow(0.95, 6), 0};  // by month 12
  constexpr std::size_t patients = 100000;
  std::vector<std::uint8_t> arm(4 * patients);
  for (std::size_t i = 0; i < arm.size(); ++i) arm[i] = static_cast<std::uint8_t>(i % 4);
  std::vector<double> months(arm.size());
  dropout.sample(Streams(3, 1), 1, arm, months);
  std::vector<double> lost(4);
  for (std::size_t i = 0; i < arm.size(); ++i) lost[arm[i]] += months[i] <= 12;
  for (std::size_t a = 0; a < 4; ++a) {
    EXPECT_NEAR(1 - std::exp(-12 * dropout.rate(a)), shares[a], 1e-15);
    EXPECT_NEAR(lost[a] / patients, shares[a], 4 * std::sqrt(shares[a] * (1 - shares[a]) / patients));
  }
}

// A patient is lost on the day on which he would be in a trial whose arms all have the rate of his.
TEST(Dropout, OracleEachPatientAsIfAllArmsHadTheRateOfHis) {
  const Dropout dropout{.rate_per_month = 0.01, .after = {}, .by_arm = {0.01, 0, 0.3, 4}};
  std::vector<double> own(5001), of_all(own.size()), until(own.size(), 30);
  std::vector<std::uint8_t> arm(own.size());
  for (std::size_t i = 0; i < arm.size(); ++i) arm[i] = static_cast<std::uint8_t>(i * i % 4 + i % 3);
  for (std::size_t i = 0; i < arm.size(); i += 7) until[i] = std::numeric_limits<double>::infinity();
  for (const bool before : {false, true}) {
    Arena arena;
    const auto sample = [&](const Dropout& of, std::span<double> days) {
      before ? of.sample_before(until, Streams(3, 2), 30, arm, days, arena) : of.sample(Streams(3, 2), 30, arm, days);
    };
    sample(dropout, own);
    for (std::size_t a = 0; a < 4; ++a) {
      sample({.rate_per_month = dropout.by_arm[a], .after = {}}, of_all);
      for (std::size_t i = 0; i < arm.size(); ++i) {
        if (arm[i] != a) continue;
        ASSERT_EQ(own[i], of_all[i]) << i;
      }
    }
  }
}

TEST(Dropout, PropertyArmsWithoutARateOfTheirOwnAreNone) {
  for (const char* own : {"", ", by_arm: {}", ", by_arm: {b: {}}", ", by_arm: {c: {probability: 0.05, by_month: 12}}"})
    EXPECT_TRUE(dropout_of("{probability: 0.05, by_month: 12" + std::string(own) + "}").by_arm.empty()) << own;
}

TEST(Dropout, OracleThoseLostBeforeADayAreLostOnTheSameDay) {
  constexpr double days_per_month = 30.4375;
  for (const double rate : {0.0, 1e-6, 0.01, 0.3, 50.0}) {
    Arena arena;
    const Dropout dropout{.rate_per_month = rate, .after = {}};
    std::vector<double> until(5001), all(until.size()), early(until.size());
    dropout.sample(Streams(3, 2), days_per_month, {}, all);
    std::size_t lost = 0;
    for (std::size_t i = 0; i < until.size(); ++i) {
      // Of some the very day, or the number next to it.
      until[i] = i % 5 == 0 ? all[i] : i % 5 == 1 ? std::nextafter(all[i], 1e300) : static_cast<double>(i % 97) * 30;
    }
    dropout.sample_before(until, Streams(3, 2), days_per_month, {}, early, arena);
    for (std::size_t i = 0; i < until.size(); ++i) {
      if (all[i] >= until[i]) {
        EXPECT_GE(early[i], until[i]);
      } else {
        EXPECT_EQ(early[i], all[i]);
      }
      lost += all[i] < until[i];
    }
    EXPECT_EQ(lost > 0, rate > 0);
  }
}

}  // namespace
}  // namespace oligosim
