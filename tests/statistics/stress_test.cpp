// What a published finding is worth: closed forms against R's numerical integration, rpact and published examples.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/categorical/fisher_exact.hpp"
#include "engine/statistics/categorical/fragility.hpp"
#include "engine/statistics/e_value.hpp"
#include "engine/statistics/non_inferiority.hpp"
#include "engine/statistics/retrodesign.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;
using test::ReferenceTable;

TEST(Retrodesign, ReferenceNumericalIntegration) {
  const ReferenceTable table("retrodesign.csv");
  for (std::size_t r = 0; r < table.size(); ++r) {
    const double effect = table.number(r, "effect"), se = table.number(r, "standard_error"),
                 alpha = table.number(r, "alpha");
    const Retrodesign d = retrodesign(effect, se, alpha);
    EXPECT_TRUE(close(d.power, table.number(r, "power"), 1e-9)) << table.describe(r);
    const double wrong = table.number(r, "wrong_sign");
    EXPECT_NEAR(d.wrong_sign, wrong, 1e-8 * wrong) << table.describe(r);
    EXPECT_TRUE(close(d.exaggeration, table.number(r, "exaggeration"), 1e-8)) << table.describe(r);
    EXPECT_TRUE(close(predictive_replication(effect, se, alpha), table.number(r, "predictive"), 1e-8));
    EXPECT_TRUE(close(detectable_effect(se, alpha, 0.8), table.number(r, "detectable"), 1e-9));
  }
}

/// What studies with this true effect find that are significant.
struct SimulatedDesign {
  double n = 0, significant = 0, wrong = 0, size = 0, square = 0;
  SimulatedDesign(double effect, double se, double studies) : n(studies) {
    std::mt19937_64 generator(5);
    std::normal_distribution<double> normal;
    for (double k = 0; k < studies; ++k) {
      const double estimate = effect + se * normal(generator);
      if (std::abs(estimate) <= 1.959963984540054 * se) continue;
      significant += 1, wrong += estimate < 0, size += std::abs(estimate), square += estimate * estimate;
    }
  }
  void expect(const Retrodesign& d, double effect) const {
    EXPECT_NEAR(significant / n, d.power, 4 * std::sqrt(d.power / n));
    EXPECT_NEAR(wrong / significant, d.wrong_sign, 4 * std::sqrt(d.wrong_sign / significant));
    const double mean = size / significant, sd = std::sqrt(square / significant - mean * mean);
    EXPECT_NEAR(mean / effect, d.exaggeration, 4 * sd / effect / std::sqrt(significant));
  }
};

// The two examples of Gelman and Carlin (2014), by the digits that their R function retrodesign prints: beauty and the
// sex ratio (effect 0.1, standard error 3.28; in the paper type S 46 %, type M 77), and ovulation and voting (effect 2,
// standard error 8.1; power 0.06, 24 %, 9.7). Power and type S are exact there, type M is simulated.
TEST(Retrodesign, PublishedExamples) {
  const Retrodesign ratio = retrodesign(0.1, 3.28, 0.05);
  EXPECT_NEAR(ratio.power, 0.05010648, 5e-9);
  EXPECT_NEAR(ratio.wrong_sign, 0.4644228, 5e-8);
  EXPECT_NEAR(ratio.exaggeration, 77, 0.5);
  SimulatedDesign(0.1, 3.28, 1000000).expect(ratio, 0.1);
  const Retrodesign voting = retrodesign(2, 8.1, 0.05);
  EXPECT_NEAR(voting.power, 0.05701294, 5e-9);
  EXPECT_NEAR(voting.wrong_sign, 0.2396177, 5e-8);
  EXPECT_NEAR(voting.exaggeration, 9.7, 0.2);
  SimulatedDesign(2, 8.1, 1000000).expect(voting, 2);
}

TEST(Retrodesign, StatisticalSimulatedEstimates) {
  SimulatedDesign(0.4, 0.45, 400000).expect(retrodesign(0.4, 0.45, 0.05), 0.4);
}

TEST(Retrodesign, ReplicationIsThePowerOfOneTail) {
  for (const double effect : {-0.7, 0.0, 0.3}) {
    const double same = replication_probability(effect, 1, 0.4, 0.05),
                 other = replication_probability(effect, -1, 0.4, 0.05);
    EXPECT_NEAR(same + other, retrodesign(effect, 0.4, 0.05).power, 1e-14);
  }
  EXPECT_NEAR(predictive_replication(1.959963984540054, 1, 0.05), 0.5, 1e-14);
}

TEST(NonInferiority, ReferenceEventsOfRpact) {
  const ReferenceTable table("non_inferiority.csv");
  for (std::size_t r = 0; r < table.size(); ++r) {
    const double ratio = std::log(table.number(r, "ratio")), margin = std::log(table.number(r, "margin")),
                 alpha = table.number(r, "alpha"), power = table.number(r, "power"), k = table.number(r, "allocation");
    const double events = noninferiority_events(ratio, margin, alpha, power, k);
    EXPECT_TRUE(close(events, table.number(r, "events"), 1e-8)) << table.describe(r);
    // With the standard error of so many events the margin is shown with that probability, and is the margin shown.
    const double se = std::sqrt((1 + k) * (1 + k) / k / events);
    EXPECT_NEAR(noninferiority_probability(ratio, margin, se, alpha), power, 1e-12);
    EXPECT_NEAR(shown_log_margin(ratio, se, alpha, power), margin, 1e-12);
  }
  EXPECT_TRUE(std::isinf(noninferiority_events(std::log(1.3), std::log(1.3), 0.05, 0.8)));
}

// OP-C against OP-N from its printed interval alone, 0.45 to 2.51.
TEST(NonInferiority, OraclePrintedInterval) {
  const double se = std::log(2.51 / 0.45) / (2 * 1.959963984540054);
  EXPECT_NEAR(se, 0.4385, 5e-5);
  EXPECT_NEAR(noninferiority_probability(0, std::log(1.3), se, 0.05), 0.148, 5e-4);
  EXPECT_NEAR(noninferiority_probability(0, std::log(1.3), se, 0.025), 0.087, 5e-4);
  EXPECT_NEAR(noninferiority_events(0, std::log(1.3), 0.05, 0.8), 359.2681966, 1e-6);
  EXPECT_NEAR(std::exp(-detectable_effect(se, 0.05, 0.8)), 0.29, 5e-3);
  EXPECT_NEAR(std::exp(detectable_effect(se, 0.05, 0.8)), 3.42, 5e-3);
}

TEST(EValue, ReferenceDefinition) {
  const ReferenceTable table("e_value.csv");
  for (std::size_t r = 0; r < table.size(); ++r) {
    const double ratio = table.number(r, "hazard_ratio"), risk = risk_ratio_of_hazard_ratio(ratio);
    EXPECT_TRUE(close(risk, table.number(r, "risk_ratio"), 1e-13));
    EXPECT_TRUE(close(e_value(ratio), table.number(r, "e_value_rare"), 1e-9)) << table.describe(r);
    EXPECT_TRUE(close(e_value(risk), table.number(r, "e_value_common"), 1e-9)) << table.describe(r);
  }
  // VanderWeele and Ding (2017): RR 3.9 (1.8 to 8.7) has 7.26 and 3.0.
  EXPECT_NEAR(e_value(3.9), 7.26, 0.005);
  EXPECT_NEAR(e_value_of_limits(1.8, 8.7), 3.0, 0.005);
  EXPECT_EQ(e_value_of_limits(0.9, 2), 1);
  EXPECT_EQ(e_value_of_limits(0.2, 0.5), e_value(0.5));
  EXPECT_EQ(risk_ratio_of_odds_ratio(4), 2);
}

/// Compares an index with its reference table; returns how many tables have one.
template <class Index>
int compare_with(const char* file, const Index& index_of) {
  const ReferenceTable table(file);
  int known = 0;
  for (std::size_t r = 0; r < table.size(); ++r) {
    const auto count = [&](const char* name) { return static_cast<std::uint32_t>(table.number(r, name)); };
    const std::optional<std::uint32_t> index =
        index_of({{count("a"), count("b")}, {count("n1"), count("n2")}}, table.number(r, "alpha"));
    EXPECT_EQ(index.has_value(), !std::isnan(table.number(r, "index"))) << table.describe(r);
    if (index) {
      EXPECT_EQ(*index, count("index")) << table.describe(r);
    }
    known += index.has_value();
  }
  return known;
}

TEST(Fragility, ReferenceDefinition) { EXPECT_GE(compare_with("fragility.csv", fragility_index), 5); }

// With an event in everybody of the group with fewer, p = 0.0014 in the one and 5.6e-5 in the other (fisher.test of R).
TEST(Fragility, DegenerateSignificantToTheEnd) {
  EXPECT_FALSE(fragility_index({{5, 6}, {5, 60}}, 0.05));
  EXPECT_FALSE(fragility_index({{4, 6}, {5, 60}}, 0.05));
  EXPECT_TRUE(is_significant({{5, 6}, {5, 60}}, 0.05));
}

TEST(Fragility, ReferenceReverseDefinition) {
  EXPECT_GE(compare_with("reverse_fragility.csv", reverse_fragility_index), 5);
}

// One event less in the group with fewer, and one more again, are each other's inverse at the border.
TEST(Fragility, PropertyReverseLeadsAcrossTheBorder) {
  for (std::uint32_t b = 1; b <= 20; ++b)
    for (std::uint32_t a = 0; a <= b; ++a) {
      const TwoGroupCounts counts{{a, b}, {20, 20}};
      const std::optional<std::uint32_t> reverse = reverse_fragility_index(counts, 0.05);
      if (!reverse) continue;
      const TwoGroupCounts there{{a - *reverse, b}, {20, 20}}, before{{a - *reverse + 1, b}, {20, 20}};
      EXPECT_EQ(fragility_index(there, 0.05), 1u);
      EXPECT_FALSE(fragility_index(before, 0.05).has_value());
    }
}

}  // namespace
}  // namespace oligosim
