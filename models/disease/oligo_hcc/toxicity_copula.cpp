#include "models/disease/oligo_hcc/toxicity_copula.hpp"

#include <algorithm>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <deque>
#include <mutex>
#include <utility>

#include "engine/numeric/normal.hpp"

namespace oligosim {
namespace {

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

}  // namespace oligosim
