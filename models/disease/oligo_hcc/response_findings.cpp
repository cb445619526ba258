#include "models/disease/oligo_hcc/response_findings.hpp"

#include "models/disease/oligo_hcc/baseline.hpp"
#include "models/disease/oligo_hcc/course.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double margin = 0.1;

double number(const Cohort& cohort, BaselineColumn column, std::size_t i) {
  return cohort.numbers(static_cast<std::size_t>(column))[i];
}

/// Change of the irradiated lesions as assessed: responses that no visit counted do not show.
double assessed_change(const IrradiatedSum& sum, double partial, const AssessedPatient& p, double month) {
  const double change = sum.at(month);
  return p.known.irradiated.success <= month ? std::min(change, partial) : std::max(change, partial + margin);
}

bool early_growth(const AssessedPatient& p) {
  const double seen = p.seen.progression_month;
  return p.times.untreated_lesions <= seen && p.times.new_lesions > seen;
}

/// Classes alone, with provisional changes on the way to the threshold of the next class.
ResponseSteps overall_classes(const OligoHccParameters& parameters, const KnownResponses& known) {
  ResponseSteps steps;
  if (known.response.evaluable == infinity) return steps;
  const KnownResult& control = known.disease_control;
  const double response = known.response.success, complete = known.complete_response.success;
  if (control.success == infinity) {
    if (control.evaluable < infinity) steps.add({control.evaluable, ResponseClass::progressive, 0});
    return steps;
  }
  const double partial = parameters.lesions.partial;
  if (control.success < response)
    steps.add({control.success, ResponseClass::stable, (partial + margin) * control.success / response});
  if (response < complete) steps.add({response, ResponseClass::partial, (partial + gone) / 2});
  if (complete < infinity) steps.add({complete, ResponseClass::complete, gone});
  return steps;
}

ResponseSteps irradiated_steps(const IrradiatedSum& sum, double partial, const AssessedPatient& p) {
  ResponseSteps steps;
  const KnownResult& known = p.known.irradiated;
  if (known.evaluable == infinity) return steps;
  const auto add = [&](double month) {
    const ResponseClass response = known.success > month        ? ResponseClass::stable
                                   : p.latent.response.complete ? ResponseClass::complete
                                                                : ResponseClass::partial;
    steps.add({month, response, assessed_change(sum, partial, p, month)});
  };
  add(known.evaluable);
  if (known.success > known.evaluable && known.success < infinity) add(known.success);
  if (p.known.best_response > steps.last().month && p.known.best_response < infinity) add(p.known.best_response);
  return steps;
}

TargetCase target_case(const OligoHccParameters& parameters, const LesionSums& sums, const AssessedPatient& p,
                       const IrradiatedSum& sum, ResponseClass response) {
  TargetCase target{.response = response,
                    .grown = early_growth(p),
                    .irradiated_cm = sums.irradiated_cm,
                    .untreated_cm = sums.untreated_cm,
                    .untreated_score = p.response_case.untreated_value};
  const double best = p.known.best_visit < infinity ? p.known.best_visit : p.known.response.evaluable;
  if (p.response_case.irradiated) target.irradiated_change = assessed_change(sum, parameters.lesions.partial, p, best);
  return target;
}

}  // namespace

std::vector<Finding> oligo_hcc_response_findings() {
  const auto response = [](const char* name, const char* meaning, std::size_t steps) {
    return Finding{{name, ColumnKind::category, {"CR", "PR", "SD", "PD"}, {}, "", meaning}, steps};
  };
  const auto change = [](const char* name, const char* meaning, std::size_t steps) {
    return Finding{{name, ColumnKind::number, {}, {}, "%", meaning}, steps};
  };
  return {
      response("best_overall_response", "best overall response; missing if dead before the first visit", 3),
      response("best_irradiated_response", "best response of the irradiated lesions; missing as or", 3),
      change("best_change", "best change of the sum of diameters of the target lesions", 3),
      change("irradiated_change", "best change of the sum of diameters of the irradiated lesions; missing as or", 3),
      change("untreated_change", "change of the lesions not irradiated at best overall response; missing without", 1),
  };
}

LesionSums::LesionSums(const Cohort& cohort, bool irradiated, std::size_t i)
    : irradiated_cm(irradiated ? number(cohort, BaselineColumn::size_cm, i) : 0),
      untreated_cm(number(cohort, BaselineColumn::total_size_cm, i) - irradiated_cm) {}

FoundResponses::FoundResponses(const OligoHccParameters& parameters, const LesionSums& sums, const AssessedPatient& p)
    : FoundResponses(parameters, sums, p, IrradiatedSum(parameters, p.latent.response)) {}

FoundResponses::FoundResponses(const OligoHccParameters& parameters, const LesionSums& sums, const AssessedPatient& p,
                               const IrradiatedSum& sum)
    : overall(overall_classes(parameters, p.known)),
      targets(overall.count > 0 ? target_sum(parameters, target_case(parameters, sums, p, sum, overall.last().response))
                                : TargetSum{}),
      irradiated(irradiated_steps(sum, parameters.lesions.partial, p)),
      best_irradiated(sum.best()) {
  if (overall.count > 0) overall.step[overall.count - 1].change = targets.change;
}

void store_response_findings(const FoundResponses& found, const LesionSums& sums, double days_per_month,
                             std::span<Steps> steps, std::size_t i) {
  const auto store = [&](ResponseFinding finding, std::size_t room, const ResponseSteps& known, bool response) {
    const Steps& out = steps[static_cast<std::size_t>(finding)];
    if (out.empty()) return;
    for (std::size_t k = 0; k < room; ++k) {
      const bool there = k < known.count;
      out.day[i * room + k] = there ? whole_day(known.step[k].month, days_per_month) : infinity;
      out.value[i * room + k] = !there     ? 0
                                : response ? static_cast<double>(known.step[k].response)
                                           : known.step[k].change;
    }
  };
  ResponseSteps untreated;
  if (found.overall.count > 0 && sums.untreated_cm > 0)
    untreated.add({found.overall.last().month, found.overall.last().response, found.targets.untreated});
  store(ResponseFinding::best_overall, 3, found.overall, true);
  store(ResponseFinding::best_irradiated, 3, found.irradiated, true);
  store(ResponseFinding::best_change, 3, found.overall, false);
  store(ResponseFinding::irradiated_change, 3, found.irradiated, false);
  store(ResponseFinding::untreated_change, 1, untreated, false);
}

}  // namespace oligosim
