#include "models/analysis/resampled_rows.hpp"

namespace oligosim {

template <class T>
ResampledRows::Rows<T> ResampledRows::rows_in(Arena& arena) const {
  const std::span<T> unit = arena.take<T>(resamples_->units());
  return {unit, unit_of_row_.empty() ? unit : arena.take<T>(unit_of_row_.size())};
}

template <class T>
std::span<const T> ResampledRows::of_rows(const Rows<T>& rows) const {
  for (std::size_t row = 0; row < unit_of_row_.size(); ++row) rows.row[row] = rows.unit[unit_of_row_[row]];
  return rows.row;
}

ResampledRows::Room ResampledRows::room_in(Arena& arena) const {
  Room room;
  if (version_ == RowVersion::resample && resamples_->whole()) {
    room.counts = rows_in<WholeLanes>(arena);
  } else {
    room.numbers = rows_in<Lanes>(arena);
  }
  if (version_ == RowVersion::second_level) room.first_level = arena.take<Lanes>(resamples_->units());
  return room;
}

CaseWeights ResampledRows::weights(std::size_t first, const Room& room, Arena& arena) const {
  const auto number = static_cast<std::uint32_t>(first);
  switch (version_) {
    case RowVersion::resample:
      if (!resamples_->whole()) {
        resamples_->weights(number, room.numbers.unit);
        break;
      }
      resamples_->counts(number, room.counts.unit);
      return CaseWeights(of_rows(room.counts));
    case RowVersion::second_level:
      resamples_->weights(number, room.first_level);
      resamples_->second_level(number, room.first_level, room.numbers.unit, arena);
      break;
    case RowVersion::leave_one_out:
      resamples_->leave_one_out(first, room.numbers.unit);
      break;
    case RowVersion::as_it_is:
      std::ranges::fill(room.numbers.unit, broadcast<Lanes>(1.0));
      break;
  }
  return of_rows(room.numbers);
}

}  // namespace oligosim
