// Exact designs of one arm against R, published values, and enumeration.
#include "engine/statistics/sequential/binomial_design.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <limits>

#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;
using Stages = std::vector<BinomialStage>;

BinomialDemand demand_of(const test::ReferenceTable& t, std::size_t r) {
  return {t.number(r, "p0"), t.number(r, "p1"), t.number(r, "alpha"), t.number(r, "power")};
}

Stages design_of(const std::string& kind, const BinomialDemand& demand) {
  if (kind == "single" || kind == "every_larger") return {single_stage_design(demand, kind == "every_larger").value()};
  const SimonDesigns simon = simon_designs(demand).value();
  return kind == "optimal" ? simon.optimal : simon.minimax;
}

TEST(BinomialDesign, ReferenceSmallestAndSimonDesigns) {
  const test::ReferenceTable reference("binomial_designs.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const BinomialDemand demand = demand_of(reference, r);
    const Stages design = design_of(reference.text(r, "kind"), demand);
    EXPECT_EQ(static_cast<double>(design.back().patients), reference.number(r, "n"));
    EXPECT_EQ(static_cast<double>(design.back().above), reference.number(r, "r"));
    const BinomialCharacteristics null = binomial_characteristics(design, demand.p0);
    EXPECT_TRUE(close(null.reject, reference.number(r, "level"), 1e-11));
    EXPECT_TRUE(close(binomial_characteristics(design, demand.p1).reject, reference.number(r, "reached"), 1e-11));
    if (design.size() == 1) continue;
    EXPECT_EQ(static_cast<double>(design.front().patients), reference.number(r, "n1"));
    EXPECT_EQ(static_cast<double>(design.front().above), reference.number(r, "r1"));
    EXPECT_TRUE(close(null.expected_patients, reference.number(r, "expected"), 1e-11));
    EXPECT_TRUE(close(null.stop.front(), reference.number(r, "stop"), 1e-11));
  }
}

TEST(BinomialDesign, ReferenceCharacteristics) {
  const test::ReferenceTable reference("binomial_characteristics.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const auto count = [&](const char* name) { return static_cast<std::size_t>(reference.number(r, name)); };
    const Stages design = {{count("n1"), count("r1")}, {count("n"), count("r")}};
    const BinomialCharacteristics own = binomial_characteristics(design, reference.number(r, "p"));
    EXPECT_TRUE(close(own.reject, reference.number(r, "reject"), 1e-11));
    EXPECT_TRUE(close(own.stop.at(0), reference.number(r, "stop"), 1e-11));
    EXPECT_TRUE(close(own.expected_patients, reference.number(r, "expected"), 1e-11));
  }
}

// A'Hern's r is our `above` + 1: efficacy from r responses on. Within half a unit of the last digit.
TEST(BinomialDesign, ReferenceAHern) {
  const struct {
    BinomialDemand demand;
    std::size_t n, r;
    double level, power;
  } cases[] = {{{.05, .20, .05, .8}, 27, 4, .04373594529, .81771665376},
               {{.10, .30, .05, .8}, 25, 6, .03339994461, .80651155791},
               {{.20, .40, .05, .8}, 35, 12, .0343574007, .8048254966},
               {{.20, .40, .05, .9}, 47, 15, .03663689304, .90122566785},
               {{.30, .50, .05, .8}, 39, 17, .04998419045, .83160818241},
               {{.25, .45, .05, .8}, 36, 14, .04614018194, .81674496453},
               {{.20, .472, .025, .9}, 33, 12, .02159069287, .92341352929}};
  for (const auto& c : cases) {
    const BinomialStage design = single_stage_design(c.demand).value();
    EXPECT_EQ(design.patients, c.n);
    EXPECT_EQ(design.above + 1, c.r);
    EXPECT_NEAR(binomial_characteristics({&design, 1}, c.demand.p0).reject, c.level, 5.1e-11);
    EXPECT_NEAR(binomial_characteristics({&design, 1}, c.demand.p1).reject, c.power, 5.1e-11);
  }
}

TEST(BinomialDesign, ReferenceSimon1989) {
  const struct {
    BinomialDemand demand;
    std::size_t r1, n1, r, n;
    double expected;
    bool optimal;
  } cases[] = {
      {{.05, .25, .10, .90}, 0, 9, 2, 24, 14.546259, true},   {{.05, .25, .10, .90}, 0, 13, 2, 20, 16.406605, false},
      {{.05, .25, .05, .80}, 0, 9, 2, 17, 11.958005, true},   {{.05, .25, .05, .80}, 0, 12, 2, 16, 13.838560, false},
      {{.10, .30, .05, .80}, 1, 10, 5, 29, 15.01412, true},   {{.10, .30, .05, .80}, 1, 15, 5, 25, 19.50957, false},
      {{.20, .40, .05, .80}, 3, 13, 12, 43, 20.580271, true}, {{.20, .40, .05, .80}, 4, 18, 10, 33, 22.254693, false}};
  for (const auto& c : cases) {
    const SimonDesigns both = simon_designs(c.demand).value();
    const Stages& design = c.optimal ? both.optimal : both.minimax;
    EXPECT_EQ(design[0].patients, c.n1);
    EXPECT_EQ(design[0].above, c.r1);
    EXPECT_EQ(design[1].patients, c.n);
    EXPECT_EQ(design[1].above, c.r);
    EXPECT_NEAR(binomial_characteristics(design, c.demand.p0).expected_patients, c.expected, 6e-6);
  }
  const Stages optimal = simon_designs({.20, .40, .05, .80}).value().optimal;
  EXPECT_NEAR(binomial_characteristics(optimal, .2).reject, .04958145, 5e-9);
  EXPECT_NEAR(binomial_characteristics(optimal, .4).reject, .80021436, 5e-9);
  EXPECT_NEAR(binomial_characteristics(optimal, .2).stop[0], .74732431, 5e-9);
}

/// Every order in which patients may respond or not, one after the other.
BinomialCharacteristics enumerated(const Stages& stages, double p) {
  BinomialCharacteristics sums;
  sums.stop.assign(stages.size() - 1, 0);
  const std::size_t n = stages.back().patients;
  for (unsigned outcome = 0; outcome < (1U << n); ++outcome) {
    const int all = __builtin_popcount(outcome);
    const double probability = std::pow(p, all) * std::pow(1 - p, static_cast<double>(n) - all);
    std::size_t stage = 0;
    const auto responses = [&] {
      return static_cast<std::size_t>(__builtin_popcount(outcome & ((1U << stages[stage].patients) - 1)));
    };
    while (stage + 1 < stages.size() && responses() > stages[stage].above) ++stage;
    sums.expected_patients += probability * static_cast<double>(stages[stage].patients);
    if (stage + 1 < stages.size())
      sums.stop[stage] += probability;
    else if (responses() > stages[stage].above)
      sums.reject += probability;
  }
  return sums;
}

TEST(BinomialDesign, OracleCharacteristicsOfEveryOrderOfResponses) {
  for (const Stages& stages : {Stages{{8, 3}}, Stages{{5, 0}, {12, 4}}, Stages{{5, 3}, {9, 1}}, Stages{{3, 3}, {9, 4}},
                               Stages{{4, 0}, {8, 2}, {13, 5}}, Stages{{1, 0}, {2, 0}, {10, 12}}})
    for (const double p : {.05, .3, .8}) {
      const BinomialCharacteristics naive = enumerated(stages, p), own = binomial_characteristics(stages, p);
      EXPECT_NEAR(own.reject, naive.reject, 1e-13);
      EXPECT_NEAR(own.expected_patients, naive.expected_patients, 1e-12);
      ASSERT_EQ(own.stop.size(), naive.stop.size());
      for (std::size_t k = 0; k < own.stop.size(); ++k) EXPECT_NEAR(own.stop[k], naive.stop[k], 1e-13);
    }
}

double naive_reject(const Stages& d, double p) {
  const auto n1 = static_cast<double>(d[0].patients), n2 = static_cast<double>(d[1].patients) - n1;
  double sum = 0;
  for (double x = static_cast<double>(d[0].above) + 1; x <= n1; ++x) {
    const double needed = static_cast<double>(d[1].above) - x;
    const boost::math::binomial_distribution<> second(n2, p);
    const double above = needed < 0 ? 1 : needed >= n2 ? 0 : boost::math::cdf(complement(second, needed));
    sum += boost::math::pdf(boost::math::binomial_distribution<>(n1, p), x) * above;
  }
  return sum;
}

double naive_expected(const Stages& d, double p) {
  const auto n1 = static_cast<double>(d[0].patients);
  const double on =
      boost::math::cdf(complement(boost::math::binomial_distribution<>(n1, p), static_cast<double>(d[0].above)));
  return n1 + on * (static_cast<double>(d[1].patients) - n1);
}

// All thresholds and sizes up to 22 patients, without any bound that leaves some out.
TEST(BinomialDesign, OracleSimonAgainstAllDesigns) {
  for (const BinomialDemand& demand : {BinomialDemand{.1, .5, .05, .8},
                                       {.05, .35, .1, .8},
                                       {.3, .75, .05, .8},
                                       {.02, .3, .025, .8},
                                       {.5, .9, .1, .85}}) {
    constexpr std::size_t most = 22;
    double least = std::numeric_limits<double>::infinity(), least_minimax = least;
    std::size_t minimax = 0;
    for (std::size_t n = 2; n <= most; ++n)
      for (std::size_t n1 = 1; n1 < n; ++n1)
        for (std::size_t r1 = 0; r1 < n1; ++r1)
          for (std::size_t r = r1; r < n; ++r) {
            const Stages d = {{n1, r1}, {n, r}};
            if (naive_reject(d, demand.p0) > demand.alpha || naive_reject(d, demand.p1) < demand.power) continue;
            const double expected = naive_expected(d, demand.p0);
            least = std::min(least, expected);
            if (minimax == 0) minimax = n;
            if (minimax == n) least_minimax = std::min(least_minimax, expected);
          }
    const SimonDesigns own = simon_designs(demand).value();
    ASSERT_LT(own.optimal[1].patients, most);
    EXPECT_EQ(own.minimax[1].patients, minimax);
    EXPECT_NEAR(naive_expected(own.minimax, demand.p0), least_minimax, 1e-12);
    EXPECT_NEAR(naive_expected(own.optimal, demand.p0), least, 1e-12);
    for (const Stages& d : {own.optimal, own.minimax}) {
      EXPECT_LE(naive_reject(d, demand.p0), demand.alpha);
      EXPECT_GE(naive_reject(d, demand.p1), demand.power);
    }
  }
}

// The tooth before the last is too low, each one after it high enough.
TEST(BinomialDesign, PropertyEveryLargerNumberHolds) {
  const BinomialDemand demand{.2, .4, .05, .8};
  const std::size_t first = single_stage_design(demand, true).value().patients;
  for (std::size_t n = first - 1; n < first + 120; ++n) {
    BinomialStage design{n, 0};
    while (binomial_characteristics({&design, 1}, demand.p0).reject > demand.alpha) ++design.above;
    EXPECT_EQ(binomial_characteristics({&design, 1}, demand.p1).reject >= demand.power, n >= first) << n;
  }
}

TEST(BinomialDesign, ContractNothingWhereItTakesTooMany) {
  EXPECT_FALSE(single_stage_design({.5, .51, .05, .8}));
  EXPECT_FALSE(single_stage_design({.5, .5000001, .05, .8}, true));
  EXPECT_FALSE(simon_designs({.5, .51, .05, .8}));
  EXPECT_LE(single_stage_design({.5, .54, .05, .8}).value().patients, most_binomial_patients);
}

}  // namespace
}  // namespace oligosim
