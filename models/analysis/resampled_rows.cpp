#include "models/analysis/resampled_rows.hpp"

namespace oligosim {

ResampledRows::Room ResampledRows::room_in(Arena& arena) const {
  Room room;
  room.unit = arena.take<Lanes>(resamples_->units());
  room.row = unit_of_row_.empty() ? room.unit : arena.take<Lanes>(unit_of_row_.size());
  if (version_ == RowVersion::second_level) room.first_level = arena.take<Lanes>(resamples_->units());
  return room;
}

void ResampledRows::fill(std::size_t first, const Room& room, Arena& arena) const {
  const auto number = static_cast<std::uint32_t>(first);
  switch (version_) {
    case RowVersion::resample:
      resamples_->weights(number, room.unit);
      break;
    case RowVersion::second_level:
      resamples_->weights(number, room.first_level);
      resamples_->second_level(number, room.first_level, room.unit, arena);
      break;
    case RowVersion::leave_one_out:
      resamples_->leave_one_out(first, room.unit);
      break;
  }
  for (std::size_t row = 0; row < unit_of_row_.size(); ++row) room.row[row] = room.unit[unit_of_row_[row]];
}

}  // namespace oligosim
