#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/cohort/data_set.hpp"

namespace oligosim {

inline constexpr std::uint8_t censored_state = 0;
inline constexpr std::uint8_t missing_state = 255;
inline constexpr std::uint8_t unknown_state = 254;

/// What the codes of an endpoint's status column say.
struct EndpointCoding {
  enum class Kind {
    event,   // one value for an event, one for censored
    censor,  // CDISC CNSR: 0 event, a positive whole number censored
    cause,   // competing risks: a value for each cause, 0 censored
  };
  struct Cause {
    double code;
    std::string name;
  };

  Kind kind = Kind::event;
  std::vector<Cause> causes;
  double event = 1, censored = 0;  // the values of Kind::event

  bool competing() const { return kind == Kind::cause; }
  /// censored_state, 1 for an event (k for the k-th cause), missing_state for NaN, unknown_state for a code that the
  /// coding does not know.
  std::uint8_t state_of(double code) const;
  /// "1 event, 0 censored"
  std::string in_words() const;
};

/// Where an endpoint stands in a file, by the names of its columns.
struct EndpointColumns {
  std::string name;
  std::string time;
  std::string status;
  EndpointCoding coding;
  std::string start;  // of counting-process rows; empty: from 0
};

/// Whether a state says what happened, event or censoring.
inline bool is_known(std::uint8_t state) { return state != missing_state && state != unknown_state; }

}  // namespace oligosim
