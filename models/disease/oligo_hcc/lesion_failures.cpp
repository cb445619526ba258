#include "models/disease/oligo_hcc/lesion_failures.hpp"

#include <limits>

#include "engine/numeric/elementary.hpp"
#include "models/disease/oligo_hcc/course.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Lesions of patients of whom one fails before death, each with what is drawn for it.
struct Failing {
  Failing(std::size_t most, Arena& arena)
      : row(arena.take<std::uint32_t>(most)),
        patient(arena.take<std::uint32_t>(most)),
        time(arena.take<double>(most)),
        visit(arena.take<double>(most)) {}

  void keep(std::size_t lesions) {
    row = row.first(lesions), patient = patient.first(lesions);
    time = time.first(lesions), visit = visit.first(lesions);
  }

  std::span<std::uint32_t> row, patient;
  std::span<double> time, visit;
};

/// In `time` the uniform numbers of their failures; of the lesion that is the first to fail it is 1, so that it fails
/// without delay.
Failing lesions_to_fail(const AssessedCourse& course, std::span<const IrradiatedLesions> patients,
                        const LesionDraws& draws, Arena& arena) {
  Failing failing(draws.failure.size(), arena);
  std::size_t lesions = 0;
  for (const auto& [i, first, count] : patients) {
    if (course.times.local_failure[i] >= course.seen.death[i]) continue;
    const auto chosen = static_cast<std::size_t>(draws.first_to_fail[i] * count);
    for (std::uint32_t j = 0; j < count; ++j) {
      failing.row[lesions + j] = first + j, failing.patient[lesions + j] = i;
      failing.time[lesions + j] = draws.failure[first + j];
    }
    failing.time[lesions + chosen] = 1;
    lesions += count;
  }
  failing.keep(lesions);
  return failing;
}

}  // namespace

void put_lesion_failures(const AssessedCourse& course, std::span<const IrradiatedLesions> patients,
                         const OligoHccParameters& parameters, double days_per_month, const LesionDraws& draws,
                         const Steps& failure, Arena& arena) {
  const Arena::Scope scope(arena);
  const Failing failing = lesions_to_fail(course, patients, draws, arena);
  to_exponentials(failing.time);
  for (std::size_t k = 0; k < failing.row.size(); ++k) {
    const std::uint32_t i = failing.patient[k];
    const double delay = failing.time[k] / parameters.progression.local_failure;
    const double fails = course.hazards[course.arm[i]].local_failure.inverse(delay, course.times.local_failure[i]);
    failing.time[k] = fails < course.seen.death[i] ? fails : infinity;
  }
  course.visits.first_from(failing.patient, failing.time, failing.visit);
  for (std::size_t k = 0; k < failing.row.size(); ++k) {
    if (failing.visit[k] == infinity || failing.visit[k] > course.seen.death[failing.patient[k]]) continue;
    failure.day[failing.row[k]] = failure.value[failing.row[k]] = whole_day(failing.visit[k], days_per_month);
  }
}

}  // namespace oligosim
