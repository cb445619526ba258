#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// A constant rate per month from `probability` and `by_month`: that share has had it by then.
double read_rate(ConfigNode& node);

/// Loss to follow-up at a constant rate: a share `probability` is lost by `by_month`. Independent of all but the arm,
/// unless the rate is multiplied after events of the patient.
struct Dropout {
  struct After {
    std::size_t endpoint;  // of the disease model
    double hazard_ratio;   // from the day of its event on
  };
  double rate_per_month = 0;
  std::vector<After> after;
  std::vector<double> by_arm = {};  // the rate of each arm; empty: all have the one above

  /// `endpoints`: names, of the disease model; `arms`: of those that may have a rate of their own.
  static Dropout read(ConfigNode node, std::span<const std::string> endpoints = {},
                      std::span<const std::string> arms = {});
  double rate(std::size_t arm) const { return by_arm.empty() ? rate_per_month : by_arm[arm]; }
  /// Days since randomization, without what `after` says; infinity: never. `arm`: of each patient, needed where their
  /// rates differ.
  void sample(const Streams& streams, double days_per_month, std::span<const std::uint8_t> arm,
              std::span<double> days) const;
  /// The same where only those lost before a day of each patient matter: the others are lost on that day,
  /// later or never. Quicker, as few are.
  void sample_before(std::span<const double> until, const Streams& streams, double days_per_month,
                     std::span<const std::uint8_t> arm, std::span<double> days, Arena& arena) const;
  /// The same patients lost earlier or later as `after` says. `event_day`: of each endpoint, in the unit of `days`.
  void follow_events(std::span<const std::span<double>> event_day, std::span<double> days) const;
  bool informative() const { return !after.empty(); }

 private:
  bool loses_nobody() const;
};

}  // namespace oligosim
