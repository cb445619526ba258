#pragma once

#include <fmt/format.h>

#include <string>

#include "tests/models/study/study_support.hpp"

namespace oligosim {

/// A plain trial of 200 patients with the design given; HR 0.7.
inline std::string study_with(const std::string& design, const std::string& analysis = "method: log_rank, by: arm",
                              int replicates = 100) {
  return fmt::format(R"(study: design
seed: 3
replicates: {}
disease: {{os: {{median_months: 10}}}}
arms: {{control: {{}}, experimental: {{effects: {{os: {{hazard_ratio: 0.7}}}}}}}}
trial: {{enrollment: {{patients: 200, over_months: 20}}, randomization: {{blocks: [4]}}}}
design: {{kind: group_sequential, primary: test, {}}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  analyses:
    - {{name: test, endpoint: os, {}}}
    - {{name: cox, method: cox, endpoint: os, terms: [arm]}}
)",
                     replicates, design, analysis);
}

inline const std::string thirds =
    "looks: [{at_events: 50, of: os}, {at_events: 100, of: os}, {at_events: 150, of: os}]";

}  // namespace oligosim
