#pragma once

#include <string>

namespace oligosim {

/// A plain trial of two arms with the endpoint `os`, looked at in month 24 by the analysis `effect`, which `analyses`
/// has (entries of the plan, indented by four).
inline std::string two_arm_study(int patients, int replicates, const std::string& analyses) {
  return "study: two arms\nreplicates: " + std::to_string(replicates) +
         "\nreplicates_per_block: " + std::to_string(replicates < 100 ? 20 : 100) + R"(
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}
trial: {enrollment: {patients: )" +
         std::to_string(patients) + R"(, over_months: 6}}
design: {kind: fixed, primary: effect, looks: [{at_month: 24}]}
truth: {patients: 40000}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
)" + analyses;
}

}  // namespace oligosim
