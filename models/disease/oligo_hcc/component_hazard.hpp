#pragma once

#include <span>

#include "engine/memory/arena.hpp"
#include "models/disease/piecewise_hazard.hpp"

namespace oligosim {

/// What a component of the course depends on beside its hazard, one element a patient; empty: as said.
struct ComponentCases {
  std::span<const double> target;   // cumulative factor at which it happens
  std::span<const double> start{};  // from when on that counts; empty: 0
  std::span<const double> onset{};  // of the response, which changes the hazard by `effect`; empty: there is none
  double effect = 1;
  std::span<const double> stop{};  // of systemic therapy, from when on the hazard changes by `ratio`; empty: none
  double ratio = 1;
};

/// A component of the course whose hazard is each patient's own, that of his arm: the times of all patients at once.
class ComponentHazard {
 public:
  /// `of(i)`: the hazard of patient i, which stays where it is.
  template <class Of>
  ComponentHazard(std::size_t patients, const Of& of, Arena& arena)
      : hazard_(arena.take<const PiecewiseHazard*>(patients)),
        factor_(arena.take<double>(patients)),
        responds_(arena.take<double>(patients)),
        possible_(arena.take<double>(patients)) {
    for (std::size_t i = 0; i < patients; ++i) {
      const PiecewiseHazard& own = of(i);
      const PiecewiseHazard::Piece& first = own.pieces().front();
      hazard_[i] = &own, factor_[i] = first.factor, responds_[i] = first.responds;
      possible_[i] = (first.factor > 0) | (own.pieces().size() > 1);
      one_piece_ = one_piece_ && own.pieces().size() == 1;
    }
  }

  /// 1 for those to whom it can happen.
  std::span<const double> possible() const { return possible_; }

  /// StoppedHazard::inverse of each patient. Not both starts and onsets.
  void inverse(const ComponentCases& cases, std::span<double> time) const;

 private:
  void inverse_one_by_one(const ComponentCases& cases, std::span<double> time) const;

  std::span<const PiecewiseHazard*> hazard_;
  std::span<double> factor_, responds_;  // of the first piece
  std::span<double> possible_;
  bool one_piece_ = true;  // there are no others
};

}  // namespace oligosim
