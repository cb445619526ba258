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
  EXPECT_EQ(by_cohort->points.size(), 2u);
  ASSERT_EQ(pfs->points.size(), 1u);
  const auto row = std::ranges::find(rows, pfs->points[0].name, &SanityRow::name);
  ASSERT_NE(row, rows.end());
  EXPECT_EQ(pfs->points[0].months, row->published);
  EXPECT_EQ(pfs->points[0].share, 0.5);
  // Half of the cohorts have crossed 50 % by the median of their medians.
  ASSERT_EQ(pfs->curves.size(), 1u);
  const CurveRange& curve = pfs->curves[0];
  const auto after = std::ranges::lower_bound(curve.month, row->median) - curve.month.begin();
  ASSERT_LT(static_cast<std::size_t>(after), curve.month.size());
  EXPECT_NEAR(curve.mean[static_cast<std::size_t>(after)], 0.5, 0.06);
  EXPECT_LT(curve.lower[static_cast<std::size_t>(after)], 0.5);
  EXPECT_GT(curve.upper[static_cast<std::size_t>(after)], 0.5);
}

TEST(Sanity, OraclePublishedIncidencesLieOnTheCurvesOfTheirCause) {
  Problems problems;
  const Study study = load_study(OLIGOSIM_SOURCE_DIR "/configs/studies/randomized_pfs.yaml", {});
  const SanityCheck check(study.resolved, problems);
  const std::vector<SanityCurves> all = check.curves(2);
  const auto local = std::ranges::find(all, "local_failure", &SanityCurves::cause);
  ASSERT_NE(local, all.end());
  ASSERT_EQ(local->points.size(), 1u);
  EXPECT_EQ(local->points[0].months, 24);
  EXPECT_EQ(local->points[0].share, 0.03);
  ASSERT_EQ(local->curves.size(), 1u);
  const CurveRange& curve = local->curves[0];
  EXPECT_EQ(curve.mean.front(), 0);
  // The model's share at 24 months and its standard deviation in cohorts of 37: results/calibration_song2025.csv. The
  // curve is the mean of 300 cohorts.
  const auto after = static_cast<std::size_t>(std::ranges::lower_bound(curve.month, 24) - curve.month.begin());
  ASSERT_LT(after, curve.mean.size());
  EXPECT_NEAR(curve.mean[after], 0.0417, 4 * 0.034 / std::sqrt(300));
  EXPECT_LT(curve.lower[after], 0.0417);
  EXPECT_GT(curve.upper[after], 0.0417);
}

}  // namespace
}  // namespace oligosim
