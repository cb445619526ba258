#include "models/disease/oligo_hcc/toxicity.hpp"

#include <algorithm>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <deque>
#include <limits>
#include <mutex>
#include <utility>

#include "engine/statistics/estimate.hpp"
#include "engine/statistics/normal.hpp"
#include "engine/statistics/normal_bounds.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double early_until_day = 90, late_until_day = 365;
constexpr double largest_shared = 0.999;

/// E g(F), F standard normal. The trapezoidal rule is accurate to rounding for smooth g.
template <class Function>
double expectation(const Function& g) {
  constexpr double reach = 8.5, step = 1.0 / 16;
  double sum = 0, weights = 0;
  for (double f = -reach; f <= reach; f += step) {
    const double weight = std::exp(-f * f / 2);
    sum += weight * g(f), weights += weight;
  }
  return sum / weights;
}

/// Positions of the toxicity findings that are not of one term.
enum Position : std::size_t { before, worst_early, worst_late, minor_early, discontinued, first_term };

}  // namespace

ToxicityCopula::ToxicityCopula(const ToxicityPeriod& period) {
  for (const ToxicityTerm& term : period.terms) {
    threshold_.push_back(normal_quantile(1 - term.any_grade));
    op_.given_any.push_back(term.any_grade > 0 ? term.grade_3.op / term.any_grade : 0);
    om_.given_any.push_back(term.any_grade > 0 ? term.grade_3.om / term.any_grade : 0);
  }
  const auto excess = [&](double shared) { return none(shared) - (1 - period.any_grade); };
  const double at_low = excess(0), at_high = excess(largest_shared);
  if (at_low >= 0 || at_high <= 0) {
    shared_ = at_low >= 0 ? 0 : largest_shared;
  } else {
    std::uintmax_t steps = 100;
    const auto [a, b] = boost::math::tools::toms748_solve(excess, 0.0, largest_shared, at_low, at_high,
                                                          boost::math::tools::eps_tolerance<double>(48), steps);
    shared_ = (a + b) / 2;
  }
  any_grade_ = 1 - none(shared_);
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

double ToxicityCopula::term_given(std::size_t k, double shared, double f) const {
  return normal_cdf((std::sqrt(shared) * f - threshold_[k]) / std::sqrt(1 - shared));
}

double ToxicityCopula::none(double shared) const {
  return expectation([&](double f) {
    double product = 1;
    for (std::size_t k = 0; k < terms(); ++k) product *= 1 - term_given(k, shared, f);
    return product;
  });
}

ToxicityCopula::Unions ToxicityCopula::unions(const Grade3& grade_3) const {
  const std::vector<double>& given_any = grade_3.given_any;
  std::vector<double> has(terms());
  // E min(1, sum of given_any over the terms that a patient has), through their subsets.
  const auto exclusive = [&](const auto& self, std::size_t k, double sum) -> double {
    if (k == terms()) return std::min(1.0, sum);
    if (given_any[k] == 0) return self(self, k + 1, sum);
    return has[k] * self(self, k + 1, sum + given_any[k]) + (1 - has[k]) * self(self, k + 1, sum);
  };
  Unions result;
  result.exclusive = expectation([&](double f) {
    for (std::size_t k = 0; k < terms(); ++k) has[k] = term_given(k, shared_, f);
    return exclusive(exclusive, 0, 0);
  });
  result.independent = 1 - expectation([&](double f) {
                         double product = 1;
                         for (std::size_t k = 0; k < terms(); ++k)
                           product *= 1 - given_any[k] * term_given(k, shared_, f);
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

void ToxicityCopula::sample(Stream& stream, bool om, const ToxicityEffect& effect, double grade_2_share,
                            std::span<std::uint8_t> grades) const {
  const Grade3& grade_3 = om ? om_ : op_;
  const double shared = stream.normal() * std::sqrt(shared_);
  const double start = stream.uniform();
  const bool independent = stream.uniform() < grade_3.independent_share;
  const double own_part = std::sqrt(1 - shared_);
  // Whether the normal number by inversion of a uniform one takes the term over its threshold.
  const auto has = [&](std::size_t k, double uniform) {
    const auto [lower, upper] = normal_quantile_bounds(uniform);
    if (!(shared + own_part * upper > threshold_[k])) return false;
    return shared + own_part * lower > threshold_[k] || shared + own_part * normal_quantile(uniform) > threshold_[k];
  };
  double sum = 0;
  for (std::size_t k = 0; k < grades.size(); ++k) {
    const double own = stream.uniform(), severe = stream.uniform(), kept = stream.uniform(), minor = stream.uniform();
    grades[k] = 0;
    if (!has(k, own)) continue;
    const double share = grade_3.given_any[k];
    // Systematic sampling: the points start, start + 1, ... on the terms laid end to end.
    const bool hit = std::floor(sum + share - start) > std::floor(sum - start);
    sum += share;
    if (kept >= effect.any_grade) continue;
    const bool third = (independent ? severe < share : hit) && kept < effect.grade_3;
    grades[k] = third ? 3 : minor < grade_2_share ? 2 : 1;
  }
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
  for (int k = 0; k < 2; ++k) toxicity.uniform(), days.uniform();  // what ToxicitySampler draws first
  return toxicity.uniform() < parameters.discontinued ? days.uniform() * early_until_day : infinity;
}

double ToxicitySampler::first_grade_3(Stream days, int early, int late, double death_day) {
  const double first = days.uniform(), second = days.uniform();
  double day = infinity;
  if (late >= 3) day = std::ceil(early_until_day + second * (late_until_day - early_until_day));
  if (early >= 3) day = std::ceil(first * early_until_day);
  return day <= death_day ? day : infinity;
}

void ToxicitySampler::sample(const Streams& streams, std::span<const std::uint8_t> grp,
                             std::span<const std::uint8_t> arm, std::span<const ArmHazards> arms,
                             std::span<const double> death_day, std::span<Steps> steps, std::span<double> grade_3_day,
                             Arena& arena) const {
  const Arena::Scope scope(arena);
  const std::span<std::uint8_t> grades = arena.take<std::uint8_t>(early_.terms() + late_.terms());
  const std::span<std::uint8_t> early = grades.first(early_.terms()), late = grades.subspan(early_.terms());
  for (std::size_t i = 0; i < grp.size(); ++i) {
    Stream stream = streams.stream(Purpose::toxicity, static_cast<std::uint32_t>(i));
    const bool om = grp[i] == 2;
    const double share = stream.uniform();
    const bool minor_before = stream.uniform() < parameters_.grade_2_share;
    const bool stopped = stream.uniform() < parameters_.discontinued;
    early_.sample(stream, om, arms[arm[i]].toxicity, parameters_.grade_2_share, early);
    late_.sample(stream, om, arms[arm[i]].toxicity, parameters_.grade_2_share, late);
    const double known_early = std::min(early_until_day, death_day[i]);
    const double known_late = death_day[i] > early_until_day ? early_until_day + 1 : infinity;
    const auto store = [&](std::size_t finding, double day, double value) {
      if (finding < steps.size() && !steps[finding].empty())
        steps[finding].day[i] = day, steps[finding].value[i] = value;
    };
    const double worst_before = share < parameters_.before_3                            ? 3
                                : share < parameters_.before_3 + parameters_.before_1_2 ? (minor_before ? 2 : 1)
                                                                                        : 0;
    store(before, om ? infinity : 0, worst_before);
    const int grade_early = early.empty() ? 0 : *std::ranges::max_element(early);
    const int grade_late = late.empty() ? 0 : *std::ranges::max_element(late);
    store(worst_early, known_early, grade_early);
    store(worst_late, known_late, grade_late);
    if (!grade_3_day.empty())
      grade_3_day[i] = first_grade_3(streams.stream(Purpose::toxicity_days, static_cast<std::uint32_t>(i)), grade_early,
                                     grade_late, death_day[i]);
    store(minor_early, known_early, std::ranges::any_of(early, [](int g) { return g == 1 || g == 2; }));
    store(discontinued, known_early, stopped);
    for (std::size_t k = 0; k < early.size(); ++k) store(first_term + k, known_early, early[k]);
    for (std::size_t k = 0; k < late.size(); ++k) store(first_term + early.size() + k, known_late, late[k]);
  }
}

}  // namespace oligosim
