// The simulated cohorts beside what was published.
#include "models/study/sanity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace oligosim {
namespace {

TEST(Sanity, StatisticalCurvesGoWithTheMediansOfTheirCohorts) {
  const Study study = load_study(std::string(OLIGOSIM_SOURCE_DIR) + "/configs/studies/randomized_pfs.yaml", {});
  Problems problems;
  const SanityCheck check(study.resolved, problems);
  ASSERT_TRUE(problems.empty());
  const std::vector<SanityRow> rows = check.run(2);
  const std::vector<SanityCurves> all = check.curves(2);
  const auto pfs = std::ranges::find(all, "pfs", &SanityCurves::analysis);
  const auto by_cohort = std::ranges::find(all, "pfs_by_cohort", &SanityCurves::analysis);
  ASSERT_NE(pfs, all.end());
  ASSERT_NE(by_cohort, all.end());
  EXPECT_EQ(by_cohort->curves.size(), 2u);
  EXPECT_EQ(by_cohort->medians.size(), 2u);
  ASSERT_EQ(pfs->medians.size(), 1u);
  const auto row = std::ranges::find(rows, pfs->medians[0].name, &SanityRow::name);
  ASSERT_NE(row, rows.end());
  EXPECT_EQ(pfs->medians[0].months, row->published);
  // Half of the cohorts have crossed 50 % by the median of their medians.
  ASSERT_EQ(pfs->curves.size(), 1u);
  const CurveRange& curve = pfs->curves[0];
  const auto after = std::ranges::lower_bound(curve.month, row->median) - curve.month.begin();
  ASSERT_LT(static_cast<std::size_t>(after), curve.month.size());
  EXPECT_NEAR(curve.mean[static_cast<std::size_t>(after)], 0.5, 0.06);
  EXPECT_LT(curve.lower[static_cast<std::size_t>(after)], 0.5);
  EXPECT_GT(curve.upper[static_cast<std::size_t>(after)], 0.5);
}

}  // namespace
}  // namespace oligosim
