#include "engine/statistics/sequential/stage_wise_proportion.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "engine/statistics/estimate.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

TEST(StageWiseProportion, ReferenceKoyamaAndChen2008) {
  const test::ReferenceTable reference("stage_wise_proportion.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const auto count = [&](const char* name) { return static_cast<std::size_t>(reference.number(r, name)); };
    const BinomialStage stages[] = {{count("n1"), count("r1")}, {count("n"), count("r")}};
    const StageWiseProportion own =
        stage_wise_proportions(stages, count("stage") - 1, reference.number(r, "p0"), 0.95)[count("responses")];
    EXPECT_NEAR(own.lower, reference.number(r, "lower"), 1e-11);
    EXPECT_NEAR(own.upper, reference.number(r, "upper"), 1e-11);
    EXPECT_NEAR(own.p_higher, reference.number(r, "higher"), 1e-12);
    EXPECT_NEAR(own.p_lower, reference.number(r, "less"), 1e-12);
  }
}

/// One stage: Clopper and Pearson's interval, and the tails of the binomial test.
TEST(StageWiseProportion, OracleOneStageIsClopperAndPearson) {
  const BinomialStage stage[] = {{17, 4}};
  const auto all = stage_wise_proportions(stage, 0, 0.3, 0.9);
  const boost::math::binomial_distribution<> null(17, 0.3);
  for (std::size_t x = 0; x <= 17; ++x) {
    const auto k = static_cast<double>(x);
    EXPECT_NEAR(all[x].lower, boost::math::binomial_distribution<>::find_lower_bound_on_p(17, k, 0.05), 1e-12) << x;
    EXPECT_NEAR(all[x].upper, boost::math::binomial_distribution<>::find_upper_bound_on_p(17, k, 0.05), 1e-12) << x;
    EXPECT_NEAR(all[x].p_lower, cdf(null, k), 1e-13);
    EXPECT_NEAR(all[x].p_higher, x == 0 ? 1 : cdf(complement(null, k - 1)), 1e-13);
  }
}

const std::vector<std::vector<BinomialStage>> designs = {
    {{9, 0}, {24, 2}}, {{13, 3}, {43, 12}}, {{4, 1}, {7, 2}, {12, 5}}, {{8, 0}, {20, 4}, {31, 8}}};

/// P(the trial ends at a stage with x), by the definition.
double probability_of(const std::vector<BinomialStage>& stages, std::size_t stage, std::size_t x, double p) {
  std::vector<double> now = {1};
  std::size_t before = 0;
  for (std::size_t k = 0; k <= stage; ++k) {
    const std::size_t added = stages[k].patients - before;
    std::vector<double> next(stages[k].patients + 1, 0.0);
    for (std::size_t a = 0; a < now.size(); ++a)
      for (std::size_t y = 0; y <= added; ++y)
        next[a + y] += now[a] * pdf(boost::math::binomial_distribution<>(static_cast<double>(added), p), y);
    for (std::size_t a = 0; k < stage && a <= stages[k].above; ++a) next[a] = 0;
    now = next, before = stages[k].patients;
  }
  return now[x];
}

/// Intervals hold their level at any probability, each tail half of what it may miss; p values are at most as small as
/// they say, and reject where the design does.
TEST(StageWiseProportion, TheoryLevels) {
  for (const std::vector<BinomialStage>& stages : designs)
    for (const double p : {0.05, 0.2, 0.31, 0.5, 0.8}) {
      double ends = 0, below = 0, above = 0, small = 0, rejects = 0, reject_by_p = 0;
      const double alpha = 1 - [&] {
        double none = 0;
        for (std::size_t k = 0; k < stages.size(); ++k)
          for (std::size_t x = 0; x <= stages[k].above; ++x) none += probability_of(stages, k, x, p);
        return none;
      }();
      for (std::size_t k = 0; k < stages.size(); ++k) {
        const bool last = k + 1 == stages.size();
        const auto all = stage_wise_proportions(stages, k, p, 0.9);
        for (std::size_t x = 0; x < all.size(); ++x) {
          if (!last && x > stages[k].above) {
            EXPECT_TRUE(std::isnan(all[x].lower));
            continue;
          }
          const double own = probability_of(stages, k, x, p);
          ends += own;
          if (own == 0) continue;
          below += p < all[x].lower ? own : 0, above += p > all[x].upper ? own : 0;
          small += all[x].p_higher <= 0.1 ? own : 0;
          rejects += last && x > stages[k].above ? own : 0;
          reject_by_p += all[x].p_higher <= alpha * (1 + 1e-12) ? own : 0;
        }
      }
      EXPECT_NEAR(ends, 1, 1e-12);
      EXPECT_LE(below, 0.05 + 1e-12);
      EXPECT_LE(above, 0.05 + 1e-12);
      EXPECT_LE(small, 0.1 + 1e-12);
      EXPECT_NEAR(rejects, alpha, 1e-12);
      EXPECT_NEAR(reject_by_p, rejects, 1e-12);
    }
}

TEST(StageWiseProportion, OracleNoTailsWithoutANullHypothesis) {
  const BinomialStage stages[] = {{9, 0}, {24, 2}};
  const StageWiseProportion own = stage_wise_proportions(stages, 1, missing, 0.95)[5];
  EXPECT_TRUE(std::isnan(own.p_higher) && std::isnan(own.p_lower));
  EXPECT_GT(own.lower, 0);
}

}  // namespace
}  // namespace oligosim
