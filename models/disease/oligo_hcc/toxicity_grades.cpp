// Grades of toxicity of all patients, term by term.
#include <algorithm>
#include <cmath>
#include <type_traits>

#include "engine/statistics/normal.hpp"
#include "engine/statistics/normal_scores.hpp"
#include "models/disease/oligo_hcc/columns_in_lanes.hpp"
#include "models/disease/oligo_hcc/toxicity.hpp"

namespace oligosim {
namespace {

constexpr double far_above_error = 1e-9;  // of the quantile

/// The numbers of one term.
struct TermNumbers {
  explicit TermNumbers(NumberColumns& numbers)
      : own(numbers.next()), severe(numbers.next()), kept(numbers.next()), minor(numbers.next()) {}
  std::span<const double> own, severe, kept, minor;
};

}  // namespace

ToxicityCopula::OwnPart::OwnPart(double shared) : factor(std::sqrt(1 - shared)) {
  for (std::size_t k = 0; k < cells; ++k) {
    lower[k] = factor * (normal_quantile(static_cast<double>(k) / cells) - far_above_error);
    upper[k] = factor * (normal_quantile(static_cast<double>(k + 1) / cells) + far_above_error);
  }
}

ToxicityCopula::Common ToxicityCopula::sample_common(NumberColumns& numbers, const ToxicityCases& patients,
                                                     Arena& arena) const {
  const std::size_t n = patients.om.size();
  const Common common{arena.take<double>(n), arena.take<double>(n), arena.take<double>(n), arena.take<double>(n, 0.0)};
  std::ranges::copy(numbers.next(), common.shared.begin());
  to_normal_scores(common.shared);
  for (double& score : common.shared) score *= std::sqrt(shared_);
  std::ranges::copy(numbers.next(), common.start.begin());
  const std::span<const double> chance = numbers.next();
  for (std::size_t i = 0; i < n; ++i)
    common.independent[i] = chance[i] < (patients.om[i] > 0 ? om_ : op_).independent_share;
  return common;
}

// Whether the normal number by inversion of the uniform one takes the term over its threshold: looked up, but for the
// few in the cell where the threshold is.
void ToxicityCopula::find_those_with(std::size_t term, std::span<const double> shared, std::span<const double> own,
                                     std::span<double> has) const {
  const double threshold = threshold_[term];
  for (std::size_t i = 0; i < has.size(); ++i) {
    const auto cell = static_cast<std::size_t>(own[i] * OwnPart::cells);
    const bool surely = shared[i] + own_.lower[cell] > threshold, perhaps = shared[i] + own_.upper[cell] > threshold;
    has[i] = surely;
    if (perhaps != surely) [[unlikely]]
      has[i] = shared[i] + own_.factor * normal_quantile(own[i]) > threshold;
  }
}

void ToxicityCopula::raise_to_grade_3(std::size_t term, const Common& common, const ToxicityCases& patients,
                                      std::span<const double> severe, std::span<const double> kept,
                                      std::span<const double> has, std::span<double> grade) const {
  const double op_share = op_.given_any[term], om_share = om_.given_any[term];
  if (op_share == 0 && om_share == 0) return;
  const auto raised = [&](const auto& om, const auto& independent, const auto& sum, const auto& start,
                          const auto& of_severe, const auto& of_kept, const auto& kept_below, const auto& grade_1_2) {
    using V = std::remove_cvref_t<decltype(om)>;
    const V share = either(om, om_share, op_share);
    // Systematic sampling: the points start, start + 1, ... on the terms laid end to end.
    const V hit = floor_of(sum + share - start) - floor_of(sum - start);
    const V chosen = independent > 0.0 ? share - of_severe : hit;
    return ((chosen > 0.0) & (of_kept < kept_below) & (grade_1_2 > 0.0)) ? V{} + 3.0 : grade_1_2;
  };
  fill_in_lanes(grade, raised, patients.om, common.independent, common.sum, common.start, severe, kept,
                patients.grade_3, grade);
  fill_in_lanes(
      common.sum,
      [&](const auto& om, const auto& any, const auto& sum) { return sum + either(om, om_share, op_share) * any; },
      patients.om, has, common.sum);
}

void ToxicityCopula::sample(NumberColumns& numbers, const ToxicityCases& patients, double grade_2_share,
                            std::span<const std::span<double>> grades, Arena& arena) const {
  const Arena::Scope scope(arena);
  const Common common = sample_common(numbers, patients, arena);
  const std::span<double> has = arena.take<double>(patients.om.size());
  for (std::size_t k = 0; k < terms(); ++k) {
    const TermNumbers term(numbers);
    find_those_with(k, common.shared, term.own, has);
    const std::span<double> grade = grades[k];
    const auto grade_1_2 = [&](const auto& any, const auto& kept, const auto& kept_below, const auto& minor) {
      using V = std::remove_cvref_t<decltype(any)>;
      return kept < kept_below ? any * (minor < grade_2_share ? V{} + 2.0 : V{} + 1.0) : V{};
    };
    fill_in_lanes(grade, grade_1_2, has, term.kept, patients.any_grade, term.minor);
    raise_to_grade_3(k, common, patients, term.severe, term.kept, has, grade);
  }
}

}  // namespace oligosim
