#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// The risk sets of a fitted Cox model, whose sums make score residuals and the proportional-hazards test. Covariates
/// are centred and divided by their mean absolute deviation; an integer weight is that many rows. With `start` a row is
/// at risk at start < t <= time.
class FittedRiskSets {
 public:
  struct Patient {
    std::uint32_t position;  // in the table
    double weight;
    double risk;   // exp(x'beta), not weighted
    double start;  // -infinity without start times
  };
  /// Weighted sums of risk, risk * x and risk * x x' (lower triangle).
  struct Sums {
    double risk = 0.0;
    std::span<double> first;
    std::span<double> second;  // empty unless asked for
  };
  /// One time in one stratum: patients()[begin, events_end) have the event then, those before `end` are censored then.
  struct EventTime {
    std::size_t begin, events_end, end;
    double events;  // sum of weights
    const Sums& at_risk;
    const Sums& dying;
  };

  FittedRiskSets(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> coefficient,
                 std::span<const double> weight, bool second_moments, Arena& arena);

  std::size_t columns() const { return columns_; }
  /// By stratum, then in table order; none of weight 0, none that is never at risk.
  std::span<const Patient> patients() const { return patients_; }
  std::span<const std::uint32_t> end() const { return end_; }  // of the strata
  bool has_starts() const { return !by_start_.empty(); }
  std::span<const double> x(std::size_t patient) const { return x_.subspan(patient * columns_, columns_); }
  /// x as given = unit * x here + a constant.
  double unit(std::size_t column) const { return unit_[column]; }

  /// Calls use(event time) for each time with events, stratum by stratum, in each from the last time backwards.
  template <class Use>
  void for_each_event_time(const Use& use) {
    for (std::size_t s = 0; s < end_.size(); ++s) {
      clear(at_risk_);
      const std::size_t stratum_begin = s == 0 ? 0 : end_[s - 1];
      Leaving leaving{stratum_begin, end_[s]};
      for (std::size_t end = end_[s]; end > stratum_begin;) {
        const EventTime time = add_time(stratum_begin, end, leaving);
        if (time.events > 0.0) use(time);
        end = time.begin;
      }
    }
  }

 private:
  // Of a stratum while time runs backwards: the next of by_start_ to leave, and how much risk has left since the sums
  // were last formed anew.
  struct Leaving {
    std::size_t next, stratum_end;
    double gone = 0.0;
  };

  void standardize();
  void clear(Sums& sums) const;
  void add(Sums& sums, std::size_t patient, double sign = 1.0) const;
  EventTime add_time(std::size_t stratum_begin, std::size_t end, Leaving& leaving);
  void leave(Leaving& leaving, double time);
  void form_anew(Leaving& leaving, std::size_t first);

  const SurvivalTable& table_;
  std::size_t columns_;
  std::span<Patient> patients_;
  std::span<double> x_;  // patient by patient
  std::span<double> unit_;
  std::span<std::uint32_t> end_;
  std::span<const std::uint32_t> by_start_;  // latest start first within a stratum; empty without start times
  Sums at_risk_, dying_;
};

/// The weights with 0 for a row that is never at risk, its start not before its time.
std::span<const double> weights_at_risk(const SurvivalTable& table, const CoxCovariates& covariates,
                                        std::span<const double> weight, Arena& arena);

}  // namespace oligosim
