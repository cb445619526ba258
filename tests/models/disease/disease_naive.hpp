#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include "models/disease/oligo_hcc/parameters.hpp"

namespace oligosim::naive {

/// A second implementation of the course of OP and OM HCC, written for clarity: the standard library's generator and
/// distributions, event times by bisection of the cumulative hazard, every visit made.
struct Arm {
  bool sbrt = true;
  double multiplier = 1;        // of the hazards of new and untreated lesions
  double as_control_until = 0;  // months; before, the hazards of progression are those of `control`
  const Arm* control = nullptr;
};

struct Patient {
  bool om, op_n, late, multi, big, untreated;
  double frailty;
  int lesions;
  // Days; infinity: never.
  double pfs, os, pfs_true, lf, untreated_day, new_day;
  bool evaluable, response, complete, disease_control, irradiated_evaluable, irradiated_response;
};

inline constexpr double infinity = std::numeric_limits<double>::infinity();

class Simulator {
 public:
  Simulator(const OligoHccParameters& parameters, double op_share, unsigned seed)
      : p_(parameters), op_share_(op_share), generator_(seed) {}

  Patient patient(const Arm& arm) {
    Patient x = baseline();
    x.frailty = z_ = normal_(generator_);
    const bool controlled = chance(p_.progression.controlled_share);
    const auto& r = p_.irradiated_response;
    const double rho = r.frailty_correlation;
    const double value = -rho * z_ + std::sqrt(1 - rho * rho) * normal_(generator_) + r.om * x.om;
    const bool objective = value > r.partial_above;
    const double spread = std::exp(r.log_sd * normal_(generator_));
    const double onset = r.onset_fraction * spread * std::exp(objective ? r.responder_log_months : r.other_log_months);
    const double untreated_onset = r.onset_fraction * spread * std::exp(r.responder_log_months);
    const auto& g = p_.progression;
    const double h = std::exp(g.frailty_sd * z_ + g.log_multiple * x.multi + g.log_large * x.big +
                              g.log_later_line * x.late + g.log_op_n * x.op_n + g.log_om * x.om);
    const double effect_from = objective ? onset : infinity;
    const double faster = p_.discontinuation.progression_hazard_ratio;
    stop_ = infinity;
    if (faster != 1 || p_.discontinuation.death_hazard_ratio != 1)
      if (chance(p_.toxicity.discontinued)) stop_ = 3 * uniform_(generator_);
    const double new_lesions = controlled ? infinity : time_of([&](double t) {
      return stopped(t, faster, [&](double s) { return g.new_lesions * h * power(arm, s, effect_from, true); });
    });
    double grown = controlled ? infinity : time_of([&](double t) {
      return stopped(t, faster,
                     [&](double s) { return g.untreated_lesions * h * power(arm, s, effect_from, x.untreated); });
    });
    if ((x.untreated || !arm.sbrt) && chance(g.untreated_with_new)) grown = std::min(grown, new_lesions);
    const double local = time_of([&](double t) { return g.local_failure * x.lesions * local_months(arm, t); });
    const double sudden = time_of([&](double t) {
      return stopped(t, p_.discontinuation.death_hazard_ratio,
                     [&](double s) { return p_.death.before_progression * s; });
    });
    follow(x, arm, std::min({new_lesions, grown, local}), new_lesions, grown, local, sudden);
    respond(x, arm, value, onset, untreated_onset);
    return x;
  }

 private:
  bool chance(double share) { return uniform_(generator_) < share; }
  double day(double month) const { return month == infinity ? infinity : std::max(1.0, std::ceil(month * 30)); }

  Patient baseline() {
    Patient x{};
    const auto& b = p_.baseline;
    x.om = !chance(op_share_);
    x.op_n = !x.om && chance(b.op_switched);
    const CohortMargins& m = x.om ? b.om : b.op;
    x.late = chance(x.om ? b.om_strategy.later_line : x.op_n ? b.op_n.later_line : b.op_c.later_line);
    x.multi = chance(m.multiple);
    x.lesions = x.multi ? 2 + static_cast<int>(m.extra_lesions * uniform_(generator_)) : 1;
    x.untreated = chance(x.multi ? m.untreated_if_multiple : m.untreated_if_solitary);
    const double log_size =
        std::log(m.size_scale) + m.size_log_sd * normal_(generator_) + m.size_log_multiple * (x.multi - m.multiple);
    x.big = m.size_from + std::exp(log_size) > 2.8;
    return x;
  }

  /// Integral over [0, t] of k s^(k-1) times what the arm and the response make of it.
  double power(const Arm& arm, double t, double effect_from, bool untreated) const {
    if (t < arm.as_control_until) return power(*arm.control, t, effect_from, untreated);
    const double before =
        arm.as_control_until > 0 ? power(*arm.control, arm.as_control_until, effect_from, untreated) : 0;
    if (!untreated && arm.sbrt) return before;
    const double k = p_.progression.shape, from = arm.as_control_until;
    const double ratio = arm.sbrt ? p_.irradiated_response.hazard_ratio_after_onset : 1;
    const double change = std::clamp(effect_from, from, t);
    return before +
           arm.multiplier * (std::pow(change, k) - std::pow(from, k) + ratio * (std::pow(t, k) - std::pow(change, k)));
  }

  /// A cumulative hazard that goes on with a factor once therapy has been stopped.
  template <class Cumulative>
  double stopped(double t, double ratio, const Cumulative& cumulative) const {
    const double before = cumulative(std::min(t, stop_));
    return t > stop_ ? before + ratio * (cumulative(t) - before) : before;
  }

  double local_months(const Arm& arm, double t) const {
    double months = 0;
    if (arm.as_control_until > 0) months = local_months(*arm.control, std::min(t, arm.as_control_until));
    return arm.sbrt ? months + std::max(0.0, t - arm.as_control_until) : months;
  }

  /// The t with cumulative hazard equal to a standard exponential, by bisection.
  double time_of(const std::function<double(double)>& cumulative) {
    const double target = -std::log1p(-uniform_(generator_));
    double low = 0, high = 1e5;
    if (cumulative(high) < target) return infinity;
    for (int step = 0; step < 60; ++step) {
      const double middle = (low + high) / 2;
      (cumulative(middle) < target ? low : high) = middle;
    }
    return high;
  }

  void make_visits() {
    visits_.clear();
    for (double plan : {1, 4, 7, 10, 13, 16, 19, 22, 25, 31, 37, 43, 49, 55, 61}) visits_.push_back(plan);
    while (visits_.back() + 12 <= 240) visits_.push_back(visits_.back() + 12);
    for (std::size_t k = 0; k < visits_.size(); ++k) {
      const double earliest = k == 0 ? 0.5 : visits_[k - 1] + 0.25;
      visits_[k] = std::max(visits_[k] + 0.3 + 0.6 * normal_(generator_), earliest);
    }
  }

  double seen(double month) const {
    for (const double v : visits_)
      if (v >= month) return v;
    return infinity;
  }

  void follow(Patient& x, const Arm&, double progression, double new_lesions, double grown, double local,
              double sudden) {
    make_visits();
    detected_ = seen(progression);
    if (sudden < detected_) detected_ = infinity;
    dead_ = sudden;
    if (detected_ < infinity) {
      const auto& d = p_.death;
      const double rate = d.after_progression * std::exp(d.frailty * z_ + d.log_om * x.om + d.log_op_n * x.op_n);
      dead_ = detected_ + std::exponential_distribution<double>(rate)(generator_);
      const double from = std::max(stop_, detected_);
      if (dead_ > from) dead_ = from + (dead_ - from) / p_.discontinuation.death_hazard_ratio;
    }
    x.pfs = day(std::min(detected_, dead_));
    x.os = day(dead_);
    x.pfs_true = day(std::min(progression, sudden));
    x.untreated_day = grown <= detected_ ? day(detected_) : infinity;
    x.new_day = new_lesions <= detected_ ? day(detected_) : infinity;
    x.lf = seen(local) <= dead_ ? day(seen(local)) : infinity;
  }

  void respond(Patient& x, const Arm& arm, double value, double onset, double untreated_onset) {
    const auto& r = p_.irradiated_response;
    const auto& o = p_.overall_response;
    const double rho = o.correlation_factor * r.frailty_correlation;
    const double v = -rho * z_ + std::sqrt(1 - rho * rho) * normal_(generator_);
    const bool not_evaluable = chance(r.not_evaluable_if_early);
    const bool untreated = x.untreated || !arm.sbrt;
    x.evaluable = dead_ >= visits_[0];
    const bool early = detected_ <= visits_[1];
    x.disease_control = x.evaluable && !early;
    x.irradiated_evaluable = x.evaluable && arm.sbrt && !(early && not_evaluable);
    const auto recorded = [&](double month) { return seen(month) <= std::min(detected_, dead_); };
    const bool objective = arm.sbrt && value > r.partial_above && x.evaluable && recorded(onset);
    x.irradiated_response = x.irradiated_evaluable && objective;
    if (!x.evaluable || early) return;
    const bool complete = objective && value > r.complete_above;
    const bool alone = untreated && v > o.alone_above && recorded(untreated_onset);
    x.complete = (complete && (!untreated || v > o.complete_above)) ||
                 (!arm.sbrt && v > o.complete_above && recorded(untreated_onset));
    x.response = x.complete || (objective && (!untreated || v > o.partial_above)) || alone;
  }

  const OligoHccParameters p_;
  double op_share_;
  std::mt19937_64 generator_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  double z_ = 0, detected_ = 0, dead_ = 0, stop_ = infinity;
  std::vector<double> visits_;
};

}  // namespace oligosim::naive
