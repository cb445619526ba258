#include "models/disease/oligo_hcc/response.hpp"

#include <bit>
#include <cstdint>
#include <limits>

#include "engine/numeric/columns_in_lanes.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest = std::numeric_limits<double>::max();
constexpr double months_after_progression = 6;

/// The largest number below x, which is above 0.
double just_below(double x) { return std::bit_cast<double>(std::bit_cast<std::int64_t>(x) - 1); }
HalfLanes just_below(const HalfLanes& x) {
  using Bits = std::int64_t __attribute__((vector_size(32)));
  return reinterpret_cast<HalfLanes>(reinterpret_cast<Bits>(x) - 1);
}

/// The last month in which a visit counts for the response, given the month in which progression is seen.
template <Weight V>
V counted_until(Assessment rule, const V& progression) {
  switch (rule) {
    case Assessment::before_progression:
      return just_below(progression);
    case Assessment::at_progression:
      return progression;
    case Assessment::six_months_after:
      return progression + months_after_progression;
  }
  return V{};
}

/// Which visits count for the response, and what they record.
class Assessor {
 public:
  Assessor(Assessment rule, const FollowUp& seen, PatientVisits& visits, Arena& arena)
      : visits_(visits), patients_(seen.death.size()), arena_(arena), until_(arena.take<double>(patients_)) {
    in_lanes(patients_, [&](const auto& here) {
      const auto last = counted_until(rule, here(seen.progression));
      here.put(until_, smaller(smaller(here(seen.death), last), here.number(largest)));  // no visit is at infinity
    });
  }

  /// When what happens in month(here) is recorded.
  template <class Month>
  std::span<double> recorded(const Month& month) const {
    const std::span<double> sought = arena_.take<double>(patients_), visit = arena_.take<double>(patients_);
    // What happens after all visits that count needs none of the later ones.
    in_lanes(patients_, [&](const auto& here) {
      const auto happens = month(here);
      here.put(sought, happens <= here(until_) ? happens : here.number(infinity));
    });
    visits_.first_from(sought, visit);
    in_lanes(patients_, [&](const auto& here) {
      const auto first = here(visit);
      here.put(visit, first <= here(until_) ? first : here.number(infinity));
    });
    return visit;
  }

  /// The same, or the last visit that counts, of those with the flag.
  std::span<double> recorded_or_last(std::span<const double> month, std::span<const double> flag) const {
    const std::span<double> visit =
        recorded([&](const auto& here) { return here(flag) > 0.0 ? here(month) : here.number(infinity); });
    const std::span<double> sought = arena_.take<double>(patients_), last = arena_.take<double>(patients_);
    in_lanes(patients_, [&](const auto& here) {
      const auto open = (here(flag) > 0.0) & (here(visit) == infinity);
      here.put(sought, open ? here(until_) : here.number(-infinity));
    });
    visits_.last_until(sought, last);
    in_lanes(patients_, [&](const auto& here) { here.put(visit, smaller(here(visit), here(last))); });
    return visit;
  }

 private:
  PatientVisits& visits_;
  std::size_t patients_;
  Arena& arena_;
  std::span<double> until_;
};

KnownResult take_result(std::size_t patients, Arena& arena) {
  return {arena.take<double>(patients), arena.take<double>(patients)};
}

}  // namespace

KnownResponses known_responses(const IrradiatedResponseParameters& irradiated, const OverallResponseParameters& overall,
                               const ResponseCases& patients, const FollowUp& seen, PatientVisits& visits,
                               bool best_too, Arena& arena) {
  const std::size_t n = seen.death.size();
  const Assessor assessor(irradiated.assessment, seen, visits, arena);
  const std::span<double> of_irradiated = assessor.recorded([&](const auto& here) {
    const auto responds = (here(patients.irradiated) > 0.0) & (here(patients.latent.value) > irradiated.partial_above);
    return responds ? here(patients.latent.onset_month) : here.number(infinity);
  });
  // Of those whose response follows from that of their untreated lesions.
  const std::span<double> of_untreated = assessor.recorded([&](const auto& here) {
    const auto value = here(patients.untreated_value);
    const auto alone =
        (value > overall.alone_above) | ((here(patients.irradiated) == 0.0) & (value > overall.complete_above));
    return alone & (here(patients.untreated) > 0.0) ? here(patients.untreated_onset_month) : here.number(infinity);
  });

  KnownResponses known{
      take_result(n, arena), take_result(n, arena), take_result(n, arena), take_result(n, arena), {}, {}};
  if (best_too) {
    known.best_visit = assessor.recorded_or_last(patients.latent.best_month, patients.irradiated);
    known.best_response = arena.take<double>(n);
  }
  in_lanes(n, [&](const auto& here) {
    const auto never = here.number(infinity), first = here(visits.first()), second = here(visits.second());
    const auto death = here(seen.death), value = here(patients.untreated_value);
    const auto progression = here(seen.progression);
    const auto assessed = (death >= first) & (first < infinity);
    const auto late = (progression > second) | (progression == infinity);  // or no progression
    const auto with_sbrt = here(patients.irradiated) > 0.0, alone = here(patients.untreated) == 0.0;
    const auto evaluable = assessed ? first : never;
    const auto irradiated_month = here(of_irradiated), untreated_month = here(of_untreated);

    const auto by_itself = with_sbrt & (late | (here(patients.evaluable_if_early) > 0.0));
    here.put(known.irradiated.evaluable, by_itself ? evaluable : never);
    here.put(known.irradiated.success, by_itself ? irradiated_month : never);
    if (best_too) here.put(known.best_response, by_itself ? here(known.best_visit) : never);

    const auto stood = (irradiated_month < infinity) & (alone | (value > overall.partial_above));
    const auto by_untreated = (here(patients.untreated) > 0.0) & (value > overall.alone_above);
    const auto response = stood ? irradiated_month : (by_untreated ? untreated_month : never);
    const auto irradiated_gone =
        with_sbrt ? (here(patients.latent.value) > irradiated.complete_above ? irradiated_month : never)
                  : untreated_month;
    const auto complete = alone | (value > overall.complete_above) ? irradiated_gone : never;
    here.put(known.response.evaluable, evaluable);
    here.put(known.response.success, late ? smaller(response, complete) : never);
    here.put(known.complete_response.evaluable, evaluable);
    here.put(known.complete_response.success, late ? complete : never);

    const auto two_visits = smaller(second, death);
    here.put(known.disease_control.evaluable, assessed ? (late ? two_visits : progression) : never);
    here.put(known.disease_control.success, assessed & late ? two_visits : never);
  });
  return known;
}

}  // namespace oligosim
