// Comparisons adjusted for confounding, of a plan: the reference values of R through it, its keys, what cannot be done.
#include <gmock/gmock.h>

#include "tests/models/analysis/plan_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

constexpr double z95 = 1.959963984540054;

std::string data_of(const std::string& name) {
  const std::string text = file_text("tests/reference/data/" + name + ".csv");
  return text.substr(text.find('\n') + 1);  // without the line that says who made it
}

/// Times are months, so that the plan's months are the reference's times.
std::string plan_of(const std::string& method, const std::string& keys) {
  return "{time_unit: months, endpoints: {e: {time: time, event: event}}, analyses: [{name: a, method: " + method +
         ", endpoint: e, " + keys + "}]}";
}

std::string with_commas(std::string terms) {
  std::replace(terms.begin(), terms.end(), '+', ',');
  return terms;
}

/// Keys of a row of reference values.
std::string keys_of(const test::ReferenceTable& reference, std::size_t r) {
  const std::string target = reference.text(r, "target");
  const std::string named = target == "first_group" ? "'0'" : target == "second_group" ? "'1'" : target;
  return "by: group, levels: ['0', '1'], terms: [" + with_commas(reference.text(r, "terms")) + "], target: " + named +
         ", at_months: [" + reference.text(r, "time") + "]";
}

TEST(InverseProbabilityWeighting, ReferenceCoxphAndSurvfitWithWeights) {
  const test::ReferenceTable reference("inverse_probability.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const AnalysedData d(data_of(reference.text(r, "data")),
                         plan_of("inverse_probability_weighting", keys_of(reference, r)));
    const Estimate &ratio = d.row("a", "hazard_ratio"), &log = d.row("a", "log_hazard_ratio");
    const double expected = reference.number(r, "log_hazard_ratio"), error = reference.number(r, "standard_error");
    ASSERT_EQ(log.status, Status::ok);
    EXPECT_TRUE(test::close(log.estimate, expected, 1e-8));
    EXPECT_TRUE(test::close(log.standard_error, error, 1e-8));
    EXPECT_TRUE(test::close(ratio.upper, std::exp(expected + z95 * error), 1e-8));
    EXPECT_TRUE(test::close(ratio.p_value, std::erfc(std::abs(expected / error) / std::sqrt(2.0)), 1e-7));
    for (const char* group : {"0", "1"}) {
      const Estimate& survival = d.row("a", "survival", group);
      EXPECT_TRUE(test::close(survival.estimate, reference.number(r, std::string("survival_") + group), 1e-8));
      EXPECT_TRUE(test::close(survival.standard_error, reference.number(r, std::string("error_") + group), 1e-8));
    }
  }
}

TEST(Standardization, ReferenceCoxphThroughAPlan) {
  const test::ReferenceTable reference("standardization.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const AnalysedData d(data_of(reference.text(r, "data")), plan_of("standardization", keys_of(reference, r)));
    const Estimate &ratio = d.row("a", "cumulative_hazard_ratio"), &difference = d.row("a", "survival_difference");
    const double log_ratio = reference.number(r, "log_ratio"), error = reference.number(r, "log_ratio_error");
    ASSERT_EQ(ratio.status, Status::ok);
    EXPECT_TRUE(test::close(std::log(ratio.estimate), log_ratio, 1e-8));
    EXPECT_TRUE(test::close(ratio.standard_error, error, 1e-7));
    EXPECT_TRUE(test::close(ratio.lower, std::exp(log_ratio - z95 * error), 1e-7));
    EXPECT_TRUE(test::close(difference.estimate, reference.number(r, "difference"), 1e-8));
    EXPECT_TRUE(test::close(difference.standard_error, reference.number(r, "difference_error"), 1e-7));
    for (const char* group : {"0", "1"}) {
      const Estimate& survival = d.row("a", "survival", group);
      const double s = reference.number(r, std::string("survival_") + group);
      const double spread = z95 * reference.number(r, std::string("error_") + group) / (s * std::log(s));
      EXPECT_TRUE(test::close(survival.estimate, s, 1e-8));
      EXPECT_TRUE(test::close(survival.lower, std::pow(s, std::exp(-spread)), 1e-7));
      EXPECT_TRUE(test::close(survival.upper, std::pow(s, std::exp(spread)), 1e-7));
    }
  }
}

TEST(InverseProbabilityWeighting, PropertyTurningTheGroupsRoundInvertsTheRatio) {
  for (const char* target : {"all", "'1'", "overlap"}) {
    const std::string keys = std::string("terms: [x1, x2], by: group, target: ") + target;
    const AnalysedData one(data_of("veteran"), plan_of("inverse_probability_weighting", keys + ", levels: ['0', '1']")),
        other(data_of("veteran"), plan_of("inverse_probability_weighting", keys + ", levels: ['1', '0']"));
    EXPECT_EQ(other.plan().labels()[0].term, "group=0");
    EXPECT_NEAR(other.estimates()[1].estimate, -one.estimates()[1].estimate, 1e-9);
    EXPECT_NEAR(other.estimates()[1].standard_error, one.estimates()[1].standard_error, 1e-9);
    EXPECT_NEAR(other.estimates()[1].signed_statistic, -one.estimates()[1].signed_statistic, 1e-9);
  }
}

TEST(InverseProbabilityWeighting, OracleNullValueMovesTheTestAlone) {
  const std::string keys = "by: group, levels: ['0', '1'], terms: [x1]";
  for (const char* method : {"inverse_probability_weighting", "standardization"}) {
    const AnalysedData usual(data_of("veteran"), plan_of(method, keys + ", at_months: [100]")),
        margin(data_of("veteran"), plan_of(method, keys + ", at_months: [100], null_value: 1.5"));
    const Estimate &a = usual.estimates()[0], &b = margin.estimates()[0];
    EXPECT_EQ(a.estimate, b.estimate);
    EXPECT_EQ(a.upper, b.upper);
    EXPECT_NEAR(b.signed_statistic, (std::log(1.5) - std::log(b.estimate)) / b.standard_error, 1e-9);
  }
}

/// Patients with x = 0 are all in group A: only patients like group B, and those of the overlap, have counterparts.
TEST(InverseProbabilityWeighting, DegenerateWherePatientsHaveNoCounterparts) {
  const std::string data =
      "time,event,g,x\n1,1,A,0\n2,1,A,0\n5,0,A,0\n3,1,A,1\n6,1,A,1\n9,0,A,1\n4,1,B,1\n7,1,B,1\n8,0,B,1\n";
  const auto status = [&](const std::string& target) {
    const AnalysedData d(
        data, plan_of("inverse_probability_weighting", "by: g, terms: [x], at_months: [4], target: " + target));
    EXPECT_EQ(d.row("a", "survival", "A").status, d.row("a").status);
    return d.row("a").status;
  };
  EXPECT_EQ(status("all"), Status::separation);
  EXPECT_EQ(status("A"), Status::separation);
  EXPECT_EQ(status("B"), Status::ok);
  EXPECT_EQ(status("overlap"), Status::ok);
}

TEST(Standardization, DegenerateStatuses) {
  const std::string keys = "by: g, terms: [x], at_months: [0.5, 4, 20]";
  const AnalysedData d("time,event,g,x\n1,1,A,0\n2,1,B,1\n3,1,A,1\n6,1,B,0\n9,0,A,1\n4,1,B,2\n",
                       plan_of("standardization", keys));
  EXPECT_EQ(d.row("a", "cumulative_hazard_ratio", "", "", 4).status, Status::ok);
  EXPECT_EQ(d.row("a", "cumulative_hazard_ratio", "", "", 0.5).status, Status::no_events);
  EXPECT_EQ(d.row("a", "survival_difference", "", "", 20).status, Status::not_reached);
  EXPECT_EQ(d.row("a", "survival", "B", "", 20).status, Status::not_reached);
  const AnalysedData none("time,event,g,x\n1,0,A,0\n2,0,B,1\n3,0,A,1\n", plan_of("standardization", keys));
  EXPECT_EQ(none.row("a").status, Status::no_events);
}

void expect_refused(const std::string& method, const std::string& keys, const std::string& message) {
  try {
    const AnalysedData d(data_of("veteran"), plan_of(method, keys));
    FAIL() << keys;
  } catch (const InputError& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr(message));
  }
}

TEST(AdjustedComparison, Refused) {
  const std::string weighting = "inverse_probability_weighting", groups = "by: group, levels: ['0', '1'], ";
  expect_refused(weighting, "terms: [x1]", "analyses[0].by: missing (the column whose two groups are compared)");
  expect_refused(weighting, groups + "terms: [group, x1]", "'group' is what is compared");
  expect_refused(weighting, groups + "terms: [x1], target: nobody",
                 "is not a target population (all, 0, 1 or overlap)");
  expect_refused("standardization", groups + "terms: [x1], at_months: [5], target: overlap",
                 "is not a target population (all, 0 or 1)");
  expect_refused("standardization", groups + "terms: [x1]", "analyses[0].at_months: missing");
  expect_refused(weighting, groups + "terms: [x1], time_dependent: {t: x2}", "time_dependent: unknown key (accepted: ");
}

}  // namespace
}  // namespace oligosim
