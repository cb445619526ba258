#pragma once

#include <cstdint>
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

/// A component of the course whose hazard is one of some, that of a patient's arm: the times of all patients at once.
class ComponentHazard {
 public:
  /// hazards[which(i)] is that of patient i; the list and what it points at stay where they are.
  template <class Which>
  ComponentHazard(std::span<const PiecewiseHazard* const> hazards, std::size_t patients, const Which& which,
                  Arena& arena)
      : hazards_(hazards),
        which_(arena.take<std::uint32_t>(patients)),
        factor_(arena.take<double>(patients)),
        responds_(arena.take<double>(patients)) {
    const std::span<PiecewiseHazard::Piece> first = first_pieces(arena);
    for (std::size_t i = 0; i < patients; ++i) {
      const auto of_patient = static_cast<std::uint32_t>(which(i));
      which_[i] = of_patient, factor_[i] = first[of_patient].factor, responds_[i] = first[of_patient].responds;
    }
  }

  /// 1 for those to whom it can happen.
  std::span<const double> possible(Arena& arena) const;

  /// StoppedHazard::inverse of each patient. Not both starts and onsets.
  void inverse(const ComponentCases& cases, std::span<double> time) const;

 private:
  /// Of each hazard; whether any has others is found on the way.
  std::span<PiecewiseHazard::Piece> first_pieces(Arena& arena);
  void inverse_one_by_one(const ComponentCases& cases, std::span<double> time) const;

  std::span<const PiecewiseHazard* const> hazards_;
  std::span<std::uint32_t> which_;       // of them
  std::span<double> factor_, responds_;  // of the first piece
  bool one_piece_ = true;                // there are no others
};

}  // namespace oligosim
