// The shipped disease model shows what was published: a million patients of the paper's composition, from random
// numbers that the fit did not see, and the spread of each figure in cohorts of 37.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "models/calibration/point_fit.hpp"

namespace oligosim {
namespace {

constexpr std::size_t patients = 1000000;

class ShippedFit : public testing::Test {
 protected:
  ShippedFit()
      : calibration_(load_calibration(OLIGOSIM_SOURCE_DIR "/configs/targets/mixed.yaml")),
        simulator_(calibration_, true),
        point_(calibration_.start()),  // as the disease file has them
        key_(derived_key(calibration_.seed, "shipped fit")) {
    fitted_ = simulator_.at_large(point_, patients / calibration_.patients, Streams(key_, 1), arena_).value();
  }
  const std::vector<Target>& targets() const { return simulator_.targets(); }

  Calibration calibration_;
  TargetSimulator simulator_;
  std::vector<double> point_;
  std::uint64_t key_;
  Arena arena_{1 << 20};
  std::vector<double> fitted_;
};

TEST_F(ShippedFit, StatisticalEveryPublishedFigureIsWithinASamplingStandardDeviation) {
  const CohortMoments cohorts = cohort_moments(simulator_, point_, key_, 2, 2000, arena_);
  EXPECT_GT(cohorts.complete, 1900u);
  for (std::size_t k = 0; k < targets().size(); ++k) {
    const auto i = static_cast<Eigen::Index>(k);
    EXPECT_LT(std::abs(targets()[k].published - fitted_[k]), std::sqrt(cohorts.covariance(i, i))) << targets()[k].name;
  }
}

TEST_F(ShippedFit, StatisticalRatesRatiosAndEventsAreMet) {
  std::size_t exact = 0, close = 0;
  for (std::size_t k = 0; k < targets().size(); ++k) {
    const Target& t = targets()[k];
    const double apart = std::abs(fitted_[k] - t.published);
    if (t.weight == 200) {  // events: what is left is the error of the fit's cohort and of this one
      const double p = t.published;
      EXPECT_LT(apart,
                4 * std::sqrt(p * (1 - p) * (1.0 / patients + 1.0 / static_cast<double>(calibration_.fit.patients))))
          << t.name;
      ++exact;
    } else if (t.weight > 1) {  // response, local failure, hazard ratios, follow-up
      EXPECT_LT(apart, t.log_scale ? 0.05 : 0.02 * t.published) << t.name;
      ++close;
    }
  }
  EXPECT_EQ(exact, 4u);
  EXPECT_EQ(close, 12u);
}

}  // namespace
}  // namespace oligosim
