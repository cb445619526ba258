#include "models/disease/oligo_hcc/toxicity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "engine/numeric/columns_in_lanes.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double early_until_day = 90, late_until_day = 365;

/// Positions of the toxicity findings that are not of one term.
enum Position : std::size_t { before, worst_early, worst_late, minor_early, discontinued, first_term };

/// Of each patient the worst grade of all terms.
void largest(std::span<const std::span<double>> grades, std::span<double> worst) {
  in_lanes(worst.size(), [&](const auto& here) {
    auto of_all = here.number(0);
    for (const std::span<double> grade : grades) of_all = larger(of_all, here(grade));
    here.put(worst, of_all);
  });
}

/// Whether any term is of grade 1 or 2.
void any_minor(std::span<const std::span<double>> grades, std::span<double> minor) {
  in_lanes(minor.size(), [&](const auto& here) {
    auto any = here.number(0);
    for (const std::span<double> grade : grades) {
      const auto of_term = here(grade);
      any = (of_term > 0.0) & (of_term < 3.0) ? here.number(1) : any;
    }
    here.put(minor, any);
  });
}

}  // namespace

ToxicitySampler::ToxicitySampler(const ToxicityParameters& parameters)
    : parameters_(parameters), early_(solved_copula(parameters.early)), late_(solved_copula(parameters.late)) {}

std::vector<Finding> ToxicitySampler::findings() const {
  const auto grade = [](const std::string& name, const std::string& meaning) {
    return Finding{{name, ColumnKind::number, {}, {0, 1, 2, 3}, "grade", meaning}};
  };
  const auto flag = [](const char* name, const char* meaning) {
    return Finding{{name, ColumnKind::number, {}, {0, 1}, "0/1", meaning}};
  };
  std::vector<Finding> all{
      grade("toxicity_before", "worst toxicity before SBRT; missing in OM"),
      grade("toxicity_early", "worst toxicity until day 90; known then, or at death"),
      grade("toxicity_late", "worst toxicity after day 90; missing if dead by then"),
      flag("minor_toxicity_early", "any toxicity of grade 1 or 2 until day 90"),
      flag("discontinued", "systemic therapy stopped, in part or whole, for toxicity; known as toxicity_early")};
  const auto words = [](std::string name) {
    std::ranges::replace(name, '_', ' ');
    return name;
  };
  for (const ToxicityTerm& term : parameters_.early.terms)
    all.push_back(grade(term.name + "_early", "worst grade of " + words(term.name) + " until day 90"));
  for (const ToxicityTerm& term : parameters_.late.terms)
    all.push_back(grade(term.name + "_late", "worst grade of " + words(term.name) + " after day 90"));
  return all;
}

double discontinuation_day(const ToxicityParameters& parameters, const Streams& streams, std::uint32_t patient) {
  Stream toxicity = streams.stream(Purpose::toxicity, patient), days = streams.stream(Purpose::toxicity_days, patient);
  for (int k = 0; k < 2; ++k) toxicity.uniform(), days.uniform();  // what ToxicitySampler draws first
  return toxicity.uniform() < parameters.discontinued ? days.uniform() * early_until_day : infinity;
}

/// Of each patient, from the day on from which it is known.
struct ToxicitySampler::Output {
  std::span<Steps> steps;
  std::size_t patients;
  Arena& arena;

  bool wanted(std::size_t finding) const { return finding < steps.size() && !steps[finding].empty(); }
  bool any_wanted(std::size_t first, std::size_t count) const {
    for (std::size_t k = first; k < first + count; ++k)
      if (wanted(k)) return true;
    return false;
  }
  /// Where the values of a finding go: to its steps, or to memory that is thrown away.
  std::span<double> values(std::size_t finding) const {
    return wanted(finding) ? steps[finding].value : arena.take<double>(patients);
  }
  std::span<const std::span<double>> values(std::size_t first, std::size_t count) const {
    const auto all = arena.take<std::span<double>>(count);
    for (std::size_t k = 0; k < count; ++k) all[k] = values(first + k);
    return all;
  }
  void known_from(std::span<const double> day, std::size_t finding) const {
    if (wanted(finding)) std::ranges::copy(day, steps[finding].day.begin());
  }
};

ToxicityCases ToxicitySampler::cases(std::span<const std::uint8_t> grp, std::span<const std::uint8_t> arm,
                                     std::span<const ArmHazards> arms, Arena& arena) {
  const std::size_t n = grp.size();
  const std::span<double> om = arena.take<double>(n), any_grade = arena.take<double>(n),
                          grade_3 = arena.take<double>(n);
  for (std::size_t i = 0; i < n; ++i) {
    om[i] = grp[i] == 2;
    any_grade[i] = arms[arm[i]].toxicity.any_grade;
    grade_3[i] = arms[arm[i]].toxicity.grade_3;
  }
  return {om, any_grade, grade_3};
}

void ToxicitySampler::sample_single(NumberColumns& numbers, const ToxicityCases& patients, const Output& out) const {
  const std::span<const double> share = numbers.next(), minor = numbers.next(), stopped = numbers.next();
  const double below_3 = parameters_.before_3, below_1_2 = below_3 + parameters_.before_1_2;
  const auto worst = [&](const auto& of_share, const auto& of_minor) {
    using V = std::remove_cvref_t<decltype(of_share)>;
    const V grade_1_2 = of_minor < parameters_.grade_2_share ? V{} + 2.0 : V{} + 1.0;
    const V not_3 = of_share < below_1_2 ? grade_1_2 : V{};
    return of_share < below_3 ? V{} + 3.0 : not_3;
  };
  fill_in_lanes(out.values(before), worst, share, minor);
  const std::span<double> is_stopped = out.values(discontinued);
  for (std::size_t i = 0; i < out.patients; ++i) is_stopped[i] = stopped[i] < parameters_.discontinued;
  if (!out.wanted(before)) return;
  for (std::size_t i = 0; i < out.patients; ++i) out.steps[before].day[i] = patients.om[i] > 0 ? infinity : 0;
}

void ToxicitySampler::first_grade_3(const Streams& streams, std::span<const double> early, std::span<const double> late,
                                    std::span<const double> death_day, std::span<double> day, Arena& arena) {
  const std::span<double> first = arena.take<double>(day.size()), second = arena.take<double>(day.size());
  streams.uniforms(Purpose::toxicity_days, 0, {{first, second}});
  for (std::size_t i = 0; i < day.size(); ++i) {
    const double early_day = std::ceil(first[i] * early_until_day);
    const double late_day = std::ceil(early_until_day + second[i] * (late_until_day - early_until_day));
    const double if_not_early = late[i] >= 3 ? late_day : infinity, any = early[i] >= 3 ? early_day : if_not_early;
    day[i] = any > death_day[i] ? infinity : any;
  }
}

void ToxicitySampler::sample(const Streams& streams, std::span<const std::uint8_t> grp,
                             std::span<const std::uint8_t> arm, std::span<const ArmHazards> arms,
                             std::span<const double> death_day, std::span<Steps> steps, std::span<double> grade_3_day,
                             Arena& arena) const {
  const Arena::Scope scope(arena);
  const std::size_t n = grp.size();
  const Output out{steps, n, arena};
  const ToxicityCases patients = cases(grp, arm, arms, arena);
  NumberColumns numbers(streams, Purpose::toxicity, n, arena);
  sample_single(numbers, patients, out);

  const std::size_t first_late = first_term + early_.terms();
  const bool late = !grade_3_day.empty() || out.wanted(worst_late) || out.any_wanted(first_late, late_.terms());
  const bool early = out.wanted(worst_early) || out.wanted(minor_early) || out.any_wanted(first_term, early_.terms());
  if (early || late) {
    const std::span<double> worst = sample_early(numbers, patients, out);
    const std::span<double> worst_after = late ? sample_late(numbers, patients, out) : std::span<double>{};
    if (!grade_3_day.empty()) first_grade_3(streams, worst, worst_after, death_day, grade_3_day, arena);
  }
  store_days(death_day, out);
}

std::span<double> ToxicitySampler::sample_early(NumberColumns& numbers, const ToxicityCases& patients,
                                                const Output& out) const {
  const auto grades = out.values(first_term, early_.terms());
  const std::span<double> worst = out.values(worst_early);
  early_.sample(numbers, patients, parameters_.grade_2_share, grades, out.arena);
  largest(grades, worst);
  if (out.wanted(minor_early)) any_minor(grades, out.values(minor_early));
  return worst;
}

std::span<double> ToxicitySampler::sample_late(NumberColumns& numbers, const ToxicityCases& patients,
                                               const Output& out) const {
  const auto grades = out.values(first_term + early_.terms(), late_.terms());
  const std::span<double> worst = out.values(worst_late);
  late_.sample(numbers, patients, parameters_.grade_2_share, grades, out.arena);
  largest(grades, worst);
  return worst;
}

void ToxicitySampler::store_days(std::span<const double> death_day, const Output& out) const {
  const std::size_t first_late = first_term + early_.terms();
  const std::span<double> early = out.arena.take<double>(out.patients), late = out.arena.take<double>(out.patients);
  for (std::size_t i = 0; i < out.patients; ++i) {
    early[i] = std::min(early_until_day, death_day[i]);
    late[i] = death_day[i] > early_until_day ? early_until_day + 1 : infinity;
  }
  for (const std::size_t finding : {worst_early, minor_early, discontinued}) out.known_from(early, finding);
  for (std::size_t k = first_term; k < first_late; ++k) out.known_from(early, k);
  out.known_from(late, worst_late);
  for (std::size_t k = 0; k < late_.terms(); ++k) out.known_from(late, first_late + k);
}

}  // namespace oligosim
