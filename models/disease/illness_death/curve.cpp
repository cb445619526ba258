#include "models/disease/illness_death/curve.hpp"

#include <cmath>
#include <utility>

namespace oligosim {
namespace {

/// The integral of exp(-x s) over s from 0 to 1.
double mean_exponential(double x) { return std::abs(x) < 1e-12 ? 1 : -std::expm1(-x) / x; }

}  // namespace

IllnessDeathCurve::IllnessDeathCurve(std::vector<Piece> pieces, Crossover crossover)
    : pieces_(std::move(pieces)), crossover_(crossover) {
  start_.push_back({1, 0, 0});
  for (std::size_t k = 1; k < pieces_.size(); ++k)
    start_.push_back(advanced(start_[k - 1], pieces_[k - 1], pieces_[k].from_month - pieces_[k - 1].from_month));
}

IllnessDeathCurve::State IllnessDeathCurve::advanced(const State& state, const Piece& piece, double months) const {
  const double leaving = piece.progression + piece.death_before_progression;
  State later{state[0] * std::exp(-leaving * months), 0, 0};
  const double share[] = {1 - crossover_.share, crossover_.share};
  const double death[] = {piece.death_after_progression, piece.death_after_progression * crossover_.hazard_ratio};
  for (std::size_t k = 0; k < 2; ++k) {
    const double entered = state[0] * piece.progression * share[k] * months;
    later[k + 1] =
        std::exp(-death[k] * months) * (state[k + 1] + entered * mean_exponential((leaving - death[k]) * months));
  }
  return later;
}

std::size_t IllnessDeathCurve::piece_at(double month) const {
  std::size_t k = pieces_.size() - 1;
  while (k > 0 && pieces_[k].from_month > month) --k;
  return k;
}

IllnessDeathCurve::State IllnessDeathCurve::at(double month) const {
  if (month <= 0) return start_.front();
  const std::size_t k = piece_at(month);
  return advanced(start_[k], pieces_[k], month - pieces_[k].from_month);
}

double IllnessDeathCurve::pfs(double month) const { return at(month)[0]; }

double IllnessDeathCurve::pfs_density(double month) const {
  if (month < 0) return 0;
  const Piece& piece = pieces_[piece_at(month)];
  return (piece.progression + piece.death_before_progression) * pfs(month);
}

double IllnessDeathCurve::os(double month) const {
  const State state = at(month);
  return state[0] + state[1] + state[2];
}

double IllnessDeathCurve::os_density(double month) const {
  if (month < 0) return 0;
  const Piece& piece = pieces_[piece_at(month)];
  const State state = at(month);
  return piece.death_before_progression * state[0] +
         piece.death_after_progression * (state[1] + crossover_.hazard_ratio * state[2]);
}

std::vector<double> IllnessDeathCurve::breaks() const {
  std::vector<double> months;
  for (std::size_t k = 1; k < pieces_.size(); ++k) months.push_back(pieces_[k].from_month);
  return months;
}

}  // namespace oligosim
