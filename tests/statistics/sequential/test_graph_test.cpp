// Hypotheses tested together at one look: against p.adjust and closed tests, from R and enumerated here.
#include "engine/statistics/sequential/test_graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>

#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

HypothesisSet by_graph(const TestGraph& graph, std::span<const double> p, double level) {
  const GraphWeights weights(graph);
  return weights.reject_in_turn(0, [&](std::size_t k, double share) { return p[k] <= share * level; });
}

TestGraph holm(std::size_t n) { return weighted_holm(std::vector<double>(n, 1.0 / static_cast<double>(n))); }

TEST(TestGraph, ReferenceRejectsWhereAdjustedPValuesSay) {
  const test::ReferenceTable reference("multiplicity.csv");
  std::size_t checked = 0;
  for (std::size_t r = 0; r < reference.size();) {
    const double number = reference.number(r, "case");
    std::size_t n = 0;
    while (r + n < reference.size() && reference.number(r + n, "case") == number) ++n;
    TestGraph graph{{}, std::vector<double>(n * n)};
    std::vector<double> p;
    for (std::size_t i = 0; i < n; ++i) {
      p.push_back(reference.number(r + i, "p"));
      graph.weight.push_back(reference.number(r + i, "weight"));
      for (std::size_t j = 0; j < n; ++j)
        graph.transition[i * n + j] = reference.number(r + i, "to" + std::to_string(j + 1));
    }
    for (const char* procedure : {"holm", "hochberg", "graph"})
      for (std::size_t at = 0; at < n; ++at)
        for (const double nudge : {1 - 1e-9, 1 + 1e-9}) {  // just below and just above each adjusted p value
          const double level = reference.number(r + at, procedure) * nudge;
          if (level >= 1) continue;
          const HypothesisSet rejected = procedure == std::string("hochberg") ? hochberg(p, level)
                                         : procedure == std::string("holm")   ? by_graph(holm(n), p, level)
                                                                              : by_graph(graph, p, level);
          for (std::size_t i = 0; i < n; ++i, ++checked)
            EXPECT_EQ((rejected & only(i)) != 0, reference.number(r + i, procedure) <= level)
                << procedure << " at " << level << ": " << reference.describe(r + i);
        }
    r += n;
  }
  EXPECT_GT(checked, 2000u);
}

/// The closed test of Marcus, Peritz and Gabriel (1976): a hypothesis is rejected where all intersections that hold it
/// are. `rejects`: whether an intersection, as bits, is.
template <class Rejects>
HypothesisSet closed(std::size_t n, const Rejects& rejects) {
  HypothesisSet all = (HypothesisSet{1} << n) - 1, kept = 0;
  for (HypothesisSet set = 1; set <= all; ++set)
    if (!rejects(set)) kept |= set;
  return all & ~kept;
}

TEST(TestGraph, OracleHolmAndHochbergAreClosedTests) {
  std::mt19937 random(1988);
  std::uniform_real_distribution<double> uniform;
  int step_up_rejects_more = 0;
  for (int draw = 0; draw < 3000; ++draw) {
    const std::size_t n = 2 + static_cast<std::size_t>(draw % 4);
    std::vector<double> p(n);
    for (double& x : p) x = std::pow(uniform(random), 2.5) * 0.2;
    const auto sorted_in = [&](HypothesisSet set) {
      std::vector<double> own;
      for (std::size_t k = 0; k < n; ++k)
        if (set & only(k)) own.push_back(p[k]);
      std::sort(own.begin(), own.end());
      return own;
    };
    const auto bonferroni = [&](HypothesisSet set) {
      const std::vector<double> own = sorted_in(set);
      return own.front() * static_cast<double>(own.size()) <= 0.05;
    };
    // Hochberg's critical values as the test of each intersection.
    const auto step_up = [&](HypothesisSet set) {
      const std::vector<double> own = sorted_in(set);
      for (std::size_t k = 0; k < own.size(); ++k)
        if (own[k] <= 0.05 / static_cast<double>(own.size() - k)) return true;
      return false;
    };
    EXPECT_EQ(by_graph(holm(n), p, 0.05), closed(n, bonferroni));
    EXPECT_EQ(hochberg(p, 0.05), closed(n, step_up));
    step_up_rejects_more += closed(n, bonferroni) != closed(n, step_up);
  }
  EXPECT_GT(step_up_rejects_more, 50);  // the two procedures are told apart
}

/// Where the share of a hypothesis outside an intersection ends up, walk by walk: at each step it moves along the
/// transitions, stops inside, and is lost where rows sum to less than 1.
double walked_weight(const TestGraph& graph, HypothesisSet inside, std::size_t to) {
  const std::size_t n = graph.size();
  std::vector<double> moving = graph.weight;
  double arrived = graph.weight[to];
  for (std::size_t k = 0; k < n; ++k)
    if (inside & only(k)) moving[k] = 0;
  for (int step = 0; step < 4000; ++step) {
    std::vector<double> next(n, 0.0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) next[j] += moving[i] * graph.from(i, j);
    arrived += next[to];
    for (std::size_t k = 0; k < n; ++k)
      if (inside & only(k)) next[k] = 0;
    moving = next;
  }
  return arrived;
}

TEST(TestGraph, OracleGraphsAreClosedTestsWhateverTheOrder) {
  std::mt19937 random(2009);
  std::uniform_real_distribution<double> uniform;
  for (int draw = 0; draw < 150; ++draw) {
    const std::size_t n = 3 + static_cast<std::size_t>(draw % 2);
    TestGraph graph{std::vector<double>(n), std::vector<double>(n * n)};
    for (std::size_t i = 0; i < n; ++i) {
      graph.weight[i] = uniform(random) / static_cast<double>(n);
      double left = 0.95;
      for (std::size_t j = 0; j < n; ++j)
        if (j != i) left -= graph.transition[i * n + j] = left * uniform(random);
    }
    std::vector<double> p(n);
    for (double& x : p) x = 0.1 * std::pow(uniform(random), 2);
    const auto bonferroni = [&](HypothesisSet set) {
      for (std::size_t k = 0; k < n; ++k)
        if ((set & only(k)) && p[k] <= 0.2 * walked_weight(graph, set, k)) return true;
      return false;
    };
    EXPECT_EQ(by_graph(graph, p, 0.2), closed(n, bonferroni));
  }
}

TEST(TestGraph, PropertyKnownGraphs) {
  const std::vector<double> p = {0.02, 0.04, 0.01};
  EXPECT_EQ(by_graph(fixed_sequence(3), p, 0.05), 0b111u);
  EXPECT_EQ(by_graph(fixed_sequence(3), std::vector{0.02, 0.06, 0.01}, 0.05), 0b001u);
  EXPECT_EQ(by_graph(fixed_sequence(3), std::vector{0.06, 0.01, 0.01}, 0.05), 0u);
  const double nothing = std::nan("");
  EXPECT_EQ(by_graph(holm(3), std::vector{nothing, 0.001, 0.3}, 0.05), 0b010u);
  EXPECT_EQ(hochberg(std::vector{0.05, 0.05}, 0.05), 0b11u);
  EXPECT_EQ(hochberg(std::vector{nothing, 0.03}, 0.05), 0u);
  // Two hypotheses that pass everything to each other are Holm's, where the cycle ends with nothing left.
  const TestGraph pair{{0.5, 0.5}, {0, 1, 1, 0}};
  EXPECT_EQ(GraphWeights(pair).weight(0b01, 1), 1);
  EXPECT_EQ(GraphWeights(pair).weight(0b11, 1), 0);
}

}  // namespace
}  // namespace oligosim
