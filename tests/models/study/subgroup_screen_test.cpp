// The study of many subgroups: families of tests, and cut-offs that are searched for.
#include <gtest/gtest.h>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

std::vector<SummaryRow> screened(std::uint32_t replicates) {
  StudyOverrides overrides;
  overrides.replicates = replicates;
  overrides.scenario = "null";
  return run_in_memory(load_study(OLIGOSIM_SOURCE_DIR "/configs/studies/subgroup_screen.yaml", overrides), 2, false);
}

TEST(SubgroupScreen, StatisticalErrorsOfTheFirstKind) {
  constexpr std::uint32_t replicates = 2000;
  const std::vector<SummaryRow> rows = screened(replicates);
  const double mcse = std::sqrt(0.05 * 0.95 / replicates);
  const auto power = [&](const char* analysis, const char* parameter) {
    return row_of(rows, "null", "power", analysis, parameter).measure.value;
  };
  const auto any = [&](const char* family) { return row_of(rows, "null", "any_rejects", family).measure.value; };
  const std::vector<const char*> subgroups{"line", "number", "size_median", "cohort", "strategy"};
  double most = 0, sum = 0;
  for (const char* analysis : subgroups) {
    const double p = power(analysis, "log_rank");
    EXPECT_LT(p, 0.075) << analysis;  // small groups: the log-rank test is a little liberal
    EXPECT_GT(p, 0.03) << analysis;
    most = std::max(most, p), sum += p;
  }
  EXPECT_GT(any("subgroups"), most);
  EXPECT_LT(any("subgroups"), sum);
  EXPECT_GT(any("subgroups_and_response"), any("subgroups"));
  EXPECT_GT(power("size_searched", "minimum_p"), 0.3);
  EXPECT_NEAR(power("size_searched", "permutation"), 0.05, 4 * mcse);
  EXPECT_LT(power("size_searched", "lausen_schumacher"), 0.05 + 4 * mcse);
}

}  // namespace
}  // namespace oligosim
