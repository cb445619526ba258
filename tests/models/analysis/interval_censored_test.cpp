// Endpoints that visits show: free_at, and the methods that take it into account.
#include <gmock/gmock.h>

#include "engine/statistics/interval_censored/interval_log_rank.hpp"
#include "engine/statistics/interval_censored/turnbull.hpp"
#include "engine/statistics/interval_censored/weibull_regression.hpp"
#include "tests/models/analysis/plan_support.hpp"
#include "tests/statistics/interval_censored/interval_patients.hpp"

namespace oligosim {
namespace {

using test::IntervalPatients;
using test::never;
using testing::HasSubstr;

/// Intervals as the columns of a data set; who has no event is censored 5 after he was last known to be free of it, or
/// on that day.
std::string csv_of(const IntervalPatients& patients) {
  std::ostringstream csv;
  csv << "free,t,e,g,s,age\n";
  for (std::size_t i = 0; i < patients.left.size(); ++i) {
    const bool event = !std::isinf(patients.right[i]);
    csv << patients.left[i] << ',' << (event ? patients.right[i] : patients.left[i] + (i % 2 ? 5 : 0)) << ',' << event
        << ',' << (patients.group[i] ? "B" : "A") << ',' << patients.stratum[i] << ',' << patients.x[0][i] << '\n';
  }
  return csv.str();
}

const char* const all_methods = R"(
time_unit: months
derive: {same_age: {sum: [age]}}
endpoints: {pfs: {time: t, event: e, free_at: free}, later: {of: pfs, landmark_months: 100}}
analyses:
  - {name: lr, method: interval_log_rank, endpoint: pfs, by: g, levels: [A, B]}
  - {name: stratified, method: interval_log_rank, endpoint: pfs, by: g, levels: [A, B], strata: [s]}
  - {name: curve, method: turnbull, endpoint: pfs, by: g, levels: [A, B], at_months: [300, 1e6], quantiles: [0.5]}
  - {name: fit, method: weibull, endpoint: pfs, terms: [g, age, g:age], levels: {g: [A, B]}}
  - {name: one, method: weibull, endpoint: pfs, terms: [g], levels: {g: [A, B]}, null_value: 1.3}
  - {name: twice, method: weibull, endpoint: pfs, terms: [age, g, same_age], levels: {g: [A, B]}}
  - {name: late, method: turnbull, endpoint: later, quantiles: [0.5]}
)";

TEST(IntervalCensored, OracleMethodsAreTheirStatistics) {
  const IntervalPatients patients = test::read_intervals("lung", "x1");
  const AnalysedData d(csv_of(patients), all_methods);
  Arena arena;
  for (const bool stratified : {false, true}) {
    const Estimate expected = interval_log_rank_test(patients.intervals(), patients.grouping(2, stratified), arena);
    const Estimate& own = d.row(stratified ? "stratified" : "lr");
    EXPECT_NEAR(own.signed_statistic, expected.signed_statistic, 1e-9);
    EXPECT_EQ(own.n, 228);
  }
  IntervalPatients second;
  for (std::size_t i = 0; i < patients.left.size(); ++i)
    if (patients.group[i] == 1) second.add(patients.left[i], patients.right[i]);
  const TurnbullCurve curve = turnbull(second.intervals(), arena);
  EXPECT_NEAR(d.row("curve", "survival", "B", "", 300).estimate, survival_at(curve, 300).estimate, 1e-10);
  EXPECT_EQ(d.row("curve", "survival", "B", "", 1e6).status, Status::not_reached);
  EXPECT_NEAR(d.row("curve", "quantile", "B").estimate, survival_quantile(curve, 0.5).estimate, 1e-7);
  EXPECT_EQ(d.row("curve", "quantile", "B").n, 90);

  IntervalPatients model = patients;
  model.x.insert(model.x.begin(), {patients.group.begin(), patients.group.end()});
  model.x.emplace_back();
  for (std::size_t i = 0; i < patients.left.size(); ++i) model.x[2].push_back(model.x[0][i] * model.x[1][i]);
  const WeibullFit fit = weibull_regression(model.intervals(), model.values(), 3, arena);
  EXPECT_NEAR(d.row("fit", "log_hazard_ratio", "", "g=B:age").estimate, fit.coefficient[2], 1e-9);
  EXPECT_NEAR(d.row("fit", "hazard_ratio", "", "age").estimate, std::exp(fit.coefficient[1]), 1e-9);
  EXPECT_NEAR(d.row("fit", "hazard_ratio", "", "age").standard_error, std::sqrt(fit.variance[5]), 1e-9);
  EXPECT_NEAR(d.row("fit", "shape").estimate, std::exp(fit.log_shape), 1e-9);
  EXPECT_NEAR(d.row("fit", "log_likelihood").estimate, fit.log_likelihood, 1e-7);
  EXPECT_EQ(d.row("fit", "likelihood_ratio_test").df, 3);
  EXPECT_NEAR(d.row("fit", "likelihood_ratio_test").statistic, 2 * (fit.log_likelihood - fit.null_log_likelihood),
              1e-7);
}

// survreg: log time ratio 0.37053584862747119 (0.12389494497367516); the hazard ratio against 1.3.
TEST(IntervalCensored, ReferenceTimeRatioAndMargin) {
  const AnalysedData d(csv_of(test::read_intervals("lung", "x1")), all_methods);
  const Estimate& time = d.row("one", "time_ratio");
  EXPECT_NEAR(std::log(time.estimate), 0.37053584862747119, 1e-8);
  EXPECT_NEAR(time.standard_error, 0.12389494497367516, 1e-8);
  EXPECT_GT(time.signed_statistic, 0);
  const Estimate& hazard = d.row("one", "hazard_ratio");
  EXPECT_NEAR(hazard.statistic, (-0.50616735917004274 - std::log(1.3)) / 0.16687417418765624, 1e-6);
  EXPECT_GT(hazard.signed_statistic, 0);
  EXPECT_TRUE(d.plan().labels()[0].two_groups);
}

TEST(IntervalCensored, OracleColumnsThatAreCombinationsOfOthers) {
  const AnalysedData d(csv_of(test::read_intervals("lung", "x1")), all_methods);
  EXPECT_EQ(d.row("twice", "hazard_ratio", "", "age").status, Status::singular);
  EXPECT_NEAR(
      d.row("twice", "log_hazard_ratio", "", "g=B").estimate,
      AnalysedData(csv_of(test::read_intervals("lung", "x1")),
                   "{time_unit: months, endpoints: {pfs: {time: t, event: e, free_at: free}}, analyses: [{name: "
                   "a, method: weibull, endpoint: pfs, terms: [g, age], levels: {g: [A, B]}}]}")
          .row("a", "log_hazard_ratio", "", "g=B")
          .estimate,
      1e-9);
}

// From the landmark on; who was last seen before it is known to be free of the event then.
TEST(IntervalCensored, ByHandLandmarksMissingDatesAndIntercurrentEvents) {
  const std::string csv = "free,t,e,x\n8,12,1,NA\n4,14,1,9\nNA,6,1,NA\nNA,20,0,NA\n7,16,1,6\n";
  const auto median = [&](const std::string& endpoint) {
    const AnalysedData d(csv,
                         "{time_unit: months, endpoints: {p: {time: t, event: e, free_at: free}, q: {of: p, "
                         "landmark_months: 5}, r: {time: t, event: e, free_at: free, intercurrent: [{at: x, "
                         "strategy: composite}]}}, analyses: [{name: a, method: turnbull, endpoint: " +
                             endpoint + ", quantiles: [0.2, 0.5]}]}");
    return std::pair(d.row("a", "", "", "", 0.2).estimate, d.row("a", "", "", "", 0.5).estimate);
  };
  Arena arena;
  const auto of = [&](const std::vector<std::pair<double, double>>& ends) {
    IntervalPatients patients;
    for (const auto& [left, right] : ends) patients.add(left, right);
    const TurnbullCurve curve = turnbull(patients.intervals(), arena);
    return std::pair(survival_quantile(curve, 0.2).estimate, survival_quantile(curve, 0.5).estimate);
  };
  EXPECT_EQ(median("p"), of({{8, 12}, {4, 14}, {0, 6}, {0, never}, {7, 16}}));
  EXPECT_EQ(median("q"), of({{3, 7}, {0, 9}, {0, 1}, {0, never}, {2, 11}}));
  EXPECT_EQ(median("r"), of({{8, 12}, {4, 9}, {0, 6}, {0, never}, {6, 6}}));
}

TEST(IntervalCensored, MistakesOfThePlan) {
  const auto said = [](const std::string& endpoint, const std::string& analysis) -> std::string {
    try {
      AnalysedData("t,e,g,f\n1,1,a,0\n2,0,b,1\n", "{time_unit: months, endpoints: {p: {" + endpoint +
                                                      "}}, analyses: [{name: a, endpoint: p, " + analysis + "}]}");
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  };
  const std::string with = "time: t, event: e, free_at: f", without = "time: t, event: e";
  EXPECT_EQ(said(with, "method: turnbull"), "");
  EXPECT_THAT(said(without, "method: turnbull"), HasSubstr("endpoint: 'p' does not say when patients were last free"));
  EXPECT_THAT(said(without, "method: interval_log_rank, by: g"), HasSubstr("(an endpoint with free_at)"));
  EXPECT_EQ(said(without, "method: weibull, terms: [g]"), "");
  EXPECT_THAT(said(with, "method: interval_log_rank"), HasSubstr("by: missing"));
  EXPECT_THAT(said(with, "method: weibull, terms: [g, t], null_value: 1.3"), HasSubstr("of a single term"));
  EXPECT_THAT(
      said("time: t, cause: e, causes: {1: a, 2: b}, free_at: f", "method: cumulative_incidence, at_months: [1]"),
      HasSubstr("free_at: is of one kind of event"));
  EXPECT_THAT(said("start: f, " + with, "method: cox, terms: [g]"),
              HasSubstr("free_at: cannot stand beside start times"));
}

// 0.3 and 0.1 + 0.2 are one date.
TEST(IntervalCensored, PropertyDatesThatDifferByRoundingAreTheSame) {
  AnalysedData d("f,t,e\n0.30000000000000004,0.3,1\n0.1,0.30000000000000004,1\n0.3,0.7,1\n",
                 "{time_unit: months, endpoints: {p: {time: t, event: e, free_at: f}}, analyses: [{name: a, method: "
                 "turnbull, endpoint: p, quantiles: [0.5]}]}");
  d.data().join_near_ties();
  Arena arena;
  std::vector<Estimate> out(1);
  d.plan().analysis(0).evaluate(d.data(), arena, out);
  EXPECT_EQ(out[0].estimate, 0.3);
}

}  // namespace
}  // namespace oligosim
