// Minimization: a naive second implementation over all ways to assign, Efron's coin as a Markov chain, balance,
// mistakes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "models/trial/randomization.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

Columns two_columns() {
  Columns columns;
  columns.add({"line", ColumnKind::number, {}, {1, 2}, "", ""});
  columns.add({"site", ColumnKind::category, {"a", "b", "c"}, {}, "", ""});
  columns.add({"age", ColumnKind::number, {}, {}, "", ""});
  return columns;
}

struct Read {
  Randomization randomization;
  std::string problems;
};
Read read(const std::string& text, const std::vector<std::int64_t>& allocation) {
  Problems problems;
  const YamlNode tree = parse_yaml(text, "test.yaml", problems);
  Randomization r = Randomization::read(ConfigNode(tree, problems), two_columns(), allocation);
  return {std::move(r), problems.text()};
}

const std::vector<std::vector<int>> seven = {{0, 0}, {1, 2}, {0, 2}, {0, 1}, {1, 2}, {1, 0}, {0, 2}};  // line, site

Cohort cohort_of(const std::vector<std::vector<int>>& patients, const Columns& columns, Arena& arena) {
  Cohort baseline(columns, patients.size(), {}, arena);
  for (std::size_t i = 0; i < patients.size(); ++i) {
    baseline.numbers(0)[i] = 1 + patients[i][0];
    baseline.categories(1)[i] = static_cast<std::uint8_t>(patients[i][1]);
  }
  return baseline;
}

/// Probability that the next patient gets each arm, counted anew from all before.
std::vector<double> naive_next(const std::vector<std::vector<int>>& patients, const std::vector<int>& so_far, int arms,
                               double p, bool variance, const std::vector<double>& weights) {
  const std::size_t next = so_far.size();
  std::vector<double> total(arms, 0.0);
  for (int arm = 0; arm < arms; ++arm)
    for (std::size_t f = 0; f < weights.size(); ++f) {
      std::vector<double> n(arms, 0.0);
      n[arm] = 1;
      for (std::size_t i = 0; i < next; ++i) n[so_far[i]] += patients[i][f] == patients[next][f];
      double spread = *std::ranges::max_element(n) - *std::ranges::min_element(n);
      if (variance) {
        double mean = 0;
        for (const double x : n) mean += x / arms;
        spread = 0;
        for (const double x : n) spread += (x - mean) * (x - mean) / (arms - 1);
      }
      total[arm] += weights[f] * spread;
    }
  const double least = *std::ranges::min_element(total);
  double best = 0;
  for (const double x : total) best += x < least + 1e-9;
  std::vector<double> share(arms, 0.0);
  for (int preferred = 0; preferred < arms; ++preferred)
    for (int arm = 0; total[preferred] < least + 1e-9 && arm < arms; ++arm)
      share[arm] += (arm == preferred ? p : (1 - p) / (arms - 1)) / best;
  return share;
}

void add_paths(std::vector<int>& so_far, double probability, std::size_t n, int arms, double p, bool variance,
               const std::vector<double>& weights, std::map<std::vector<int>, double>& all) {
  if (so_far.size() == n) {
    all[so_far] += probability;
    return;
  }
  const std::vector<double> next = naive_next(seven, so_far, arms, p, variance, weights);
  for (int arm = 0; arm < arms; ++arm) {
    so_far.push_back(arm);
    add_paths(so_far, probability * next[arm], n, arms, p, variance, weights, all);
    so_far.pop_back();
  }
}

TEST(Minimization, OracleAllWaysToAssign) {
  const struct {
    const char* text;
    int arms;
    std::size_t patients;
    double p;
    bool variance;
    std::vector<double> weights;
  } cases[] = {{"{minimize: {factors: [line, site], probability: 0.75}}", 2, 7, 0.75, false, {1, 1}},
               {"{minimize: {factors: [line, site], probability: 0.7, imbalance: variance, weights: [1, 2.5]}}",
                3,
                5,
                0.7,
                true,
                {1, 2.5}},
               {"{minimize: {factors: [line]}}", 3, 5, 0.8, false, {1}}};
  const Columns columns = two_columns();
  constexpr int replicates = 40000;
  for (const auto& c : cases) {
    const Read r = read(c.text, std::vector<std::int64_t>(c.arms, 1));
    ASSERT_EQ(r.problems, "");
    std::map<std::vector<int>, double> expected, seen;
    std::vector<int> so_far;
    add_paths(so_far, 1, c.patients, c.arms, c.p, c.variance, c.weights, expected);
    Arena arena;
    std::vector<std::uint8_t> arm(c.patients);
    for (std::uint32_t k = 1; k <= replicates; ++k) {
      arena.reset();
      r.randomization.assign(Streams(3, k), cohort_of({seven.begin(), seven.begin() + c.patients}, columns, arena), {},
                             arm, arena);
      seen[{arm.begin(), arm.end()}] += 1.0 / replicates;
    }
    double chi_square = 0;
    for (const auto& [path, p] : expected)
      if (p > 0) chi_square += replicates * (seen[path] - p) * (seen[path] - p) / p;
    const auto df = static_cast<double>(expected.size() - 1);
    EXPECT_NEAR(chi_square, df, 4 * std::sqrt(2 * df)) << c.text;
  }
}

/// Distribution of the difference of two arms after n patients of Efron's (1971) coin, as a Markov chain.
std::map<int, double> efron(int n, double p) {
  std::map<int, double> now{{0, 1.0}};
  for (int i = 0; i < n; ++i) {
    std::map<int, double> next;
    for (const auto& [d, share] : now) {
      const double up = d == 0 ? 0.5 : d < 0 ? p : 1 - p;
      next[d + 1] += share * up, next[d - 1] += share * (1 - up);
    }
    now = next;
  }
  return now;
}

TEST(Minimization, TheoryEfronsCoinWithoutFactors) {
  const Read r = read("{minimize: {factors: [], probability: 0.666666666666}}", {1, 1});
  ASSERT_EQ(r.problems, "");
  constexpr int replicates = 20000;
  std::map<int, double> seen;
  Arena arena;
  std::vector<std::uint8_t> arm(31);
  for (std::uint32_t k = 1; k <= replicates; ++k) {
    arena.reset();
    r.randomization.assign(Streams(4, k), Cohort(two_columns(), 31, {}, arena), {}, arm, arena);
    seen[2 * static_cast<int>(std::ranges::count(arm, 1)) - 31] += 1.0 / replicates;
  }
  for (const auto& [d, p] : efron(31, 2.0 / 3))
    EXPECT_NEAR(seen[d], p, 4 * std::sqrt(p * (1 - p) / replicates) + 1e-4) << d;
}

TEST(Minimization, PropertyACertainCoinKeepsEveryLevelBalanced) {
  const Read one = read("{minimize: {factors: [site], probability: 1}}", {1, 1, 1});
  const Read two = read("{minimize: {factors: [line, site], probability: 1}}", {1, 1});
  const Columns columns = two_columns();
  Arena arena;
  for (std::uint32_t k = 1; k <= 200; ++k) {
    arena.reset();
    Stream draw(11, k, Purpose::baseline);
    std::vector<std::vector<int>> patients(120);
    for (auto& p : patients) p = {static_cast<int>(draw.below(2)), static_cast<int>(draw.below(3))};
    std::vector<std::uint8_t> arm(120);
    const auto largest = [&](const Read& r, int arms, std::size_t f) {
      r.randomization.assign(Streams(5, k), cohort_of(patients, columns, arena), {}, arm, arena);
      int most = 0;
      for (int level = 0; level < 3; ++level) {
        std::vector<int> n(arms, 0);
        for (std::size_t i = 0; i < 120; ++i) n[arm[i]] += patients[i][f] == level;
        most = std::max(most, *std::ranges::max_element(n) - *std::ranges::min_element(n));
      }
      return most;
    };
    EXPECT_LE(largest(one, 3, 1), 1);
    EXPECT_LE(largest(two, 2, 0), 5);  // margins of two factors pull against each other a little
    EXPECT_LE(largest(two, 2, 1), 5);
  }
}

TEST(Minimization, Mistakes) {
  const auto wrong = [](const char* text, const std::vector<std::int64_t>& allocation) {
    return read(text, allocation).problems;
  };
  EXPECT_THAT(wrong("{minimize: {factors: [line]}, blocks: [4]}", {1, 1}),
              HasSubstr("blocks: stands beside minimize (one of the two)"));
  EXPECT_THAT(wrong("{minimize: {factors: [line]}}", {1, 2}),
              HasSubstr("minimize: is for several arms of the same allocation (blocks)"));
  EXPECT_THAT(wrong("{minimize: {factors: [age]}}", {1, 1}),
              HasSubstr("'age' is continuous (a category or a number of few values)"));
  EXPECT_THAT(wrong("{minimize: {factors: [line], probability: 0.5}}", {1, 1}),
              HasSubstr("probability: does not favour the arm that leaves the least imbalance (above 1/2, "));
  EXPECT_THAT(wrong("{minimize: {factors: [line], probability: 0.3}}", {1, 1, 1}), HasSubstr("(above 1/3, "));
  EXPECT_THAT(wrong("{minimize: {factors: [line], weights: [1, 2]}}", {1, 1}),
              HasSubstr("weights: are not one number for each of the factors"));
}

}  // namespace
}  // namespace oligosim
