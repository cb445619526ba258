// Rows whose cluster is not known: methods with a `cluster` leave them out, a bootstrap draws each by itself.
#include "tests/models/analysis/plan_support.hpp"

namespace oligosim {
namespace {

const char* const columns = "t,e,why,g,cl\n";
const char* const with_cluster = "5,1,1,A,c1\n6,1,2,B,c1\n7,1,1,A,c2\n8,1,2,B,c2\n";
const char* const without = "1,1,1,A,\n2,0,0,B,\n3,1,2,A,NA\n4,1,1,B,\n3.5,1,1,B,.\n";

AnalysedData analysed(const std::string& rows) {
  return {columns + rows,
          R"({time_unit: months, endpoints: {s: {time: t, event: e},
    why: {time: t, cause: why, causes: {1: failure, 2: death}}}, analyses: [
    {name: cox, method: cox, endpoint: s, terms: [g], cluster: cl, interval: [wald, robust], concordance: true},
    {name: curve, method: kaplan_meier, endpoint: s, cluster: cl, at_months: [6.5]},
    {name: follow_up, method: reverse_kaplan_meier, endpoint: s, cluster: cl, at_months: [6.5]},
    {name: incidence, method: cumulative_incidence, endpoint: why, cluster: cl, at_months: [6.5]},
    {name: share, method: proportion, outcome: e, cluster: cl, missing: failure}]})"};
}

// R 4.2.2, survival 3.5-3: d is the rows above with na.strings = "";
// f <- coxph(Surv(t, e) ~ g, d, cluster = cl): n 4, coef, sqrt(diag(f$var));
// summary(survfit(Surv(t, e) ~ 1, d, cluster = cl), times = 6.5): n 4, surv, std.err;
// of Surv(t, factor(why, 0:2)) in the four rows with cl, whose errors R has by row: pstate of state 1 at 6.5, and the
// root of the sum of the squares of rowsum(influence.pstate, cl).
TEST(MissingCluster, ReferenceRowsWithoutClusterAreLeftOutAsInR) {
  const AnalysedData d = analysed(std::string(without) + with_cluster);
  const Estimate& wald = d.estimates()[1];
  const Estimate& robust = d.estimates()[3];
  EXPECT_EQ(robust.n, 4u);
  EXPECT_EQ(robust.n_events, 4u);
  EXPECT_NEAR(robust.estimate, -0.940613641736, 1e-9);
  EXPECT_NEAR(robust.standard_error, 0.342997170133, 1e-9);
  EXPECT_NEAR(wald.standard_error, 1.2403, 5e-5);
  EXPECT_EQ(d.row("curve", "survival").n, 4u);
  EXPECT_NEAR(d.row("curve", "survival").estimate, 0.5, 1e-12);
  EXPECT_NEAR(d.row("curve", "survival").standard_error, 0.353553390593, 1e-11);
  EXPECT_NEAR(d.row("incidence", "", "", "failure").estimate, 0.25, 1e-12);
  EXPECT_NEAR(d.row("incidence", "", "", "failure").standard_error, 0.176776695297, 1e-11);
  EXPECT_EQ(d.row("share").n, 4u);
}

TEST(MissingCluster, OracleTheyCountAsLittleAsRowsThatAreNotThere) {
  const AnalysedData all = analysed(with_cluster + std::string(without)), known = analysed(with_cluster);
  const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  for (std::size_t k = 0; k < all.estimates().size(); ++k) {
    const Estimate &a = all.estimates()[k], &b = known.estimates()[k];
    EXPECT_EQ(a.n, b.n) << k;
    EXPECT_TRUE(same(a.estimate, b.estimate) && same(a.lower, b.lower) && same(a.statistic, b.statistic)) << k;
  }
}

// The curve is not of clusters and has all rows, so the resamples have all rows too.
TEST(MissingCluster, OracleABootstrapDrawsEachRowWithoutClusterByItself) {
  const auto limits = [](const std::string& last) {
    std::string csv = "t,e,cl\n";
    for (int i = 0; i < 24; ++i)
      csv += std::to_string(3 + (i * 7) % 23) + ",1," +
             (i < 16         ? "c" + std::to_string(i / 2)
              : last.empty() ? last
                             : last + std::to_string(i)) +
             "\n";
    AnalysedData d(csv, R"({time_unit: months, endpoints: {s: {time: t, event: e}},
      bootstrap: {resamples: 300, seed: 3, cluster: cl},
      analyses: [{name: mean, method: rmst, endpoint: s, at_months: [12]}]})");
    Arena arena;
    std::vector<Estimate> out(d.plan().labels().size());
    d.plan().evaluate(d.data(), arena, out, Resampling::by_seed());
    return out;
  };
  const std::vector<Estimate> missing_value = limits(""), own_name = limits("own");
  ASSERT_EQ(missing_value.size(), own_name.size());
  EXPECT_EQ(missing_value.back().lower, own_name.back().lower);
  EXPECT_EQ(missing_value.back().upper, own_name.back().upper);
  EXPECT_LT(own_name.back().lower, own_name.back().upper);
}

}  // namespace
}  // namespace oligosim
