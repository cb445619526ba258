#include "models/disease/oligo_hcc/response_findings.hpp"

#include <limits>

#include "models/disease/oligo_hcc/baseline.hpp"
#include "models/disease/oligo_hcc/course.hpp"
#include "models/disease/oligo_hcc/tumor_change.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A step of a patient in each lane; months, infinity: there is none.
template <Weight V>
struct Step {
  V month, response, change;
};
template <Weight V>
Step<V> no_step() {
  return {V{} + infinity, V{}, V{}};
}

template <class Condition, Weight V>
Step<V> select(const Condition& holds, const Step<V>& yes, const Step<V>& no) {
  return {holds ? yes.month : no.month, holds ? yes.response : no.response, holds ? yes.change : no.change};
}

/// The steps of best overall response, classes with provisional changes on the way to the threshold of the next class.
template <Weight V>
struct OverallSteps {
  OverallSteps(double partial, const V& evaluable, const V& control_evaluable, const V& control, const V& response,
               const V& complete_response) {
    const auto followed = (evaluable < infinity) & (control < infinity);
    const auto early = (evaluable < infinity) & (control == infinity) & (control_evaluable < infinity);
    const auto a = followed & (control < response), b = followed & (response < complete_response),
               c = followed & (complete_response < infinity);
    const auto of_class = [](ResponseClass one) { return V{} + code_of(one); };
    const Step<V> none = no_step<V>(), progressive{control_evaluable, of_class(ResponseClass::progressive), V{}},
                  stable{control, of_class(ResponseClass::stable), (partial + change_margin) * control / response},
                  partly{response, of_class(ResponseClass::partial), V{} + (partial + gone) / 2},
                  complete{complete_response, of_class(ResponseClass::complete), V{} + gone};
    const Step<V> after_stable = select(b, partly, select(c, complete, none));
    step = {select(early, progressive, select(a, stable, after_stable)),
            select(a, after_stable, select(b & c, complete, none)), select(a & b & c, complete, none)};
    last = select(early, progressive, select(c, complete, select(b, partly, select(a, stable, none))));
  }
  std::array<Step<V>, ResponseSteps::most> step;
  Step<V> last;
};

/// The change and class of irradiated lesions as assessed: responses that no visit counted do not show.
template <Weight V>
struct AssessedLesions {
  const IrradiatedSum<V>& sum;
  double partial;
  V responds_from;  // month
  V if_response;    // class

  V change(const V& month) const {
    const V change = sum.at(month);
    return responds_from <= month ? smaller(change, V{} + partial) : larger(change, V{} + (partial + change_margin));
  }
  Step<V> step(const V& month) const {
    return {month, responds_from > month ? V{} + code_of(ResponseClass::stable) : if_response, change(month)};
  }
  std::array<Step<V>, ResponseSteps::most> steps(const V& evaluable, const V& best) const {
    const auto followed = evaluable < infinity;
    const auto responds = followed & (responds_from > evaluable) & (responds_from < infinity);
    const auto improves = followed & (best > (responds ? responds_from : evaluable)) & (best < infinity);
    const Step<V> none = no_step<V>(), at_best = step(best);
    return {select(followed, step(evaluable), none),
            select(responds, step(responds_from), select(improves, at_best, none)),
            select(responds & improves, at_best, none)};
  }
};

/// Three numbers of each patient one after the other.
void put_three(const Rows<double>& here, std::span<double> out, double a, double b, double c) {
  const std::size_t i = here.first();
  out[3 * i] = a, out[3 * i + 1] = b, out[3 * i + 2] = c;
}
void put_three(const Rows<HalfLanes>& here, std::span<double> out, const HalfLanes& a, const HalfLanes& b,
               const HalfLanes& c) {
  const HalfLanes ab = __builtin_shufflevector(a, b, 0, 4, 2, 6), bc = __builtin_shufflevector(b, c, 1, 5, 3, 7),
                  ca = __builtin_shufflevector(c, a, 0, 5, 2, 7);
  const auto put = [&](std::size_t k, const HalfLanes& four) { Rows<HalfLanes>(3 * here.first() + k).put(out, four); };
  put(0, __builtin_shufflevector(ab, ca, 0, 1, 4, 5));
  put(4, __builtin_shufflevector(bc, ab, 0, 1, 6, 7));
  put(8, __builtin_shufflevector(ca, bc, 2, 3, 6, 7));
}

ResponseSteps take_steps(std::size_t patients, Arena& arena) {
  ResponseSteps steps;
  for (ResponseSteps::Step& step : steps.step)
    step = {arena.take<double>(patients), arena.take<double>(patients), arena.take<double>(patients)};
  return steps;
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

LesionSums lesion_sums(const Cohort& cohort, std::span<const double> with_sbrt, Arena& arena) {
  const auto column = [&](BaselineColumn position) { return cohort.numbers(static_cast<std::size_t>(position)); };
  const std::span<const double> size = column(BaselineColumn::size_cm), all = column(BaselineColumn::total_size_cm);
  const LesionSums sums{arena.take<double>(cohort.patients()), arena.take<double>(cohort.patients())};
  in_lanes(cohort.patients(), [&](const auto& here) {
    const auto irradiated = here(with_sbrt) > 0.0 ? here(size) : here.number(0);
    here.put(sums.irradiated_cm, irradiated);
    here.put(sums.untreated_cm, here(all) - irradiated);
  });
  return sums;
}

FoundResponses::FoundResponses(const OligoHccParameters& parameters, const AssessedResponses& p, double days_per_month,
                               Arena& arena)
    : overall(take_steps(p.seen.death.size(), arena)),
      last_day(arena.take<double>(p.seen.death.size())),
      untreated_change(arena.take<double>(p.seen.death.size())),
      irradiated_count(arena.take<double>(p.seen.death.size())),
      irradiated(take_steps(p.seen.death.size(), arena)),
      best_irradiated(arena.take<double>(p.seen.death.size())) {
  for (std::span<double>& part : reached) part = arena.take<double>(p.seen.death.size());
  const double partial = parameters.lesions.partial;
  const KnownResponses& known = p.known;
  const LatentResponses& latent = p.cases.latent;
  in_lanes(last_day.size(), [&]<Weight V>(const Rows<V>& here) {
    const IrradiatedSum<V> sum(parameters, here(latent.value), here(latent.onset_month), here(latent.best_month));
    const V if_response = here(latent.value) > parameters.irradiated_response.complete_above
                              ? V{} + code_of(ResponseClass::complete)
                              : V{} + code_of(ResponseClass::partial);
    const AssessedLesions<V> assessed{sum, partial, here(known.irradiated.success), if_response};
    const V evaluable = here(known.response.evaluable), best = here(known.best_visit), seen = here(p.seen.progression);
    const OverallSteps<V> steps(partial, evaluable, here(known.disease_control.evaluable),
                                here(known.disease_control.success), here(known.response.success),
                                here(known.complete_response.success));
    const auto early_growth = (here(p.times.untreated_lesions) <= seen) & (here(p.times.new_lesions) > seen);
    const TargetSum<V> targets = target_sum<V>(
        parameters, {.response = steps.last.response,
                     .grown = early_growth ? V{} + 1.0 : V{},
                     .irradiated_cm = here(p.sums.irradiated_cm),
                     .untreated_cm = here(p.sums.untreated_cm),
                     .irradiated_change =
                         here(p.cases.irradiated) > 0.0 ? assessed.change(best < infinity ? best : evaluable) : V{},
                     .untreated_score = here(p.cases.untreated_value)});
    const auto put = [&](const ResponseSteps::Step& out, const Step<V>& step) {
      here.put(out.day, whole_day(step.month, days_per_month));
      here.put(out.response, step.response);
      here.put(out.change, step.change);
    };
    const auto of_irradiated = assessed.steps(here(known.irradiated.evaluable), here(known.best_response));
    for (std::size_t k = 0; k < ResponseSteps::most; ++k) {
      Step<V> step = steps.step[k];
      step.change = step.month == steps.last.month ? targets.change : step.change;
      put(overall.step[k], step);
      put(irradiated.step[k], of_irradiated[k]);
      const auto whole = (of_irradiated[k].month == infinity) | (sum.best() == 0.0);
      here.put(reached[k], whole ? V{} + 1.0 : of_irradiated[k].change / sum.best());
    }
    here.put(last_day, whole_day(steps.last.month, days_per_month));
    here.put(untreated_change, targets.untreated);
    here.put(irradiated_count, targets.irradiated_count);
    here.put(best_irradiated, sum.best());
  });
}

void store_response_findings(const FoundResponses& found, const LesionSums& sums, std::span<Steps> steps) {
  const auto store = [&](ResponseFinding finding, const ResponseSteps& known,
                         std::span<double> ResponseSteps::Step::*values) {
    const Steps& out = steps[static_cast<std::size_t>(finding)];
    if (out.empty()) return;
    in_lanes(found.last_day.size(), [&](const auto& here) {
      const auto day = [&](std::size_t k) { return here(known.step[k].day); };
      const auto value = [&](std::size_t k) {
        return day(k) < infinity ? here(known.step[k].*values) : here.number(0);
      };
      put_three(here, out.day, day(0), day(1), day(2));
      put_three(here, out.value, value(0), value(1), value(2));
    });
  };
  store(ResponseFinding::best_overall, found.overall, &ResponseSteps::Step::response);
  store(ResponseFinding::best_irradiated, found.irradiated, &ResponseSteps::Step::response);
  store(ResponseFinding::best_change, found.overall, &ResponseSteps::Step::change);
  store(ResponseFinding::irradiated_change, found.irradiated, &ResponseSteps::Step::change);
  const Steps& untreated = steps[static_cast<std::size_t>(ResponseFinding::untreated_change)];
  if (untreated.empty()) return;
  in_lanes(found.last_day.size(), [&](const auto& here) {
    const auto known = (here(found.last_day) < infinity) & (here(sums.untreated_cm) > 0.0);
    here.put(untreated.day, known ? here(found.last_day) : here.number(infinity));
    here.put(untreated.value, known ? here(found.untreated_change) : here.number(0));
  });
}

}  // namespace oligosim
