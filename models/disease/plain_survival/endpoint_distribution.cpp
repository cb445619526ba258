#include "models/disease/plain_survival/endpoint_distribution.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "engine/numeric/elementary.hpp"

namespace oligosim {

EndpointDistribution::EndpointDistribution(std::vector<Piece> pieces, double cured, double shape)
    : pieces_(std::move(pieces)), cured_(cured), shape_(shape) {
  double sum = 0;
  for (std::size_t k = 0; k < pieces_.size(); ++k) {
    start_.push_back(scaled(pieces_[k].from_month));
    if (k > 0) sum += pieces_[k - 1].hazard * (start_[k] - start_[k - 1]);
    before_.push_back(sum);
  }
}

/// Infinity: never.
double EndpointDistribution::month_at(double cumulative_hazard) const {
  std::size_t k = pieces_.size() - 1;
  while (k > 0 && before_[k] >= cumulative_hazard) --k;
  const double hazard = pieces_[k].hazard;
  if (!(hazard > 0)) return std::numeric_limits<double>::infinity();
  const double month = start_[k] + (cumulative_hazard - before_[k]) / hazard;
  return shape_ == 1 ? month : std::pow(month, 1 / shape_);
}

namespace {

using Means = std::array<double, 256>;  // by arm

// Of two arms, four patients at once: a register holds the means to choose from.
void multiply_by_two(std::span<double> values, std::span<const std::uint8_t> arm, const Means& mean) {
  const __m256d both = _mm256_setr_pd(mean[0], mean[1], mean[0], mean[1]);
  std::size_t i = 0;
  for (; i + 4 <= values.size(); i += 4) {
    std::int32_t arms;
    std::memcpy(&arms, &arm[i], sizeof arms);
    const __m256i choice = _mm256_slli_epi64(_mm256_cvtepu8_epi64(_mm_cvtsi32_si128(arms)), 1);  // read off bit 1
    _mm256_storeu_pd(&values[i], _mm256_loadu_pd(&values[i]) * _mm256_permutevar_pd(both, choice));
  }
  for (; i < values.size(); ++i) values[i] *= mean[arm[i]];
}

}  // namespace

// In passes over all patients, which need no branch for one of them where the distributions are simple.
void to_months(std::span<double> values, std::span<const EndpointDistribution> by_arm,
               std::span<const std::uint8_t> arm, std::span<const double> hazard_ratio) {
  const auto any = [&](const auto& is_so) { return std::ranges::any_of(by_arm, is_so); };
  if (any([](const EndpointDistribution& d) { return d.cured_ > 0; }))
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double cured = by_arm[arm[i]].cured_;
      values[i] = std::max(0.0, values[i] - cured) / (1 - cured);
    }
  to_exponentials(values);
  for (std::size_t i = 0; i < hazard_ratio.size(); ++i) values[i] /= hazard_ratio[i];
  if (any([](const EndpointDistribution& d) { return d.pieces_.size() > 1 || d.shape_ != 1; })) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = by_arm[arm[i]].month_at(values[i]);
  } else {
    Means mean{};
    for (std::size_t k = 0; k < by_arm.size(); ++k) mean[k] = 1 / by_arm[k].pieces_[0].hazard;
    if (by_arm.size() <= 2) return multiply_by_two(values, arm, mean);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] *= mean[arm[i]];
  }
}

std::size_t EndpointDistribution::piece_at(double month) const {
  std::size_t k = pieces_.size() - 1;
  while (k > 0 && pieces_[k].from_month > month) --k;
  return k;
}

double EndpointDistribution::cumulative_hazard(double month) const {
  const std::size_t k = piece_at(month);
  return before_[k] + pieces_[k].hazard * (scaled(month) - start_[k]);
}

double EndpointDistribution::survival(double month) const {
  return month <= 0 ? 1 : cured_ + (1 - cured_) * std::exp(-cumulative_hazard(month));
}

double EndpointDistribution::density(double month) const {
  if (month < 0) return 0;
  const double stretch = shape_ == 1 ? 1 : shape_ * std::pow(month, shape_ - 1);  // d(t^shape) / dt
  return (1 - cured_) * pieces_[piece_at(month)].hazard * stretch * std::exp(-cumulative_hazard(month));
}

std::vector<double> EndpointDistribution::breaks() const {
  std::vector<double> months;
  for (std::size_t k = 1; k < pieces_.size(); ++k) months.push_back(pieces_[k].from_month);
  return months;
}

EndpointDistribution EndpointDistribution::with_hazard_ratios(std::span<const HazardRatioFrom> ratios) const {
  std::vector<double> months = breaks();
  for (const HazardRatioFrom& change : ratios) months.push_back(change.from_month);
  std::vector<Piece> pieces;
  for (const double month : change_months(std::move(months)))
    pieces.push_back({month, pieces_[piece_at(month)].hazard * ratio_at(ratios, month)});
  return EndpointDistribution(std::move(pieces), cured_, shape_);
}

EndpointDistribution EndpointDistribution::with_hazard_ratio(double ratio, double from_month) const {
  const HazardRatioFrom change{from_month, ratio};
  return with_hazard_ratios({&change, 1});
}

EndpointDistribution EndpointDistribution::with_time_ratio(double ratio) const {
  std::vector<Piece> pieces;
  for (const Piece& piece : pieces_) pieces.push_back({piece.from_month * ratio, piece.hazard / scaled(ratio)});
  return EndpointDistribution(std::move(pieces), cured_, shape_);
}

}  // namespace oligosim
