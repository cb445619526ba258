#include "models/disease/oligo_hcc/response.hpp"

#include <algorithm>

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double months_after_progression = 6;

/// Which visits count for the response.
struct Assessable {
  Assessment rule;
  const FollowUp& follow_up;
  PatientVisits& visits;

  bool counts(std::size_t visit) const {
    const double month = visits.month(visit);
    if (month == infinity || month > follow_up.death_month) return false;
    if (!follow_up.progression_detected()) return true;
    switch (rule) {
      case Assessment::before_progression:
        return visit < follow_up.progression_visit;
      case Assessment::at_progression:
        return visit <= follow_up.progression_visit;
      case Assessment::six_months_after:
        return month <= follow_up.progression_month + months_after_progression;
    }
    return false;
  }

  /// The month in which something that happens at `month` is recorded.
  double recorded(double month) const {
    const std::size_t visit = visits.first_from(month);
    return counts(visit) ? visits.month(visit) : infinity;
  }

  /// The same, or the last visit that counts.
  double recorded_or_last(double month) const {
    std::size_t visit = visits.first_from(month);
    while (visit > 0 && !counts(visit)) --visit;
    return counts(visit) ? visits.month(visit) : infinity;
  }
};

struct Overall {
  double response = infinity, complete = infinity;
};

Overall overall_response(const OverallResponseParameters& overall, const ResponseCase& patient, double irradiated,
                         const Assessable& assessable) {
  const double v = patient.untreated_value;
  Overall known;
  if (irradiated < infinity && (!patient.untreated || v > overall.partial_above)) {
    known.response = irradiated;
  } else if (patient.untreated && v > overall.alone_above) {
    known.response = assessable.recorded(patient.untreated_onset_month);
  }
  const bool irradiated_complete = !patient.irradiated || (irradiated < infinity && patient.latent.complete);
  if (irradiated_complete && (!patient.untreated || v > overall.complete_above))
    known.complete = patient.irradiated ? irradiated : assessable.recorded(patient.untreated_onset_month);
  known.response = std::min(known.response, known.complete);
  return known;
}

}  // namespace

KnownResponses known_responses(const IrradiatedResponseParameters& irradiated, const OverallResponseParameters& overall,
                               const ResponseCase& patient, const FollowUp& follow_up, PatientVisits& visits,
                               bool best_too) {
  KnownResponses known;
  const double first = visits.month(0);
  if (follow_up.death_month < first || first == infinity) return known;
  const Assessable assessable{irradiated.assessment, follow_up, visits};
  const bool early = follow_up.progression_visit <= 1;

  double irradiated_month = infinity;
  if (patient.irradiated && patient.latent.objective)
    irradiated_month = assessable.recorded(patient.latent.onset_month);
  if (patient.irradiated && best_too) known.best_visit = assessable.recorded_or_last(patient.latent.best_month);
  if (patient.irradiated && (!early || patient.evaluable_if_early)) {
    known.irradiated = {first, irradiated_month};
    known.best_response = known.best_visit;
  }
  const Overall best = early ? Overall{} : overall_response(overall, patient, irradiated_month, assessable);
  known.response = {first, best.response};
  known.complete_response = {first, best.complete};
  if (early) {
    known.disease_control.evaluable = follow_up.progression_month;
  } else {
    const double second = std::min(visits.month(1), follow_up.death_month);
    known.disease_control = {second, second};
  }
  return known;
}

}  // namespace oligosim
