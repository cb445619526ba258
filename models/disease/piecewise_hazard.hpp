#pragma once

#include <limits>
#include <span>
#include <vector>

namespace oligosim {

/// What an arm does to one component of the course over time: a piecewise constant factor of its baseline hazard, on
/// the scale u of the component's baseline cumulative hazard (u = t^k for a Weibull, u = t for an exponential).
class PiecewiseHazard {
 public:
  struct Piece {
    double from;    // on the scale u; the first piece starts at 0
    double factor;  // 0: the component is absent
    bool responds;  // a response of the irradiated lesions changes it further
    bool operator==(const Piece&) const = default;
  };

  PiecewiseHazard() : PiecewiseHazard({{0, 1, false}}) {}
  explicit PiecewiseHazard(std::vector<Piece> pieces);

  /// The u at which the cumulative factor since `start` reaches `target`; infinity: never. In a piece that responds
  /// the factor is multiplied by `effect` from `onset` on (infinity: no response). Exact, as the sum is linear in u.
  double inverse(double target, double start = 0, double onset = infinity, double effect = 1) const {
    if (pieces_.size() == 1 && onset == infinity)
      return pieces_[0].factor > 0 ? start + target / pieces_[0].factor : infinity;
    return inverse_over_pieces(target, start, onset, effect);
  }

  /// The cumulative factor from 0 to u.
  double cumulative(double u, double onset = infinity, double effect = 1) const;

  std::span<const Piece> pieces() const { return pieces_; }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  double end(std::size_t piece) const { return piece + 1 < pieces_.size() ? pieces_[piece + 1].from : infinity; }
  double inverse_over_pieces(double target, double start, double onset, double effect) const;

  std::vector<Piece> pieces_;
};

}  // namespace oligosim
