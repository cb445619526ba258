#pragma once

#include <algorithm>
#include <atomic>
#include <string>

#include "models/size/size_exact.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {

/// The size of a study, and what it was found in.
struct Sized {
  explicit Sized(const std::string& text, unsigned threads = 2)
      : study(study_from(text)), sized(study, threads), simulator(sized, threads, stop, {}) {
    result = counts_responses(sized) ? search_exact_size(sized, simulator) : search_size(simulator);
  }
  const SizeOfScenario& of(const std::string& scenario) const {
    return *std::ranges::find(result.scenarios, scenario, &SizeOfScenario::scenario);
  }
  /// What was simulated at a size.
  Measure at(const std::string& scenario, std::size_t size) const {
    return answer_of(*std::ranges::find(of(scenario).curve, size, &SizePoint::size), *study.size);
  }

  std::atomic<bool> stop{false};
  Study study;
  SizedStudy sized;
  SizeSimulator simulator;
  SizeResult result;
};

/// A trial of two arms with proportional hazards and two looks at events of its 200 patients; `size` is the block.
inline std::string sized_trial(const std::string& size, int seed = 3) {
  return "study: sized\nseed: " + std::to_string(seed) + "\nsize: " + size + R"(
replicates: 2000
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.6}}}}
trial: {enrollment: {patients: 200, over_months: 20}, randomization: {blocks: [4]}}
design: {kind: group_sequential, primary: test, looks: [{at_events: 75, of: os}, {at_events: 150, of: os}]}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: test, endpoint: os, method: log_rank, by: arm}
    - {name: cox, method: cox, endpoint: os, terms: [arm]}
scenarios:
  target: {}
  smaller: {arms.experimental.effects.os.hazard_ratio: 0.55}
  "null": {arms.experimental.effects.os.hazard_ratio: 1}
)";
}

/// A trial of one arm that counts responses, true probability 0.4.
inline std::string sized_single_arm(const std::string& design, int patients, const std::string& size = "{power: 0.8}") {
  return "study: one arm\nseed: 3\nsize: " + size + R"(
disease: {os: {median_months: 10}, outcomes: {response: {probability: 0.4}}}
arms: {drug: {}}
trial: {enrollment: {patients: )" +
         std::to_string(patients) + ", rate_per_month: 4}}\ndesign: {" + design +
         R"(, primary: orr, p0: 0.2, p1: 0.4, min_follow_up_months: 2}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: orr, method: proportion, outcome: response}]
)";
}

}  // namespace oligosim
