#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "models/calibration/posterior.hpp"

namespace oligosim {

/// A published cohort of 40 patients whose figures have closed forms: exponential survival, followed to month 24 at
/// least, and a response; `more` stands among the targets, `settings` at the end.
inline std::string tiny_targets(const std::string& more = "", const std::string& settings = "") {
  return R"(title: tiny
seed: 7
disease: {model: survival, os: {hazard_per_month: 0.05}, outcomes: {response: {probability: 0.4}}}
trial: {enrollment: {patients: 40, over_months: 12}}
cut_off_month: 36
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: os, method: kaplan_meier, endpoint: os, at_months: [12]}
    - {name: response, method: proportion, outcome: response}
targets:
  - {name: survival, source: text, analysis: os, parameter: survival, published: 0.382893, used_in_fit: true}
  - {name: response, source: text, analysis: response, published: [22, 40], used_in_fit: true}
)" + more +
         R"(parameters:
  os.hazard_per_month: {distribution: lognormal, median: 0.06, log_sd: 0.8}
  outcomes.response.probability: {distribution: beta, alpha: 2, beta: 2}
)" + settings;
}

inline Calibration calibration_from(const std::string& text) {
  Problems problems;
  const YamlNode tree = parse_yaml(text, "targets.yaml", problems);
  Calibration calibration = read_calibration(tree, problems);
  problems.refuse();
  return calibration;
}

inline std::string mistakes_of(const std::string& text) {
  try {
    calibration_from(text);
    return "accepted";
  } catch (const InputError& e) {
    return e.what();
  }
}

inline PointFit fit_of(const Calibration& calibration, unsigned threads = 2) {
  const std::atomic<bool> stop{false};
  return fit_point(
      calibration, TargetSimulator(calibration, true), threads, [](const std::string&) {}, stop);
}

}  // namespace oligosim
