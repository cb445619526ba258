#include "models/study/closed_form/closed_form_one_sample.hpp"

#include <cmath>
#include <vector>

#include "engine/statistics/survival/one_sample_size.hpp"
#include "models/analysis/methods/one_sample_test.hpp"
#include "models/study/closed_form/closed_form.hpp"

namespace oligosim {
namespace {

constexpr double usual_power = 0.8;

}  // namespace

std::optional<OneSampleFormula> one_sample_formula(const Scenario& scenario) {
  const Design& design = *scenario.design;
  const Trial& trial = *scenario.trial;
  const Analysis& primary = scenario.plan->analysis(scenario.plan->position(design.primary()));
  const auto* test = dynamic_cast<const OneSampleTest*>(&primary);
  const Look& look = design.looks().back();
  if (!test || !test->historical() || !scenario.draws.empty() || design.looks().size() > 1 || design.sides() != 1 ||
      !look.month || look.follow_up_months > 0 || !trial.enrollment().distribution(0) || trial.dropout().informative())
    return {};
  const auto arm = one_arm(scenario, primary.labels().front());
  if (!arm) return {};
  const HistoricalCurve& historical = *test->historical();
  const OneSampleCurves curves{arm->survival, arm->density, [&](double t) { return historical.cumulative_hazard(t); },
                               [&](double t) { return historical.hazard(t); },
                               [&](double t) {
                                 return *trial.enrollment().distribution(*look.month - t) *
                                        std::exp(-trial.dropout().rate(0) * t);
                               }};
  std::vector<double> breaks = arm->breaks;
  breaks.insert(breaks.end(), historical.breaks().begin(), historical.breaks().end());
  breaks.push_back(*look.month - trial.enrollment().over_months());
  const OneSampleMoments moments = one_sample_moments(curves, *look.month, breaks);
  const auto patients = static_cast<double>(trial.patients());
  return OneSampleFormula{.events = patients * moments.observed,
                          .power = one_sample_power(moments, design.alpha(), patients),
                          .patients = one_sample_patients(moments, design.alpha(), usual_power)};
}

}  // namespace oligosim
