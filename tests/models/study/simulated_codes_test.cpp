// Endpoints of a study whose codes no simulated patient has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

std::string mistake(const std::string& endpoint, const std::string& derive = "{}") {
  return mistakes(R"(study: codes
disease: {os: {median_months: 10}, pfs: {median_months: 5}}
arms: {control: {}, experimental: {}}
trial: {enrollment: {patients: 100, over_months: 5}}
design: {kind: fixed, primary: effect, looks: [{at_month: 24}]}
plan:
  time_unit: days
  derive: )" + derive +
                  "\n  endpoints: {os: " + endpoint +
                  "}\n  analyses: [{name: effect, method: log_rank, endpoint: os, by: arm}]\n");
}

TEST(SimulatedCodes, ContractAStatusThatIsAMeasurementIsRefused) {
  EXPECT_THAT(mistake("{time: os_e, event: os_d}"),
              HasSubstr("study.yaml:9:39: plan.endpoints.os.event: 'os_d' is a number of days, not a status (os_e or "
                        "pfs_e)"));
}

TEST(SimulatedCodes, ContractACodeThatDoesNotComeIsRefused) {
  EXPECT_THAT(mistake("{time: os_d, event: os_e, event_value: 7}"),
              HasSubstr("study.yaml:9:58: plan.endpoints.os.event_value: 'os_e' can be 1, which is not a code of the "
                        "endpoint (7 event, 0 censored)"));
  EXPECT_THAT(mistake("{time: os_d, event: os_e, censored_value: 2}"),
              HasSubstr("plan.endpoints.os.censored_value: 'os_e' can be 0, which is not a code"));
  const std::string never = "{no: {cases: [{when: {os_e: 1}, value: 0}], otherwise: 0}}";
  EXPECT_THAT(mistake("{time: os_d, event: no}", never), HasSubstr("plan.endpoints.os.event: 'no' is never an event"));
}

TEST(SimulatedCodes, ContractCodesThatComeAreAccepted) {
  EXPECT_EQ(mistake("{time: os_d, event: os_e}"), "");
  EXPECT_EQ(mistake("{time: os_d, censor: os_e}"), "");
  EXPECT_EQ(mistake("{time: os_d, event: os_e, event_value: 0, censored_value: 1}"), "");
  const std::string derived =
      "{died: {cases: [{when: {os_e: 1}, value: 2}], otherwise: 1}, first: {smallest: [os_e, pfs_e]}}";
  EXPECT_EQ(mistake("{time: os_d, event: died, event_value: 2, censored_value: 1}", derived), "");
  EXPECT_EQ(mistake("{time: os_d, event: first}", derived), "");
}

}  // namespace
}  // namespace oligosim
