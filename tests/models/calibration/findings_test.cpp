// What a calibration says of itself.
#include "models/calibration/findings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oligosim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TargetResult target(const std::string& name, bool used, double z, double percentile) {
  TargetResult r;
  r.target.name = name;
  r.target.used_in_fit = used;
  r.target.published = 0.4, r.fitted = 0.5, r.z = z;
  r.predictive.percentile = percentile;
  return r;
}

TEST(CalibrationFindings, ContractAFigureThatNothingWasFittedToIsJudgedByItsPredictiveDistribution) {
  CalibrationResult result;
  result.targets = {target("fitted", true, 1.5, 40), target("near", true, 0.5, 40), target("check", false, 3, 30),
                    target("far check", false, 3, 0.5)};
  EXPECT_THAT(not_reconciled(result), ElementsAre(HasSubstr("fitted: "), HasSubstr("far check: ")));
}

TEST(CalibrationFindings, ContractAPosteriorThatRestsOnAPoorEmulatorIsDoubtful) {
  CalibrationResult result;
  result.targets = {target("check", false, 0, 50), target("a", true, 0, 50), target("b", true, 0, 50)};
  result.posterior.emulator_error = Eigen::Vector2d(0.05, 0.19);
  EXPECT_EQ(doubtful_posterior(result), "");
  result.posterior.emulator_error[1] = 0.31;
  EXPECT_THAT(doubtful_posterior(result), HasSubstr("off by 0.31 sampling standard deviations of b"));
  result.posterior.emulator_error.setConstant(missing);
  EXPECT_THAT(doubtful_posterior(result), HasSubstr("not to be relied on"));
}

}  // namespace
}  // namespace oligosim
