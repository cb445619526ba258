#include "models/disease/plain_survival/endpoint_distribution.hpp"

#include <utility>

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

double EndpointDistribution::inverse_over_pieces(double target) const {
  std::size_t k = pieces_.size() - 1;
  while (k > 0 && before_[k] >= target) --k;
  const double hazard = pieces_[k].hazard;
  return hazard > 0 ? start_[k] + (target - before_[k]) / hazard : std::numeric_limits<double>::infinity();
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
