#include <algorithm>
#include <array>
#include <cmath>

#include "models/monitoring/monitoring.hpp"
#include "models/study/study.hpp"
#include "tests/fuzz/told.hpp"

namespace oligosim {
namespace {

/// A trial of two arms with this design.
Study planned_as(const std::string& design) {
  Problems problems;
  const std::string text =
      "study: planned\n"
      "disease: {os: {median_months: 10}}\n"
      "arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}\n"
      "trial: {enrollment: {patients: 200, over_months: 20}}\n"
      "design: {kind: group_sequential, primary: test, " +
      design +
      "}\n"
      "plan:\n"
      "  time_unit: days\n"
      "  endpoints: {os: {time: os_d, event: os_e}}\n"
      "  analyses: [{name: test, method: log_rank, endpoint: os, by: arm}]\n";
  Study study = read_study(parse_yaml(text, "study.yaml", problems), {}, problems);
  problems.refuse();
  return study;
}

void hold_between(const char* what, double value, double low, double high) {
  if (value < low || value > high) throw FuzzFinding(std::string(what) + ": " + std::to_string(value));
}

void check(const MonitoredTrial& shown) {
  for (const MonitoredLook& look : shown.looks) {
    hold_between("p", look.p, 0, 1), hold_between("repeated p", look.repeated_p, 0, 1);
    if (look.repeated_lower > look.repeated_upper) throw FuzzFinding("limits of a repeated interval the wrong way");
  }
  for (const PowerToCome& power : shown.power) hold_between("power", power.power, 0, 1);
  for (const Estimate& e : shown.estimates) hold_between("p", e.p_value, 0, 1);
}

}  // namespace

/// A trial under way, held against designs of one and two sides, with and without futility and events that are counted.
bool fuzz_monitoring(std::string_view bytes) {
  static const std::array studies = {
      planned_as("looks: [{at_events: 50, of: os}, {at_events: 100, of: os}, {at_events: 150, of: os}], futility: "
                 "{spending: obrien_fleming, beta: 0.2}"),
      planned_as("sides: 2, looks: [{at_events: 60, of: os}, {at_events: 120, of: os}], efficacy: {spending: pocock}"),
      planned_as("looks: [{at_month: 12, information: 0.5}, {at_month: 30}]")};
  Problems problems;
  const YamlNode tree = parse_yaml(std::string(bytes), "trial.yaml", problems);
  if (!problems.empty()) return told(problems);
  const TrialSoFar trial = read_trial_so_far(tree, problems);
  if (!problems.empty()) return told(problems);
  bool understood = false;
  for (const Study& study : studies) {
    Problems own;
    const bool numbers = std::ranges::all_of(trial.looks, [](const HeldLook& l) { return l.z.has_value(); });
    if (!numbers) return false;  // files beside it
    const MonitoredTrial shown = monitor(study.scenarios.front(), trial, own);
    if (!told(own)) continue;
    check(shown);
    understood = true;
  }
  return understood;
}

}  // namespace oligosim
