#include "models/disease/piecewise_hazard.hpp"

#include <algorithm>
#include <utility>

namespace oligosim {

PiecewiseHazard::PiecewiseHazard(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {}

double PiecewiseHazard::inverse_over_pieces(double target, double start, double onset, double effect) const {
  double u = start;
  for (std::size_t k = 0; k < pieces_.size(); ++k) {
    const Piece& piece = pieces_[k];
    const double change = piece.responds ? std::clamp(onset, piece.from, end(k)) : end(k);
    for (const auto& [until, factor] : {std::pair{change, piece.factor}, std::pair{end(k), piece.factor * effect}}) {
      if (until <= u) continue;
      const double needed = factor > 0 ? target / factor : infinity;
      if (needed < until - u) return u + needed;
      if (until == infinity) return infinity;
      target = std::max(0.0, target - factor * (until - u));
      u = until;
    }
  }
  return infinity;
}

double PiecewiseHazard::cumulative(double u, double onset, double effect) const {
  double sum = 0;
  for (std::size_t k = 0; k < pieces_.size() && pieces_[k].from < u; ++k) {
    const Piece& piece = pieces_[k];
    const double until = std::min(end(k), u);
    const double change = piece.responds ? std::clamp(onset, piece.from, until) : until;
    sum += piece.factor * ((change - piece.from) + effect * (until - change));
  }
  return sum;
}

}  // namespace oligosim
