#pragma once

#include <string>

#include "engine/io/yaml.hpp"

namespace oligosim {

/// How response and progression hang together, beyond what is solved for.
struct ResponseTimingParameters {
  double frailty_sd = 1;  // of the log hazard of progression
  // Of response with prognosis: R* = -correlation Z + sqrt(1 - correlation^2) e; patients with a high R* respond.
  double frailty_correlation = 0;
  double hazard_ratio_after_onset = 1;  // of a responder's progression once the response has begun; 1: no cause
  double best_median_months = 5.3;      // time to best response of responders, lognormal
  double best_log_sd = 0.4;
  double onset_fraction = 0.5;       // a response begins at this share of it
  double not_evaluable_early = 0.4;  // share, of the patients whose progression the first visit shows
};

/// What hazard and share of responders are solved for.
struct ResponseTimingTarget {
  double by_month = 11.2;
  double progressed = 0.5;       // share of patients whose progression is known by then
  double responded = 22.0 / 34;  // share of evaluable patients with a response known when progression is
  Place place;                   // where that stands in the input, for messages
  std::string path = "disease.match";
};

/// The two unknowns.
struct ResponseTimingSolution {
  double hazard = 0;     // of progression per month at Z = 0
  double threshold = 0;  // patients with R* above it respond
};

}  // namespace oligosim
