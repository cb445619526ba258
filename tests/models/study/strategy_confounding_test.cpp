// The study of strategies that were not randomized: in a large cohort adjustment finds what a randomized trial finds,
// and where nobody has a counterpart it says so.
#include <gtest/gtest.h>

#include "models/study/truth.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

class LargeCohort {
 public:
  explicit LargeCohort(const std::string& scenario)
      : study_(load_study(OLIGOSIM_SOURCE_DIR "/configs/studies/strategy_confounding.yaml", {{}, {}, scenario})) {
    study_.scenarios[0].prepare(2);
    values_ = simulated_values(study_.scenarios[0], study_.seed, {150000}, 2);
  }
  /// The log of the first ratio of an analysis, with its error; its last digit is the choice of the cohort.
  TrueValue log_ratio(const std::string& analysis) const {
    const std::vector<EstimateLabel>& labels = study_.scenarios[0].plan->labels();
    for (std::size_t k = 0; k < labels.size(); ++k)
      if (labels[k].analysis == analysis) return {std::log(values_[k].value), values_[k].standard_error};
    throw std::runtime_error("no analysis " + analysis);
  }

 private:
  Study study_;
  std::vector<TrueValue> values_;
};

void expect_same(const TrueValue& a, const TrueValue& b) {
  EXPECT_NEAR(a.value, b.value, 4 * std::hypot(a.standard_error, b.standard_error));
}

TEST(StrategyConfounding, StatisticalAdjustmentFindsWhatRandomizationFinds) {
  const LargeCohort overlapping("overlapping"), randomized("randomized");
  const TrueValue truth = randomized.log_ratio("pfs_noninferiority_1_3");
  for (const char* analysis : {"weighted_all", "weighted_overlap", "standardized_all"}) {
    expect_same(overlapping.log_ratio(analysis), truth);
    expect_same(randomized.log_ratio(analysis), truth);
  }
  const TrueValue naive = overlapping.log_ratio("pfs_noninferiority_1_3");
  EXPECT_GT(naive.value, truth.value + 3 * std::hypot(naive.standard_error, truth.standard_error));
}

TEST(StrategyConfounding, DegenerateWithoutCounterpartsOnlyThoseWhoSwitchedCanBeCompared) {
  const LargeCohort observed("observed");
  EXPECT_TRUE(std::isnan(observed.log_ratio("weighted_all").value));
  expect_same(observed.log_ratio("weighted_switched"), observed.log_ratio("adjusted"));
}

}  // namespace
}  // namespace oligosim
