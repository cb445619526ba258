// The study of patients left out for incomplete follow-up: a rule on the outcome moves curves and shares, one on the
// date of enrollment does not.
#include <gtest/gtest.h>

#include "models/study/truth.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

TEST(IncompleteFollowUp, StatisticalRulesOnTheOutcomeAreBiasedAndThoseOnEnrollmentAreNot) {
  Study study = load_study(OLIGOSIM_SOURCE_DIR "/configs/studies/incomplete_follow_up.yaml", {});
  const Scenario& scenario = study.scenarios[0];
  scenario.prepare(2);
  const std::vector<TrueValue> values = simulated_values(scenario, study.seed, {300000}, 2);
  const std::vector<EstimateLabel>& labels = scenario.plan->labels();
  const auto value = [&](const std::string& analysis, double at = missing) {
    for (std::size_t k = 0; k < labels.size(); ++k)
      if (labels[k].analysis == analysis && (std::isnan(at) || labels[k].at == at)) return values[k];
    throw std::runtime_error("no analysis " + analysis);
  };
  const auto far_below = [](const TrueValue& a, const TrueValue& b) {
    return a.value < b.value - 4 * std::hypot(a.standard_error, b.standard_error);
  };
  for (const double month : {11.7, 24.0}) {
    const TrueValue all = value("pfs_all", month), enrolled = value("pfs_enrolled", month);
    EXPECT_NEAR(enrolled.value, all.value, 4 * std::hypot(all.standard_error, enrolled.standard_error));
    EXPECT_TRUE(far_below(value("pfs_complete", month), all));
    EXPECT_TRUE(far_below(value("pfs_complete_os", month), all));
    EXPECT_TRUE(far_below(all, value("pfs_three_months", month)));
  }
  EXPECT_TRUE(far_below(value("orr_complete"), value("orr_all")));
  EXPECT_NEAR(value("orr_enrolled").value, value("orr_all").value, 4 * value("orr_enrolled").standard_error);
}

}  // namespace
}  // namespace oligosim
