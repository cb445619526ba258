#include "engine/statistics/sequential/unbiased_proportion.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <map>

#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

TEST(UnbiasedProportion, ReferenceJungAndKim2004) {
  const test::ReferenceTable reference("unbiased_proportion.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    const auto count = [&](const char* name) { return static_cast<std::size_t>(reference.number(r, name)); };
    const BinomialStage stages[] = {{count("n1"), count("r1")}, {count("n"), count("r")}};
    EXPECT_NEAR(unbiased_proportions(stages, count("stage") - 1)[count("responses")], reference.number(r, "estimate"),
                1e-11)
        << reference.describe(r);
  }
}

const std::vector<std::vector<BinomialStage>> designs = {
    {{3, 0}, {8, 2}}, {{4, 1}, {7, 2}, {12, 5}}, {{1, 0}, {2, 0}, {9, 3}}, {{6, 2}, {11, 4}}};

/// Every order of responses, followed patient by patient: the mean of the first one's response by how the trial ends.
TEST(UnbiasedProportion, OracleEveryOrderOfResponses) {
  for (const std::vector<BinomialStage>& stages : designs) {
    std::map<std::pair<std::size_t, std::size_t>, std::pair<double, double>> ends;  // first responded, all
    const std::size_t n = stages.back().patients;
    for (std::uint32_t order = 0; order < (1u << n); ++order) {
      std::size_t stage = 0, x = 0;
      for (;; ++stage) {
        x = static_cast<std::size_t>(std::popcount(order & ((1u << stages[stage].patients) - 1)));
        if (stage + 1 == stages.size() || x <= stages[stage].above) break;
      }
      auto& end = ends[{stage, x}];
      end.first += order & 1, end.second += 1;
    }
    for (std::size_t stage = 0; stage < stages.size(); ++stage) {
      const std::vector<double> estimate = unbiased_proportions(stages, stage);
      for (std::size_t x = 0; x < estimate.size(); ++x) {
        const auto found = ends.find({stage, x});
        if (found == ends.end())
          EXPECT_TRUE(std::isnan(estimate[x]));
        else
          EXPECT_NEAR(estimate[x], found->second.first / found->second.second, 1e-12);
      }
    }
  }
}

/// P(the trial ends at a stage with x), by convolution, times the estimate: the true probability, whatever it is.
TEST(UnbiasedProportion, TheoryIsUnbiased) {
  const BinomialStage simon[] = {{13, 3}, {43, 12}};
  for (const double p : {0.05, 0.2, 0.4, 0.9}) {
    const boost::math::binomial_distribution<> first(13, p), second(30, p);
    const std::vector<double> early = unbiased_proportions(simon, 0), late = unbiased_proportions(simon, 1);
    double mean = 0, proportion = 0;
    for (int x = 0; x <= 13; ++x) {
      if (x <= 3) mean += pdf(first, x) * early[x], proportion += pdf(first, x) * x / 13;
      for (int y = 0; x > 3 && y <= 30; ++y) {
        mean += pdf(first, x) * pdf(second, y) * late[x + y];
        proportion += pdf(first, x) * pdf(second, y) * (x + y) / 43;
      }
    }
    EXPECT_NEAR(mean, p, 1e-12);
    if (p == 0.2) EXPECT_LT(proportion, p - 0.01);  // what it corrects
  }
}

}  // namespace
}  // namespace oligosim
