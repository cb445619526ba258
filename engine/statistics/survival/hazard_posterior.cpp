#include "engine/statistics/survival/hazard_posterior.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/numeric/elementary.hpp"
#include "engine/statistics/interval_censored/weibull_regression.hpp"

namespace oligosim {
namespace {

using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

class PiecewisePosterior : public HazardPosterior {
 public:
  PiecewisePosterior(const FollowUp& data, std::span<const double> cuts)
      : from_(cuts.size() + 1, 0.0), seen_(from_.size()) {
    std::ranges::copy(cuts, from_.begin() + 1);
    for (std::size_t i = 0; i < data.time.size(); ++i) {
      const double t = data.time[i];
      for (std::size_t k = 0; k < from_.size(); ++k) seen_[k].time += std::clamp(t, from_[k], to(k)) - from_[k];
      if (data.event[i]) ++seen_[piece_of(t)].times;
    }
  }

  bool known() const {
    return std::ranges::all_of(seen_, [](const RateSeen& piece) { return piece.times > 0 && piece.time > 0; });
  }

  std::size_t parameters() const override { return from_.size(); }
  void draw(Stream& stream, std::span<double> hazard) const override {
    for (std::size_t k = 0; k < from_.size(); ++k) hazard[k] = seen_[k].draw(stream.uniform());
  }
  double event_time(std::span<const double> hazard, double so_far, double exponential) const override {
    double t = so_far, left = exponential;
    for (std::size_t k = 0; k < from_.size(); ++k) {
      if (t >= to(k)) continue;
      const double in_piece = (to(k) - t) * hazard[k];
      if (left <= in_piece) return t + left / hazard[k];
      left -= in_piece, t = to(k);
    }
    return std::numeric_limits<double>::infinity();
  }

 private:
  double to(std::size_t k) const {
    return k + 1 < from_.size() ? from_[k + 1] : std::numeric_limits<double>::infinity();
  }
  /// An event at a cut is of the piece before it, as the time at risk is.
  std::size_t piece_of(double t) const {
    const auto after = std::lower_bound(from_.begin() + 1, from_.end(), t);
    return static_cast<std::size_t>(after - from_.begin()) - 1;
  }

  std::vector<double> from_;  // of each piece
  std::vector<RateSeen> seen_;
};

/// Times are in units of their mean, where powers are neither huge nor tiny.
class WeibullPosterior : public HazardPosterior {
 public:
  WeibullPosterior(const FollowUp& data, double log_shape, double deviation)
      : log_shape_(log_shape), deviation_(deviation) {
    const double sum = std::accumulate(data.time.begin(), data.time.end(), 0.0);
    unit_ = sum / static_cast<double>(data.time.size());
    for (const double t : data.time)
      if (t > 0) log_time_.push_back(elementary::log(t / unit_));
    events_ = static_cast<double>(std::ranges::count_if(data.event, [](std::uint8_t e) { return e != 0; }));
  }

  std::size_t parameters() const override { return 2; }
  void draw(Stream& stream, std::span<double> rate_and_shape) const override {
    const double shape = elementary::exp(log_shape_ + deviation_ * stream.normal());
    double sum = 0;
    for (const double x : log_time_) sum += elementary::exp(shape * x);
    rate_and_shape[0] = RateSeen{events_, sum}.draw(stream.uniform());
    rate_and_shape[1] = shape;
  }
  double event_time(std::span<const double> rate_and_shape, double so_far, double exponential) const override {
    const double rate = rate_and_shape[0], shape = rate_and_shape[1];
    const double before = so_far > 0 ? rate * elementary::exp(shape * elementary::log(so_far / unit_)) : 0;
    const double time = unit_ * elementary::exp(elementary::log((before + exponential) / rate) / shape);
    return std::max(time, so_far);  // rounding
  }

 private:
  double log_shape_, deviation_;
  double unit_ = 1, events_ = 0;
  std::vector<double> log_time_;
};

}  // namespace

double RateSeen::draw(double uniform) const {
  return times > 0 ? boost::math::gamma_p_inv(times, uniform, InDouble()) / time : 0;
}

std::unique_ptr<const HazardPosterior> piecewise_hazard_posterior(const FollowUp& data, std::span<const double> cuts) {
  auto posterior = std::make_unique<const PiecewisePosterior>(data, cuts);
  if (!posterior->known()) return nullptr;
  return posterior;
}

std::unique_ptr<const HazardPosterior> weibull_hazard_posterior(const FollowUp& data, Arena& arena) {
  const std::size_t n = data.time.size();
  const std::span<double> left = arena.take<double>(n), right = arena.take<double>(n);
  for (std::size_t i = 0; i < n; ++i) {
    left[i] = data.time[i];
    right[i] = data.event[i] ? data.time[i] : std::numeric_limits<double>::infinity();
  }
  const WeibullFit fit = weibull_regression({left, right}, {}, 0, arena);
  if (fit.status != Status::ok) return nullptr;
  return std::make_unique<const WeibullPosterior>(data, fit.log_shape, std::sqrt(fit.variance[0]));
}

}  // namespace oligosim
