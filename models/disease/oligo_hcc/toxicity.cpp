#include "models/disease/oligo_hcc/toxicity.hpp"

#include <algorithm>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <deque>
#include <limits>
#include <mutex>
#include <numbers>
#include <type_traits>
#include <utility>

#include "engine/statistics/estimate.hpp"
#include "engine/statistics/normal.hpp"
#include "models/disease/oligo_hcc/columns_in_lanes.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double early_until_day = 90, late_until_day = 365;
constexpr double largest_shared = 0.999;
constexpr double furthest_threshold = 40;
constexpr int most_steps = 100;

/// The normal quantile of each level's middle.
const std::array<double, ToxicityCopula::levels>& susceptibility() {
  static const auto all = [] {
    std::array<double, ToxicityCopula::levels> f;
    for (std::size_t l = 0; l < f.size(); ++l)
      f[l] = normal_quantile((static_cast<double>(l) + 0.5) / static_cast<double>(f.size()));
    return f;
  }();
  return all;
}

double normal_density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi); }

/// The mean of g(level).
template <class Function>
double expectation(const Function& g) {
  double sum = 0;
  for (std::size_t l = 0; l < ToxicityCopula::levels; ++l) sum += g(l);
  return sum / static_cast<double>(ToxicityCopula::levels);
}

/// The probability of a term at each level whose mean is `share`: Newton's steps for the threshold, the middle of what
/// is known to hold it where they lead out of that. With much in common the mean falls in steps.
std::array<double, ToxicityCopula::levels> at_levels(double share, double shared) {
  std::array<double, ToxicityCopula::levels> probability;
  if (share <= 0 || share >= 1) return probability.fill(share), probability;
  const double root = std::sqrt(shared), spread = std::sqrt(1 - shared);
  const auto score = [&](std::size_t l, double threshold) { return (root * susceptibility()[l] - threshold) / spread; };
  double low = -furthest_threshold, high = furthest_threshold, threshold = normal_quantile(1 - share);
  for (int step = 0; step < most_steps; ++step) {
    for (std::size_t l = 0; l < probability.size(); ++l) probability[l] = normal_cdf(score(l, threshold));
    const double excess = expectation([&](std::size_t l) { return probability[l]; }) - share;
    if (std::abs(excess) < 1e-15 || high - low < 1e-14) break;
    (excess > 0 ? low : high) = threshold;
    const double density = expectation([&](std::size_t l) { return normal_density(score(l, threshold)); });
    const double next = threshold + excess * spread / density;
    threshold = next > low && next < high ? next : (low + high) / 2;
  }
  return probability;
}

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

ToxicityCopula::ToxicityCopula(const ToxicityPeriod& period) {
  for (const ToxicityTerm& term : period.terms) {
    op_.given_any.push_back(term.any_grade > 0 ? term.grade_3.op / term.any_grade : 0);
    om_.given_any.push_back(term.any_grade > 0 ? term.grade_3.om / term.any_grade : 0);
  }
  const auto excess = [&](double shared) { return period.any_grade - any_with(shared, period); };
  const double at_low = excess(0), at_high = excess(largest_shared);
  if (at_low >= 0 || at_high <= 0) {
    shared_ = at_low >= 0 ? 0 : largest_shared;
  } else {
    std::uintmax_t steps = 100;
    const auto [a, b] = boost::math::tools::toms748_solve(excess, 0.0, largest_shared, at_low, at_high,
                                                          boost::math::tools::eps_tolerance<double>(48), steps);
    shared_ = (a + b) / 2;
  }
  any_grade_ = any_with(shared_, period);
  grade_3_ = {solve(op_, period.grade_3.op), solve(om_, period.grade_3.om)};
}

ToxicityCopula solved_copula(const ToxicityPeriod& period) {
  constexpr std::size_t kept = 16;
  static std::mutex one_at_a_time;
  static std::deque<std::pair<ToxicityPeriod, ToxicityCopula>> last;
  const std::lock_guard lock(one_at_a_time);
  for (const auto& [known, copula] : last)
    if (known == period) return copula;
  last.emplace_back(period, ToxicityCopula(period));
  if (last.size() > kept) last.pop_front();
  return last.back().second;
}

double ToxicityCopula::any_with(double shared, const ToxicityPeriod& period) {
  at_level_.clear();
  for (const ToxicityTerm& term : period.terms) at_level_.push_back(at_levels(term.any_grade, shared));
  return 1 - expectation([&](std::size_t l) {
           double none = 1;
           for (const Levels& probability : at_level_) none *= 1 - probability[l];
           return none;
         });
}

ToxicityCopula::Unions ToxicityCopula::unions(const Grade3& grade_3) const {
  const std::vector<double>& given_any = grade_3.given_any;
  // E min(1, sum of given_any over the terms that a patient has), through their subsets.
  const auto exclusive = [&](const auto& self, std::size_t level, std::size_t k, double sum) -> double {
    if (k == terms()) return std::min(1.0, sum);
    if (given_any[k] == 0) return self(self, level, k + 1, sum);
    const double has = at_level_[k][level];
    return has * self(self, level, k + 1, sum + given_any[k]) + (1 - has) * self(self, level, k + 1, sum);
  };
  Unions result;
  result.exclusive = expectation([&](std::size_t level) { return exclusive(exclusive, level, 0, 0); });
  result.independent = 1 - expectation([&](std::size_t level) {
                         double product = 1;
                         for (std::size_t k = 0; k < terms(); ++k) product *= 1 - given_any[k] * at_level_[k][level];
                         return product;
                       });
  return result;
}

double ToxicityCopula::solve(Grade3& grade_3, double wanted) const {
  const auto [exclusive, independent] = unions(grade_3);
  const double room = exclusive - independent;
  grade_3.independent_share = room > 1e-12 ? std::clamp((exclusive - wanted) / room, 0.0, 1.0) : 0;
  return exclusive - grade_3.independent_share * room;
}

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
  for (int k = 0; k < 2; ++k) toxicity.uniform32(), days.uniform();  // what ToxicitySampler draws first
  return toxicity.uniform32() < parameters.discontinued ? days.uniform() * early_until_day : infinity;
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
  streams.uniforms(Purpose::toxicity_days, 0, first, second);
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
