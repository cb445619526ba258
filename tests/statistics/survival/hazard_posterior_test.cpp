// What follow-up says of a hazard, against closed forms and the definitions.
#include "engine/statistics/survival/hazard_posterior.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/gamma.hpp>
#include <cmath>
#include <vector>

#include "engine/statistics/interval_censored/weibull_regression.hpp"

namespace oligosim {
namespace {

const std::vector<double> time_seen = {0.5, 1, 2, 2, 3.5, 4, 5, 6, 6, 9};
const std::vector<std::uint8_t> seen = {1, 1, 0, 1, 1, 0, 1, 1, 0, 0};

/// Drawn again and again.
std::vector<std::vector<double>> draws(const HazardPosterior& posterior, std::size_t count) {
  std::vector<std::vector<double>> all(count, std::vector<double>(posterior.parameters()));
  for (std::size_t k = 0; k < count; ++k) {
    Stream stream(11, static_cast<std::uint32_t>(k), Purpose::design_points);
    posterior.draw(stream, all[k]);
  }
  return all;
}

/// Shares of draws below quantiles of a gamma distribution, within 4 Monte Carlo standard errors.
void expect_gamma(const std::vector<std::vector<double>>& all, std::size_t parameter, double events, double at_risk) {
  const boost::math::gamma_distribution<> gamma(events, 1 / at_risk);
  for (const double p : {0.05, 0.5, 0.95}) {
    double below = 0;
    for (const std::vector<double>& one : all) below += one[parameter] <= quantile(gamma, p);
    const auto n = static_cast<double>(all.size());
    EXPECT_NEAR(below / n, p, 4 * std::sqrt(p * (1 - p) / n)) << parameter << " " << p;
  }
}

TEST(HazardPosterior, OracleOneHazardIsGammaOfEventsAndTime) {
  const auto posterior = piecewise_hazard_posterior({time_seen, seen}, {});
  ASSERT_TRUE(posterior);
  ASSERT_EQ(posterior->parameters(), 1u);
  expect_gamma(draws(*posterior, 20000), 0, 6, 39);
}

TEST(HazardPosterior, OraclePiecesHaveTheirOwnEventsAndTime) {
  const std::vector<double> cuts = {2, 4};
  const auto posterior = piecewise_hazard_posterior({time_seen, seen}, cuts);
  ASSERT_TRUE(posterior);
  const auto all = draws(*posterior, 20000);
  expect_gamma(all, 0, 3, 0.5 + 1 + 8 * 2);  // the event at the cut is of the piece before it
  expect_gamma(all, 1, 1, 1.5 + 5 * 2);
  expect_gamma(all, 2, 2, 1 + 2 + 2 + 5);
}

/// The cumulative hazard grows by the exponential number between the time so far and that of the event.
TEST(HazardPosterior, PropertyTimesTakeUpTheHazard) {
  const std::vector<double> cuts = {2, 4}, hazard = {0.3, 0.05, 0.8};
  const auto posterior = piecewise_hazard_posterior({time_seen, seen}, cuts);
  const auto cumulative = [&](double t) {
    return 0.3 * std::min(t, 2.0) + 0.05 * std::clamp(t - 2, 0.0, 2.0) + 0.8 * std::max(t - 4, 0.0);
  };
  for (const double from : {0.0, 1.0, 2.0, 3.7, 4.0, 11.0})
    for (const double e : {1e-6, 0.1, 0.6, 0.70001, 3.0}) {
      const double t = posterior->event_time(hazard, from, e);
      EXPECT_GT(t, from);
      EXPECT_NEAR(cumulative(t) - cumulative(from), e, 1e-9) << from << " " << e;
    }
}

TEST(HazardPosterior, OracleWeibull) {
  Arena arena;
  const auto posterior = weibull_hazard_posterior({time_seen, seen}, arena);
  ASSERT_TRUE(posterior);
  std::vector<double> right = time_seen;
  for (std::size_t i = 0; i < right.size(); ++i)
    if (!seen[i]) right[i] = std::numeric_limits<double>::infinity();
  const WeibullFit fit = weibull_regression({time_seen, right}, {}, 0, arena);
  const std::size_t count = 20000;
  double sum = 0, squares = 0, below = 0;
  for (const std::vector<double>& one : draws(*posterior, count)) {
    const double log_shape = std::log(one[1]);
    sum += log_shape, squares += log_shape * log_shape;
    // In the draw's own unit the median time says the rate: of events, at the shape drawn.
    const double median = posterior->event_time(one, 0, std::log(2.0));
    double at_risk = 0;
    for (const double t : time_seen) at_risk += std::pow(t, one[1]);
    const boost::math::gamma_distribution<> gamma(6.0, 1 / at_risk);
    below += std::log(2.0) / std::pow(median, one[1]) <= quantile(gamma, 0.3);
  }
  const double mean = sum / count, deviation = std::sqrt(squares / count - mean * mean);
  const double error = std::sqrt(fit.variance[0]);
  EXPECT_NEAR(mean, fit.log_shape, 4 * error / std::sqrt(count));
  EXPECT_NEAR(deviation, error, 4 * error / std::sqrt(2.0 * count));
  EXPECT_NEAR(below / count, 0.3, 4 * std::sqrt(0.3 * 0.7 / count));
}

TEST(HazardPosterior, PropertyWeibullTimesTakeUpTheHazard) {
  Arena arena;
  const auto posterior = weibull_hazard_posterior({time_seen, seen}, arena);
  const std::vector<double> parameters = {0.7, 1.6};
  const double unit = posterior->event_time(parameters, 0, 0.7);  // where rate t^shape is the rate
  const auto cumulative = [&](double t) { return 0.7 * std::pow(t / unit, 1.6); };
  for (const double from : {0.0, 1e-9, 1.0, 8.0, 30.0})
    for (const double e : {1e-6, 0.1, 3.0}) {
      const double t = posterior->event_time(parameters, from, e);
      EXPECT_GE(t, from);
      EXPECT_NEAR(cumulative(t) - cumulative(from), e, 1e-9 * (1 + cumulative(from))) << from << " " << e;
    }
}

TEST(HazardPosterior, OracleNothingWithoutEvents) {
  Arena arena;
  const std::vector<double> cuts = {7}, late = {9}, no_time = {0, 0};
  const std::vector<std::uint8_t> none(10, 0), both = {1, 1};
  EXPECT_FALSE(piecewise_hazard_posterior({time_seen, none}, {}));
  EXPECT_FALSE(piecewise_hazard_posterior({time_seen, seen}, cuts));  // no event after 7
  EXPECT_FALSE(piecewise_hazard_posterior({time_seen, seen}, late));  // nobody at risk after 9
  EXPECT_FALSE(piecewise_hazard_posterior({no_time, both}, {}));
  EXPECT_FALSE(weibull_hazard_posterior({time_seen, none}, arena));
  EXPECT_FALSE(weibull_hazard_posterior({no_time, both}, arena));
}

}  // namespace
}  // namespace oligosim
