#include "engine/statistics/cox/least_false.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>

#include "tests/statistics/patients.hpp"

namespace oligosim {
namespace {

ArmDistribution exponential(double hazard, double share = .5) {
  return {[=](double t) { return std::exp(-hazard * t); }, [=](double t) { return hazard * std::exp(-hazard * t); },
          share};
}

// Accrual uniform over 24 months, analysis 12 months after its end.
double uncensored(double t) { return t <= 12 ? 1 : t >= 36 ? 0 : (36 - t) / 24; }
const std::vector<double> accrual_breaks = {12};

constexpr double control_hazard = 0.13329753472306642;  // log 2 / 5.2

ArmDistribution delayed(double hazard, double ratio, double delay) {
  const auto survival = [=](double t) {
    return std::exp(-hazard * (std::min(t, delay) + ratio * std::max(0.0, t - delay)));
  };
  return {survival, [=](double t) { return (t < delay ? hazard : ratio * hazard) * survival(t); }, .5};
}

TEST(LeastFalse, ReferenceDelayedEffect) {
  const double log_ratio = least_false_log_hazard_ratio(exponential(control_hazard), delayed(control_hazard, .6, 3),
                                                        uncensored, 36, std::vector<double>{3, 12});
  EXPECT_NEAR(log_ratio, -.321302184172, 1e-11);
  EXPECT_NEAR(std::exp(log_ratio), .725204072683, 1e-11);
}

// E[h exp(s Z) ...] over a standard normal Z by the trapezoidal rule, which is exact to rounding for such integrands.
template <class F>
double over_normal(F f) {
  double sum = 0;
  for (int i = -360; i <= 360; ++i) {
    const double z = i * 0.025;
    sum += f(z) * std::exp(-0.5 * z * z);
  }
  return sum * 0.025 / std::sqrt(2 * M_PI);
}

ArmDistribution frail(double hazard, double sigma) {
  return {[=](double t) { return over_normal([&](double z) { return std::exp(-hazard * std::exp(sigma * z) * t); }); },
          [=](double t) {
            return over_normal([&](double z) {
              const double h = hazard * std::exp(sigma * z);
              return h * std::exp(-h * t);
            });
          },
          .5};
}

TEST(LeastFalse, ReferenceLogNormalFrailty) {
  const std::pair<double, double> expected[] = {{.5, .642457492206}, {1, .704665288844}, {1.2, .725947317783}};
  for (const auto& [sigma, ratio] : expected) {
    double low = 0, high = 10;  // the conditional hazard that holds the control median at 5.2
    for (int i = 0; i < 80; ++i) {
      const double middle = (low + high) / 2;
      (frail(middle, sigma).survival(5.2) > .5 ? low : high) = middle;
    }
    const double log_ratio =
        least_false_log_hazard_ratio(frail(low, sigma), frail(.6 * low, sigma), uncensored, 36, accrual_breaks);
    EXPECT_NEAR(std::exp(log_ratio), ratio, 1e-9) << sigma;
  }
}

TEST(LeastFalse, PropertyProportionalHazardsAreRecoveredUnderAnyCensoringAndShares) {
  for (const double ratio : {.1, .6, 1.0, 2.5, 20.0}) {
    for (const double share : {.5, .2, .9}) {
      const double log_ratio = least_false_log_hazard_ratio(exponential(.1, 1 - share), exponential(.1 * ratio, share),
                                                            uncensored, 36, accrual_breaks);
      EXPECT_NEAR(log_ratio, std::log(ratio), 1e-11);
    }
  }
  // Weibull with shape 1/2: the density is infinite at 0.
  const auto weibull = [](double hazard) {
    return ArmDistribution{[=](double t) { return std::exp(-hazard * std::sqrt(t)); },
                           [=](double t) { return 0.5 * hazard / std::sqrt(t) * std::exp(-hazard * std::sqrt(t)); },
                           .5};
  };
  EXPECT_NEAR(least_false_log_hazard_ratio(weibull(.5), weibull(.3), uncensored, 36, accrual_breaks), std::log(.6),
              1e-9);
}

TEST(LeastFalse, PropertySwappingArmsFlipsTheSign) {
  const ArmDistribution a = exponential(control_hazard), b = delayed(control_hazard, .6, 3);
  const std::vector<double> breaks = {3, 12};
  EXPECT_NEAR(least_false_log_hazard_ratio(a, b, uncensored, 36, breaks),
              -least_false_log_hazard_ratio(b, a, uncensored, 36, breaks), 1e-12);
}

TEST(LeastFalse, StatisticalCoxOfALargeTrialConverges) {
  std::mt19937_64 random(61);
  const auto uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
  test::Patients patients(200000);
  for (std::size_t i = 0; i < patients.size(); ++i) {
    const double e = -std::log(uniform()) / control_hazard;  // months at the control hazard
    const double time = i % 2 == 0 || e < 3 ? e : 3 + (e - 3) / .6;
    const double follow_up = 12 + 24 * uniform();
    patients[i].time = std::min(time, follow_up);
    patients[i].event = time <= follow_up;
    patients[i].x[0] = static_cast<double>(i % 2);
  }
  test::Sorted s(patients);
  const CoxFit fit = cox(s.table, s.terms(patients, {0}), {}, {}, s.arena);
  EXPECT_NEAR(fit.coefficient[0], -.321302184172, 4 * fit.standard_error[0]);
  EXPECT_LT(fit.standard_error[0], .006);
}

TEST(LeastFalse, DegenerateNoEventsInOneArmThrows) {
  const ArmDistribution immortal = exponential(0);
  EXPECT_THROW(least_false_log_hazard_ratio(exponential(.1), immortal, uncensored, 36, accrual_breaks),
               std::domain_error);
}

}  // namespace
}  // namespace oligosim
