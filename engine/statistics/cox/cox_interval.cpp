#include "engine/statistics/cox/cox_interval.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/cox/cox_likelihood.hpp"
#include "engine/statistics/cox/cox_maximum.hpp"

namespace oligosim {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Of a function that rises on the way out from a centre, and is negative there.
struct Height {
  double value;
  double slope;
};

// How far out the height is 0: Newton's method inside a bracket, which at first has no outer end. Infinite where
// endless() says so at a place where the height is still negative; NaN where it is not found. height(distance) is empty
// where it cannot be computed: too far out.
template <class F, class Endless>
double distance_to_zero(const F& height, const Endless& endless, double guess) {
  double inside = 0.0, outside = infinity, at = guess;
  for (int i = 0; i < 200; ++i) {
    const std::optional<Height> h = height(at);
    if (h && h->value < 0.0) {
      inside = at;
      if (outside == infinity && endless()) return infinity;
    } else {
      outside = at;
    }
    double next = h ? at - h->value / h->slope : missing;
    const bool between = next >= inside && next <= outside;
    // Then next is accurate to the square of that. Where the likelihood is level the step says nothing.
    if (between && std::abs(next - at) <= 1e-8 * at && std::abs(h->value) < 1e-4) return next;
    if (outside == infinity) {
      next = between && next > at ? std::min(next, 3.0 * at) : 3.0 * at;
    } else if (!between || next == inside || next == outside) {
      next = (inside + outside) / 2.0;
    }
    at = next;
  }
  return missing;
}

// The profiled likelihood of one coefficient after the other.
class Profile {
 public:
  Profile(const PartialLikelihood<double>& likelihood, Penalty penalty, const CoxFit& fit, double z, Arena& arena)
      : likelihood_(likelihood),
        separated_(fit.status == Status::separation),
        z_(z),
        columns_(likelihood.columns()),
        ascent_(likelihood, penalty, arena),
        centre_(arena.take<double>(columns_)),
        path_(arena.take<double>(columns_)),
        last_(arena.take<double>(columns_)),
        way_(arena.take<double>(columns_)),
        variance_(arena.take<double>(columns_ * columns_)) {
    for (std::size_t j = 0; j < columns_ && !separated_; ++j) {
      ascent_.beta()[j] = fit.coefficient[j] * likelihood.unit(j, 0);
    }
    found_ = ascent_.climb(CoxAscent::nothing);
    top_ = ascent_.value();
    if (found_ && separated_) {
      // The top is out of sight; a place not far below it is a better one to start from.
      std::fill(ascent_.beta().begin(), ascent_.beta().end(), 0.0);
      ascent_.climb(CoxAscent::nothing, top_ - z * z / 8.0);
    }
    std::copy(ascent_.beta().begin(), ascent_.beta().end(), centre_.begin());
    found_ = found_ && ascent_.variance(variance_);
  }

  CoxInterval interval(std::size_t j) {
    CoxInterval result;
    if (found_) {
      const double unit = likelihood_.unit(j, 0);
      result.lower = (centre_[j] - distance(j, -1.0)) / unit;
      result.upper = (centre_[j] + distance(j, 1.0)) / unit;
      aim(j);
      if (climb_at(j, -centre_[j])) result.statistic = std::max(0.0, 2.0 * (top_ - ascent_.value()));
    }
    if (std::isnan(result.lower) || std::isnan(result.upper) || std::isnan(result.statistic)) {
      result = {missing, missing, missing, Status::did_not_converge};
    }
    return result;
  }

 private:
  // The others move with coefficient j as the curvature at the centre says.
  void aim(std::size_t j) {
    for (std::size_t l = 0; l < columns_; ++l) path_[l] = variance_[j * columns_ + l] / variance_[j * columns_ + j];
  }

  double distance(std::size_t j, double side) {
    aim(j);
    std::copy(centre_.begin(), centre_.end(), last_.begin());
    const auto height = [&](double out) -> std::optional<Height> {
      if (!climb_at(j, side * out)) return {};
      const double root = std::sqrt(std::max(0.0, 2.0 * (top_ - ascent_.value())));
      return Height{root - z_, -side * ascent_.gradient()[j] / root};
    };
    return distance_to_zero(
        height, [&] { return separated_ && rises_without_end(side); }, z_ * std::sqrt(variance_[j * columns_ + j]));
  }

  // The others begin where the line from the centre to the last place leads.
  bool climb_at(std::size_t j, double shift) {
    for (std::size_t l = 0; l < columns_; ++l) ascent_.beta()[l] = centre_[l] + shift * path_[l];
    ascent_.beta()[j] = centre_[j] + shift;
    if (!ascent_.climb(j)) {
      std::copy(centre_.begin(), centre_.end(), ascent_.beta().begin());
      ascent_.beta()[j] = centre_[j] + shift;
      if (!ascent_.climb(j)) return false;
    }
    for (std::size_t l = 0; l < columns_ && shift != 0.0; ++l) path_[l] = (ascent_.beta()[l] - centre_[l]) / shift;
    return true;
  }

  // Decided as in cox(): a single covariate exactly, several where the profile leads, from one place to the next.
  bool rises_without_end(double side) {
    if (columns_ == 1) return likelihood_.rises_along({&side, 1}, 0.0, 0);
    for (std::size_t l = 0; l < columns_; ++l) {
      way_[l] = ascent_.beta()[l] - last_[l];
      last_[l] = ascent_.beta()[l];
    }
    return likelihood_.range_along(way_, 0) > 15.0 && likelihood_.rises_along(way_, 1e-4, 0);
  }

  const PartialLikelihood<double>& likelihood_;
  bool separated_;
  double z_;
  std::size_t columns_;
  CoxAscent ascent_;
  std::span<double> centre_, path_, last_, way_, variance_;
  double top_ = 0.0;  // of the value; where it has no maximum, what it levels off at
  bool found_ = false;
};

// The score test of one coefficient at any value of it.
class ScoreTest {
 public:
  ScoreTest(const PartialLikelihood<double>& likelihood, Arena& arena)
      : likelihood_(likelihood), ascent_(likelihood, Penalty::none, arena) {
    found_ = ascent_.climb(CoxAscent::nothing);
    centre_ = ascent_.beta()[0];
  }

  CoxInterval interval(double z) {
    CoxInterval result;
    if (found_) {
      result.lower = centre_ - distance(-1.0, z);
      result.upper = centre_ + distance(1.0, z);
      const std::optional<Height> at_zero = outward(-1.0, 0.0);
      if (at_zero) result.statistic = at_zero->value * at_zero->value;
    }
    if (std::isnan(result.lower) || std::isnan(result.upper) || std::isnan(result.statistic)) {
      result = {missing, missing, missing, Status::did_not_converge};
    }
    return result;
  }

 private:
  // Score / sqrt(information), positive on the way out to `side` of the estimate.
  std::optional<Height> outward(double side, double beta) {
    ascent_.beta()[0] = beta;
    if (!ascent_.evaluate()) return {};
    const double score = ascent_.gradient()[0], information = ascent_.information()[0];
    if (!(information > 0.0)) return {};
    const double inverse = 1.0 / information;
    double bend;  // half the slope of the log information
    likelihood_.penalty_gradient(ascent_.beta(), {&inverse, 1}, {&bend, 1});
    return Height{-side * score / std::sqrt(information), (information + score * bend) / std::sqrt(information)};
  }

  double distance(double side, double z) {
    if (likelihood_.rises_along({&side, 1}, 0.0, 0)) return infinity;
    const auto height = [&](double out) {
      std::optional<Height> h = outward(side, centre_ + side * out);
      if (h) h->value -= z;
      return h;
    };
    return distance_to_zero(
        height, [] { return false; }, 1.0);
  }

  const PartialLikelihood<double>& likelihood_;
  CoxAscent ascent_;
  double centre_ = 0.0;
  bool found_ = false;
};

}  // namespace

void cox_profile_intervals(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> weight,
                           const CoxOptions& options, const CoxFit& fit, double confidence,
                           std::span<CoxInterval> intervals, Arena& arena) {
  for (CoxInterval& interval : intervals) interval = {missing, missing, missing, fit.status};
  if (fit.status != Status::ok && fit.status != Status::separation) return;
  const Arena::Scope scope(arena);
  const double z = normal_quantile(0.5 + confidence / 2.0);
  with_partial_likelihood(table, covariates, weight, options.ties, arena,
                          [&](const PartialLikelihood<double>& likelihood) {
                            Profile profile(likelihood, options.penalty, fit, z, arena);
                            for (std::size_t j = 0; j < intervals.size(); ++j) intervals[j] = profile.interval(j);
                          });
}

CoxInterval cox_score_interval(const SurvivalTable& table, const CoxCovariates& covariates,
                               std::span<const double> weight, const CoxOptions& options, const CoxFit& fit,
                               double confidence, Arena& arena) {
  CoxInterval interval{missing, missing, missing, fit.status};
  if (fit.status != Status::ok && fit.status != Status::separation) return interval;
  const Arena::Scope scope(arena);
  with_partial_likelihood(table, covariates, weight, options.ties, arena,
                          [&](const PartialLikelihood<double>& likelihood) {
                            interval = ScoreTest(likelihood, arena).interval(normal_quantile(0.5 + confidence / 2.0));
                            interval.lower /= likelihood.unit(0, 0);
                            interval.upper /= likelihood.unit(0, 0);
                          });
  return interval;
}

}  // namespace oligosim
