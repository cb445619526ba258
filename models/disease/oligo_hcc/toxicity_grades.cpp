// Grades of toxicity of all patients, term by term.
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
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

/// Elements k and k + 1 of a table, k being the whole part of a place in it.
template <Weight V>
struct Neighbors {
  V lower, upper;
};

Neighbors<double> around(std::span<const double> table, double place) {
  const auto k = static_cast<std::uint32_t>(place);
  return {table[k], table[k + 1]};
}

Neighbors<HalfLanes> around(std::span<const double> table, const HalfLanes& place) {
  const __m128i k = _mm256_cvttpd_epi32(reinterpret_cast<__m256d>(place));
  const auto two = [&](int of_lane) { return _mm_loadu_pd(table.data() + of_lane); };
  const __m256d even = _mm256_set_m128d(two(_mm_extract_epi32(k, 2)), two(_mm_cvtsi128_si32(k))),
                odd = _mm256_set_m128d(two(_mm_extract_epi32(k, 3)), two(_mm_extract_epi32(k, 1)));
  return {reinterpret_cast<HalfLanes>(_mm256_unpacklo_pd(even, odd)),
          reinterpret_cast<HalfLanes>(_mm256_unpackhi_pd(even, odd))};
}

}  // namespace

ToxicityCopula::OwnPart::OwnPart(double shared) : factor(std::sqrt(1 - shared)) {
  for (std::size_t k = 0; k <= cells; ++k) edge[k] = factor * normal_quantile(static_cast<double>(k) / cells);
}

ToxicityCopula::Common ToxicityCopula::sample_common(NumberColumns& numbers, const ToxicityCases& patients,
                                                     Arena& arena) const {
  const std::size_t n = patients.om.size();
  const Common common{arena.take<double>(n), arena.take<double>(n), arena.take<double>(n), arena.take<double>(n, 0.0)};
  std::ranges::copy(numbers.next(), common.shared.begin());
  to_normal_scores(common.shared);
  const double root = std::sqrt(shared_);
  for (double& score : common.shared) score *= root;
  std::ranges::copy(numbers.next(), common.start.begin());
  const auto independent = [op = op_.independent_share, of_om = om_.independent_share](const auto& om,
                                                                                       const auto& chance) {
    using V = std::remove_cvref_t<decltype(om)>;
    return chance < either(om, of_om, op) ? V{} + 1.0 : V{};
  };
  fill_in_lanes(common.independent, independent, patients.om, numbers.next());
  return common;
}

// Whether the normal number by inversion of the uniform one takes the term over its threshold: by the edges of the
// number's cell, but for the few in the cell where the threshold is.
void ToxicityCopula::find_those_with(std::size_t term, std::span<const double> shared, std::span<const double> own,
                                     std::span<double> has) const {
  const double threshold = threshold_[term], slack = own_.factor * far_above_error;
  const auto exactly = [&](double of_shared, double of_own) {
    return of_shared + own_.factor * normal_quantile(of_own) > threshold ? 1.0 : 0.0;
  };
  const auto with = [&](const auto& of_shared, const auto& of_own) {
    using V = std::remove_cvref_t<decltype(of_own)>;
    const auto [lower, upper] = around(own_.edge, of_own * static_cast<double>(OwnPart::cells));
    const V needed = threshold - of_shared;
    const auto surely = lower > needed + slack, perhaps = upper > needed - slack;
    if (all(surely == perhaps)) [[likely]]
      return surely ? V{} + 1.0 : V{};
    return from_lanes<V>([&](std::size_t k) { return exactly(lane(of_shared, k), lane(of_own, k)); });
  };
  fill_in_lanes(has, with, shared, own);
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
