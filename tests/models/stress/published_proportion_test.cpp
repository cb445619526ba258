// Binomial intervals of printed shares, and their coverage by enumeration.
#include "models/stress/published_proportion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <map>

#include "models/stress/finding.hpp"
#include "models/stress/stress_page.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

const IntervalOfProportion& of(const std::vector<IntervalOfProportion>& all, const std::string& kind) {
  return *std::ranges::find(all, kind, &IntervalOfProportion::kind);
}

// R: sum(dbinom(x, 36, 17/36)[lower <= 17/36 & 17/36 <= upper]); the limits are those printed by Song et al. 2025.
TEST(PublishedProportion, ReferenceThePapersResponse) {
  const auto all = intervals_of({"orr", "", "", 17, 36});
  ASSERT_EQ(all.size(), 6u);
  EXPECT_NEAR(of(all, "clopper_pearson").as_printed.coverage, 0.971442, 1e-6);
  EXPECT_NEAR(of(all, "wilson").as_printed.coverage, 0.935189, 1e-6);
  EXPECT_NEAR(of(all, "clopper_pearson").lower, 0.304, 5e-4);
  EXPECT_NEAR(of(all, "clopper_pearson").upper, 0.645, 5e-4);
  const auto om = intervals_of({"om", "", "", 5, 9});
  EXPECT_NEAR(of(om, "clopper_pearson").lower, 0.212, 5e-4);
  EXPECT_NEAR(of(om, "clopper_pearson").upper, 0.863, 5e-4);
}

/// Along the truth, by the definition; and what is said of the whole of it.
TEST(PublishedProportion, OracleAlongTheTruth) {
  const std::vector<double> grid = coverage_grid();
  ASSERT_EQ(grid.size(), 199u);
  EXPECT_DOUBLE_EQ(grid.front(), 0.005);
  EXPECT_DOUBLE_EQ(grid.back(), 0.995);
  std::map<std::string, std::vector<std::pair<double, double>>> limits;  // of each kind, by responses
  for (std::size_t x = 0; x <= 28; ++x)
    for (const IntervalOfProportion& i : intervals_of({"p", "", "", x, 28}))
      limits[i.kind].emplace_back(i.lower, i.upper);
  for (const IntervalOfProportion& i : intervals_of({"p", "", "", 3, 28})) {
    double least = 1, mean = 0;
    for (std::size_t k = 0; k < grid.size(); ++k) {
      const boost::math::binomial_distribution<> responses(28, grid[k]);
      double covered = 0;
      for (std::size_t x = 0; x <= 28; ++x)
        if (limits[i.kind][x].first <= grid[k] && grid[k] <= limits[i.kind][x].second)
          covered += pdf(responses, static_cast<double>(x));
      EXPECT_NEAR(i.over_grid[k].coverage, covered, 1e-12) << i.kind << grid[k];
      least = std::min(least, covered), mean += covered / 199;
    }
    EXPECT_NEAR(i.least, least, 1e-12);
    EXPECT_NEAR(i.mean, mean, 1e-12);
    if (i.kind == "clopper_pearson") {
      EXPECT_GE(i.least, 0.95);
    } else if (i.kind == "wald") {
      EXPECT_LT(i.least, 0.2);
    }
  }
}

Findings read(const std::string& text, Problems& problems) {
  return read_findings(parse_yaml(text, "findings.yaml", problems), problems);
}

TEST(PublishedProportion, OracleADocumentOfSharesAlone) {
  Problems problems;
  const Findings all = read(
      "title: shares\nproportions: {a: {what: one, responses: 3, patients: 9}, b: {what: two, responses: 0, patients: "
      "9}}\n",
      problems);
  problems.refuse();
  const std::vector<ProportionResult> results = results_of(all.proportions);
  EXPECT_THAT(proportions_csv(results), HasSubstr("\nb,9,0,clopper_pearson,0,"));
  const std::string grid = proportion_coverage_csv(results);
  EXPECT_EQ(std::ranges::count(grid, '\n'), 1 + 6 * 199);  // both have nine patients
  const std::string page = stress_page(all, {}, results, "program");
  EXPECT_THAT(page, HasSubstr("Coverage in 9 patients"));
  EXPECT_THAT(page, HasSubstr("coverage at 0 of 9"));
}

TEST(PublishedProportion, ContractMistakes) {
  const auto refused = [](const std::string& text) {
    Problems problems;
    read(text, problems);
    return problems.text();
  };
  EXPECT_THAT(refused("title: t\nproportions: {a: {what: w, responses: 10, patients: 9}}\n"),
              HasSubstr("proportions.a.responses: are more than the patients"));
  EXPECT_THAT(refused("title: t\nproportions: {a: {what: w, responses: 1}}\n"),
              HasSubstr("proportions.a.patients: missing"));
  EXPECT_THAT(refused("title: t\n"), HasSubstr("findings: missing"));
}

}  // namespace
}  // namespace oligosim
