#include "engine/statistics/categorical/exchangeable_responses.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>

namespace oligosim {
namespace {

constexpr double tails = 7;  // standard deviations of a normal distribution that count
constexpr double most_log_odds = 30;

/// A point of the grid: the common mean and the standard deviation between cohorts.
struct Point {
  double mean, sd, weight;
};

/// Gauss-Legendre points and weights on an interval.
template <unsigned points, class F>
void for_each_point(double from, double to, const F& f) {
  using Rule = boost::math::quadrature::gauss<double, points>;
  const double centre = (from + to) / 2, half = (to - from) / 2;
  for (std::size_t k = 0; k < Rule::abscissa().size(); ++k) {
    const double x = half * Rule::abscissa()[k], w = half * Rule::weights()[k];
    f(centre + x, w);
    if (x != 0) f(centre - x, w);
  }
}

/// Gauss-Legendre points, on panels as short as the likelihood of so many patients may need. Where the cohorts hardly
/// differ what lies above a limit is nearly a step in the mean, so that panels end at the limits and are short about
/// them.
std::vector<Point> grid(const ExchangeablePrior& prior, std::size_t patients, std::span<const double> limits) {
  std::vector<Point> points;
  const double longest = std::min(6 / std::sqrt(static_cast<double>(patients)), prior.mean_sd);
  const double low = prior.mean - tails * prior.mean_sd, high = prior.mean + tails * prior.mean_sd;
  for_each_point<20>(0, tails * prior.between_scale, [&](double sd, double w) {
    const double scaled = sd / prior.between_scale;
    const double of_sd = w * std::exp(-scaled * scaled / 2);
    std::vector<double> ends = {low, high};
    for (const double limit : limits)
      for (const double away : {-8.0, -4.0, -2.0, 0.0, 2.0, 4.0, 8.0}) ends.push_back(limit + away * sd);
    std::erase_if(ends, [&](double x) { return x < low || x > high; });
    std::ranges::sort(ends);
    for (std::size_t k = 1; k < ends.size(); ++k) {
      const double length = ends[k] - ends[k - 1];
      const auto panels = static_cast<int>(std::ceil(length / longest));
      for (int p = 0; p < panels; ++p)
        for_each_point<7>(ends[k - 1] + length * p / panels, ends[k - 1] + length * (p + 1) / panels,
                          [&](double mean, double of_mean) {
                            const double z = (mean - prior.mean) / prior.mean_sd;
                            points.push_back({mean, sd, of_sd * of_mean * std::exp(-z * z / 2)});
                          });
    }
  });
  return points;
}

/// Adds the likelihood of each number of responses, integrated over the log odds from `from` on.
void integrate(const Point& point, double from, double to, std::span<double> sums) {
  const double low = std::max({from, point.mean - tails * point.sd, -most_log_odds});
  const double high = std::min({to, point.mean + tails * point.sd, most_log_odds});
  if (!(high > low)) return;
  const double n = static_cast<double>(sums.size() - 1);
  const double panel = std::min({1.0, 6 / std::sqrt(n), 3 * point.sd});
  const auto panels = static_cast<int>(std::ceil((high - low) / panel));
  for (int k = 0; k < panels; ++k)
    for_each_point<7>(low + (high - low) * k / panels, low + (high - low) * (k + 1) / panels, [&](double x, double w) {
      const double z = (x - point.mean) / point.sd;
      const double odds = std::exp(x);
      double term = w / point.sd * std::exp(-z * z / 2 - n * std::log1p(odds));
      for (double& sum : sums) {
        sum += term;
        term *= odds;
      }
    });
}

}  // namespace

ExchangeableResponses::ExchangeableResponses(const ExchangeablePrior& prior, std::span<const Cohort> cohorts) {
  std::size_t patients = 1;
  for (const Cohort& cohort : cohorts) patients += cohort.patients;
  std::vector<double> limits;
  for (const Cohort& cohort : cohorts) limits.push_back(std::log(cohort.limit / (1 - cohort.limit)));
  const std::vector<Point> points = grid(prior, patients, limits);
  for (const Point& point : points) weight_.push_back(point.weight);
  for (std::size_t j = 0; j < cohorts.size(); ++j) {
    const Cohort& cohort = cohorts[j];
    const std::size_t rows = cohort.patients + 1;
    Contribution own{std::vector<double>(rows * points.size()), std::vector<double>(rows * points.size())};
    std::vector<double> below(rows), above(rows);
    for (std::size_t g = 0; g < points.size(); ++g) {
      std::ranges::fill(below, 0);
      std::ranges::fill(above, 0);
      integrate(points[g], -most_log_odds, limits[j], below);
      integrate(points[g], limits[j], most_log_odds, above);
      for (std::size_t x = 0; x < rows; ++x) {
        own.above[x * points.size() + g] = above[x];
        own.likelihood[x * points.size() + g] = above[x] + below[x];
      }
    }
    cohorts_.push_back(std::move(own));
  }
}

void ExchangeableResponses::above(std::span<const std::size_t> responses, std::span<double> probability) const {
  const std::size_t points = weight_.size();
  std::ranges::fill(probability, 0);
  double all = 0;
  for (std::size_t g = 0; g < points; ++g) {
    double product = weight_[g];
    for (std::size_t j = 0; j < cohorts_.size(); ++j) product *= cohorts_[j].likelihood[responses[j] * points + g];
    if (!(product > 0)) continue;
    all += product;
    for (std::size_t j = 0; j < cohorts_.size(); ++j) {
      const std::size_t at = responses[j] * points + g;
      probability[j] += product * (cohorts_[j].above[at] / cohorts_[j].likelihood[at]);
    }
  }
  for (double& p : probability) p /= all;
}

}  // namespace oligosim
