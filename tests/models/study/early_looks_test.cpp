// Looks that come before anything can be seen are refused, those that may show something are not.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

/// Progression that the first visit shows after two months in one arm, three in the other.
std::string visited(const std::string& looks, const std::string& enrollment = "over_months: 20",
                    const std::string& visits = "") {
  return fmt::format(R"(study: looks
disease: {{model: illness_death, known_at: visit,
  hazards_per_month: {{progression: 0.14, death_before_progression: 0.01, death_after_progression: 0.1}}}}
arms: {{a: {{}}, b: {{}}}}
trial:
  enrollment: {{patients: 100, {}}}
  visits: {{months: [3, 6], then_every_months: 3{}, by_arm: {{b: {{months: [2, 4]}}}}}}
design: {{kind: group_sequential, primary: pfs, looks: [{}, {{at_month: 40}}]}}
plan:
  time_unit: days
  analyses: [{{name: pfs, method: log_rank, endpoint: pfs, by: arm}}, {{name: os, method: cox, endpoint: os, terms: [arm]}}]
  endpoints: {{pfs: {{time: pfs_d, event: pfs_e}}, os: {{time: os_d, event: os_e}}}}
)",
                     enrollment, visits, looks);
}

const std::string seen = "nothing of 'pfs' can have been seen by then";

TEST(EarlyLooks, ContractBeforeTheFirstVisitOfTheFirstPatient) {
  EXPECT_THAT(mistakes(visited("{at_month: 1.9, information: 0.3}")),
              HasSubstr("design.looks[0].at_month: " + seen + " (after month 2, when the first patient can show it)"));
  EXPECT_EQ(mistakes(visited("{at_month: 2.1, information: 0.3}")), "");
  const std::string late = "rate_per_month: [{from_month: 0, rate: 0}, {from_month: 1, rate: 5}]";
  EXPECT_THAT(mistakes(visited("{at_month: 2.9, information: 0.3}", late)), HasSubstr("(after month 3"));
  EXPECT_EQ(mistakes(visited("{at_month: 3.1, information: 0.3}", late)), "");
  // Visits stray: five standard deviations before the plan nobody has one.
  EXPECT_THAT(mistakes(visited("{at_month: 0.9, information: 0.3}", "over_months: 20", ", jitter_sd_months: 0.2")),
              HasSubstr("(after month 1,"));
  EXPECT_EQ(mistakes(visited("{at_month: 1.1, information: 0.3}", "over_months: 20", ", jitter_sd_months: 0.2")), "");
}

// Who enters in half a month is followed for 1.9 months at most; at a rate the first may have been there for long.
TEST(EarlyLooks, ContractFollowUpOfTheLastPatient) {
  EXPECT_THAT(mistakes(visited("{min_follow_up_months: 1.4, information: 0.3}", "over_months: 0.5")),
              HasSubstr("design.looks[0].min_follow_up_months: " + seen));
  EXPECT_EQ(mistakes(visited("{min_follow_up_months: 1.6, information: 0.3}", "over_months: 0.5")), "");
  EXPECT_EQ(mistakes(visited("{min_follow_up_months: 0.1, information: 0.3}", "rate_per_month: 5")), "");
  EXPECT_EQ(mistakes(visited("{at_events: 10, of: pfs, information: 0.3}", "over_months: 0.5")), "");
}

// A date that holds the look up, or one that it is held on at the latest.
TEST(EarlyLooks, ContractLooksWithDates) {
  EXPECT_EQ(mistakes(visited("{min_follow_up_months: 0.5, earliest_month: 12, information: 0.3}", "over_months: 0.5")),
            "");
  EXPECT_EQ(mistakes(visited("{at_patients: 50, earliest_month: 12, information: 0.3}", "over_months: 0.5")), "");
  EXPECT_EQ(mistakes(visited("{at_month: 10, information: 0.3}, {min_follow_up_months: 0.5, min_gap_months: 12, "
                             "information: 0.5}",
                             "over_months: 0.5")),
            "");
  EXPECT_THAT(mistakes(visited("{at_patients: 100, latest_month: 20, information: 0.3}", "over_months: 0.5")),
              HasSubstr(seen));
  EXPECT_THAT(mistakes(visited("{at_events: 10, of: pfs, latest_month: 1.9, information: 0.3}")),
              HasSubstr("design.looks[0].latest_month: " + seen));
  EXPECT_EQ(mistakes(visited("{at_events: 10, of: pfs, latest_month: 2.1, information: 0.3}")), "");
}

// Deaths are known when they happen.
TEST(EarlyLooks, ContractSurvivalNeedsNoVisit) {
  std::string text = visited("{at_month: 0.4, information: 0.3}");
  text.replace(text.find("primary: pfs"), 12, "primary: os");
  EXPECT_EQ(mistakes(text), "");
}

// A response that is known on the last day of the follow-up is known: 35 patients, more than 11.
TEST(EarlyLooks, TheoryAResponseKnownOnTheDayOfTheLookCounts) {
  const auto text = [](double follow_up) {
    return fmt::format(R"(study: one arm
seed: 7
replicates: 20000
disease: {{os: {{median_months: 10}}, outcomes: {{response: {{probability: 0.4, known_months: 2.3}}}}}}
arms: {{drug: {{}}}}
trial: {{enrollment: {{patients: 35, rate_per_month: 4}}}}
design: {{kind: exact_binomial, primary: orr, p0: 0.2, p1: 0.4, power: 0.8, min_follow_up_months: {}}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  analyses: [{{name: orr, method: proportion, outcome: response}}]
)",
                       follow_up);
  };
  const auto rows = run_in_memory(study_from(text(2.3)), 2, false);
  const Measure reject = row_of(rows, "base", "reject", "orr").measure;
  EXPECT_NEAR(reject.value, 0.8048254966, 4 * reject.mcse);
  EXPECT_THAT(mistakes(text(2.2)), HasSubstr("design.min_follow_up_months: the last patients are analysed before "
                                             "'response' can be known of them (at least 2.3 months)"));
}

}  // namespace
}  // namespace oligosim
