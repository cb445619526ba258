#include "models/disease/oligo_hcc/component_hazard.hpp"

#include <cassert>
#include <limits>

#include "engine/numeric/columns_in_lanes.hpp"
#include "models/disease/oligo_hcc/discontinuation.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

std::span<PiecewiseHazard::Piece> ComponentHazard::first_pieces(Arena& arena) {
  const std::span<PiecewiseHazard::Piece> first = arena.take<PiecewiseHazard::Piece>(hazards_.size());
  for (std::size_t k = 0; k < first.size(); ++k) {
    first[k] = hazards_[k]->pieces().front();
    one_piece_ = one_piece_ && hazards_[k]->pieces().size() == 1;
  }
  return first;
}

std::span<const double> ComponentHazard::possible(Arena& arena) const {
  const std::span<double> all = arena.take<double>(which_.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = (factor_[i] > 0) | (!one_piece_ && hazards_[which_[i]]->pieces().size() > 1);
  return all;
}

// Hazards of one piece, as PiecewiseHazard::inverse with its bits: constant until the onset, constant from then on.
void ComponentHazard::inverse(const ComponentCases& cases, std::span<double> time) const {
  assert(cases.start.empty() || cases.onset.empty());
  if (!one_piece_ || !cases.stop.empty()) return inverse_one_by_one(cases, time);
  in_lanes(time.size(), [&](const auto& here) {
    const auto factor = here(factor_), target = here(cases.target), never = here.number(infinity);
    const auto start = cases.start.empty() ? here.number(0) : here(cases.start);
    const auto before = factor > 0.0 ? start + target / factor : never;
    if (cases.onset.empty()) return here.put(time, before);
    const auto onset = here(responds_) > 0.0 ? here(cases.onset) : never;
    const auto changed = factor * cases.effect, left = larger(here.number(0), target - factor * onset);
    const auto after = (onset < infinity) & (changed > 0.0) ? onset + left / changed : never;
    here.put(time, before < onset ? before : after);
  });
}

void ComponentHazard::inverse_one_by_one(const ComponentCases& cases, std::span<double> time) const {
  for (std::size_t i = 0; i < time.size(); ++i) {
    const StoppedHazard own{*hazards_[which_[i]], element(cases.stop, i, infinity), cases.ratio};
    time[i] = own.inverse(cases.target[i], element(cases.start, i, 0), element(cases.onset, i, infinity), cases.effect);
  }
}

}  // namespace oligosim
