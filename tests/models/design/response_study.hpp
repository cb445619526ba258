#pragma once

#include <fmt/format.h>

#include <string>

namespace oligosim {

/// A trial of 30 and 60 patients, whose response is known after 3 months, with `analysis` as its primary one, "orr".
/// Control: probability 0.3, experimental: `later`. `follow_up`: months of the last patient.
inline std::string response_study(const std::string& analysis, double later, int replicates = 100,
                                  double follow_up = 3.5) {
  return fmt::format(R"(study: response
seed: 5
replicates: {}
disease: {{os: {{median_months: 10}}, outcomes: {{or: {{probability: 0.3, known_months: 3}}}}}}
arms: {{control: {{}}, experimental: {{allocation: 2, effects: {{or: {{probability: {}}}}}}}}}
trial: {{enrollment: {{patients: 90, over_months: 10}}, randomization: {{blocks: [6]}}}}
design: {{kind: fixed, primary: orr, alpha: 0.05, looks: [{{min_follow_up_months: {}}}]}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  analyses: [{{name: orr, {}}}]
)",
                     replicates, later, follow_up, analysis);
}

}  // namespace oligosim
