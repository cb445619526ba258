#include "models/calibration/prior.hpp"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <cmath>
#include <limits>

#include "engine/numeric/normal.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double farthest = 8;  // standard deviations: normal_cdf is still apart from 0 and 1

/// A distribution: what its two numbers are called, where they may lie, and the values that it can take.
struct Family {
  const char* first;
  Range first_range;
  const char* second;
  Range second_range;
  double lower, upper;
};

const Family& family(Prior::Kind kind) {
  static const Family families[] = {
      {"mean", Range::any(), "sd", Range::above(0), -infinity, infinity},
      {"median", Range::above(0), "log_sd", Range::above(0), 0, infinity},
      {"alpha", Range::above(0), "beta", Range::above(0), 0, 1},
      {"from", Range::any(), "to", Range::any(), -infinity, infinity},
  };
  return families[static_cast<std::size_t>(kind)];
}

constexpr Choice<Prior::Kind> kinds[] = {{"normal", Prior::Kind::normal},
                                         {"lognormal", Prior::Kind::lognormal},
                                         {"beta", Prior::Kind::beta},
                                         {"uniform", Prior::Kind::uniform}};

}  // namespace

Prior::Prior(Kind kind, double first, double second, double lower, double upper)
    : kind_(kind), first_(first), second_(second), lower_(lower), upper_(upper) {
  if (kind == Kind::uniform) lower_ = std::max(lower, first), upper_ = std::min(upper, second);
  const Family& f = family(kind);
  cut_ = kind != Kind::uniform && (lower_ > f.lower || upper_ < f.upper);
  if (!cut_) return;
  below_ = cdf(lower_);
  within_ = cdf(upper_) - below_;
}

Prior Prior::read(ConfigNode& node) {
  const Kind kind = node.choice<Kind>("distribution", kinds);
  const Family& f = family(kind);
  const double first = node.number(f.first, f.first_range);
  const double second = node.number(f.second, f.second_range);
  const bool uniform = kind == Kind::uniform;
  const double lowest = uniform ? first : f.lower, highest = uniform ? second : f.upper;
  const Prior harmless(Kind::normal, 0, 1, -infinity, infinity);
  if (uniform && !(first < second)) {
    node.problem("to", "is not above from");
    return harmless;
  }
  node.accept("between");
  if (!node.has("between")) return {kind, first, second, lowest, highest};
  const std::vector<double> bounds = node.numbers("between", Range::any());
  if (bounds.size() != 2 || !(bounds[0] < bounds[1])) {
    node.problem("between", "is not two numbers, the smaller first");
    return harmless;
  }
  const Prior prior(kind, first, second, std::max(bounds[0], lowest), std::min(bounds[1], highest));
  if (prior.lower_ >= prior.upper_ || prior.within_ < 1e-6) {
    node.problem("between", "leaves none of the distribution");
    return harmless;
  }
  return prior;
}

double Prior::cdf(double value) const {
  switch (kind_) {
    case Kind::normal:
      return normal_cdf((value - first_) / second_);
    case Kind::lognormal:
      return value <= 0 ? 0 : normal_cdf(std::log(value / first_) / second_);
    case Kind::beta:
      return boost::math::cdf(boost::math::beta_distribution<>(first_, second_), std::clamp(value, 0.0, 1.0));
    case Kind::uniform:
      return std::clamp((value - first_) / (second_ - first_), 0.0, 1.0);
  }
  return 0;
}

double Prior::quantile(double p) const {
  switch (kind_) {
    case Kind::normal:
      return first_ + second_ * normal_quantile(p);
    case Kind::lognormal:
      return first_ * std::exp(second_ * normal_quantile(p));
    case Kind::beta:
      return boost::math::quantile(boost::math::beta_distribution<>(first_, second_), p);
    case Kind::uniform:
      return first_ + (second_ - first_) * p;
  }
  return 0;
}

double Prior::at(double u) const {
  const double z = std::clamp(u, -farthest, farthest);
  if (!cut_ && kind_ == Kind::normal) return first_ + second_ * z;
  if (!cut_ && kind_ == Kind::lognormal) return first_ * std::exp(second_ * z);
  if (kind_ == Kind::uniform) return lower_ + (upper_ - lower_) * normal_cdf(z);
  return std::clamp(quantile(below_ + within_ * normal_cdf(z)), lower_, upper_);
}

double Prior::coordinate(double value) const {
  const double x = std::clamp(value, lower_, upper_);
  double u = 0;
  if (!cut_ && kind_ == Kind::normal) {
    u = (x - first_) / second_;
  } else if (!cut_ && kind_ == Kind::lognormal) {
    u = std::log(x / first_) / second_;
  } else if (kind_ == Kind::uniform) {
    u = normal_quantile((x - lower_) / (upper_ - lower_));
  } else {
    u = normal_quantile(std::clamp((cdf(x) - below_) / within_, 0.0, 1.0));
  }
  return std::clamp(u, -farthest, farthest);
}

}  // namespace oligosim
