// The picture of the design says when patients are seen, where that differs by arm or scenario too.
#include "models/study/page/design_flow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

std::string flow(const std::string& visits, const std::string& scenarios) {
  return design_flow(study_from(R"(study: visits
disease: {pfs: {median_months: 10, known_at: visit}}
arms: {control: {}, new: {effects: {pfs: {hazard_ratio: 0.7}}}}
design: {kind: fixed, primary: test, looks: [{at_month: 24}]}
plan:
  time_unit: days
  endpoints: {pfs: {time: pfs_d, event: pfs_e}}
  analyses: [{name: test, method: log_rank, endpoint: pfs, by: arm}]
trial: {enrollment: {patients: 100, over_months: 12}, visits: )" +
                                visits + "}\n" + scenarios));
}

TEST(DesignFlow, OneScheduleStandsAlone) {
  EXPECT_THAT(flow("{months: [3, 6], then_every_months: 6}", ""),
              testing::HasSubstr("<b>visits</b><span>months 3, 6, then every 6</span></div>"));
}

TEST(DesignFlow, ArmsWithTheirOwnVisitsAreNamed) {
  EXPECT_THAT(flow("{months: [3, 6], then_every_months: 6, by_arm: {new: {months: [2, 4], then_every_months: 2}}}", ""),
              testing::HasSubstr("<span>control: months 3, 6, then every 6; new: months 2, 4, then every 2</span>"));
}

TEST(DesignFlow, ScenariosWithTheirOwnVisitsAreNamed) {
  const std::string html = flow("{months: [3, 6]}",
                                "scenarios: {equal: {}, same: {design.alpha: 0.05}, "
                                "unequal: {trial.visits.by_arm: {control: {months: [4]}}}}\n");
  EXPECT_THAT(html,
              testing::HasSubstr("<span>equal, same: months 3, 6, then every 12</span><br><span>unequal: control: "
                                 "months 4, then every 12; new: months 3, 6, then every 12</span></div>"));
}

}  // namespace
}  // namespace oligosim
