#include "engine/statistics/survival/one_sample_size.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;

/// Weibull patients with the historical hazard times `ratio`; entry uniform over `accrual`, then followed.
OneSampleCurves weibull(double median, double shape, double ratio, double accrual, double follow) {
  const auto historical = [=](double t) { return std::numbers::ln2 * std::pow(t / median, shape); };
  const auto hazard = [=](double t) { return std::numbers::ln2 * shape / median * std::pow(t / median, shape - 1); };
  const auto survival = [=](double t) { return std::exp(-ratio * historical(t)); };
  return {survival, [=](double t) { return ratio * hazard(t) * survival(t); }, historical, hazard,
          [=](double t) { return std::clamp((accrual + follow - t) / accrual, 0.0, 1.0); }};
}

OneSampleMoments moments_of(double median, double shape, double ratio, double accrual, double follow) {
  return one_sample_moments(weibull(median, shape, ratio, accrual, follow), accrual + follow,
                            std::vector<double>{follow});
}

TEST(OneSampleSize, ReferenceWu2015) {
  const OneSampleMoments m = moments_of(5.2, 1, .6, 24, 12);
  EXPECT_NEAR(m.expected, 1.382898287, 5.1e-10);
  EXPECT_NEAR(m.observed, .8297389724, 5.1e-11);
  EXPECT_NEAR(m.variance, 1.750974698, 5.1e-10);
  EXPECT_NEAR(one_sample_patients(m, .05, .8), 30.36121452, 5.1e-9);
}

TEST(OneSampleSize, ReferenceIntegratesTimesAndCensorings) {
  const test::ReferenceTable reference("one_sample_size.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const auto number = [&](const char* name) { return reference.number(r, name); };
    const OneSampleMoments m =
        moments_of(number("median"), number("shape"), number("ratio"), number("accrual"), number("follow"));
    EXPECT_TRUE(close(m.observed, number("observed"), 1e-9));
    EXPECT_TRUE(close(m.expected, number("expected"), 1e-9));
    EXPECT_TRUE(close(m.variance, number("variance"), 1e-9));
    if (number("ratio") == 1) continue;  // of its drift only rounding is left
    const double n = one_sample_patients(m, number("alpha"), number("power"));
    EXPECT_TRUE(close(n, number("patients"), 1e-8));
    EXPECT_TRUE(close(one_sample_power(m, number("alpha"), n), number("power"), 1e-10));
  }
}

TEST(OneSampleSize, StatisticalMomentsOfDrawnPatients) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> uniform;
  const OneSampleMoments m = moments_of(5.2, 1.33, .7, 18, 6);
  constexpr int patients = 1000000;
  double events = 0, hazards = 0, sum = 0, squares = 0, fourth = 0;
  for (int i = 0; i < patients; ++i) {
    const double event = 5.2 * std::pow(-std::log(uniform(random)) / (.7 * std::numbers::ln2), 1 / 1.33);
    const double followed = 24 - 18 * uniform(random);
    const double hazard = std::numbers::ln2 * std::pow(std::min(event, followed) / 5.2, 1.33);
    const double difference = (event <= followed) - hazard;
    events += event <= followed, hazards += hazard, sum += difference;
    squares += difference * difference, fourth += std::pow(difference, 4);
  }
  const double second = squares / patients, mean = sum / patients;
  EXPECT_NEAR(mean, m.observed - m.expected, 4 * std::sqrt(m.variance / patients));
  EXPECT_NEAR(events / patients, m.observed, 4 * std::sqrt(m.observed * (1 - m.observed) / patients));
  EXPECT_NEAR(second - mean * mean, m.variance, 4 * std::sqrt((fourth / patients - second * second) / patients));
}

TEST(OneSampleSize, ContractNoNumberIsEnoughForPatientsWhoDoWorse) {
  EXPECT_TRUE(std::isinf(one_sample_patients(moments_of(5.2, 1, 1.2, 24, 12), .05, .8)));
}

}  // namespace
}  // namespace oligosim
