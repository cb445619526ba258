#include "models/size/size_formula.hpp"

#include "models/study/closed_form/closed_form_design.hpp"
#include "models/study/closed_form/closed_form_one_sample.hpp"
#include "models/study/closed_form/closed_form_proportions.hpp"

namespace oligosim {

std::optional<double> power_by_formula(const SizedStudy& study, std::size_t scenario, std::size_t size) {
  if (!study.wanted().power || study.own_scenario(scenario).design->binomial()) return {};
  const Scenario own = study.scenario(scenario, size);
  if (!own.draws.empty()) return {};
  if (const auto of_design = design_formula(own)) return of_design->reject();
  if (const auto of_one_sample = one_sample_formula(own)) return of_one_sample->power;
  if (const auto of_proportions = proportions_formula(own)) return of_proportions->power;
  return {};
}

std::optional<std::size_t> size_by_formula(const SizedStudy& study, std::size_t scenario) {
  const auto holds = [&](std::size_t size) -> std::optional<bool> {
    const auto power = power_by_formula(study, scenario, size);
    if (!power) return {};
    return *power >= *study.wanted().power;
  };
  std::size_t low = study.smallest(), high = study.largest();
  // Of trials so large that they enroll for too long for their events to come in time there is no formula.
  while (!holds(high) && high > 2 * low) high = study.rounded_up(static_cast<double>(high) / 2);
  if (!holds(high).value_or(false)) return {};
  if (holds(low).value_or(false)) return {};  // smaller than the range
  while (high - low > study.unit()) {         // fails at low, holds at high
    const std::size_t middle = low + (high - low) / study.unit() / 2 * study.unit();
    const auto held = holds(middle);
    if (!held) return {};
    (*held ? high : low) = middle;
  }
  return high;
}

}  // namespace oligosim
