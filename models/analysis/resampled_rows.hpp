#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/resampling/resamples.hpp"
#include "engine/statistics/case_weights.hpp"

namespace oligosim {

/// Which versions of a data set: its resamples, one resample of each of them, everybody but one unit, or as it is.
enum class RowVersion { resample, second_level, leave_one_out, as_it_is };

/// Told how many more versions have been evaluated; empty: nobody listens.
using ResamplesDone = std::function<void(std::size_t)>;

/// Versions of the rows of a data set as weights, eight side by side. Units are resampled; the rows of a unit (the
/// lesions of a patient) have its weight.
class ResampledRows {
 public:
  /// `unit_of_row`: empty where the rows are the units.
  ResampledRows(const Resamples& resamples, std::span<const std::uint32_t> unit_of_row, RowVersion version,
                std::size_t count, const ResamplesDone* done = nullptr)
      : resamples_(&resamples), unit_of_row_(unit_of_row), version_(version), count_(count), done_(done) {}

  std::size_t count() const { return count_; }
  /// Empty where the rows are the units.
  std::span<const std::uint32_t> unit_of_row() const { return unit_of_row_; }

  /// Calls f(first, weights): CaseWeights of the rows of the data set, lane k for version first + k; of the last eight
  /// those beyond count() are there too. What f takes from the arena is given back after each call.
  template <class F>
  void for_each_eight(Arena& arena, const F& f) const {
    const Arena::Scope all(arena);
    const Room room = room_in(arena);
    for (std::size_t first = 0; first < count_; first += lanes) {
      const Arena::Scope eight(arena);
      f(first, weights(first, room, arena));
      if (done_ != nullptr && *done_) (*done_)(std::min(lanes, count_ - first));
    }
  }

 private:
  /// Of counts, of numbers, or of both.
  template <class T>
  struct Rows {
    std::span<T> unit, row;
  };
  struct Room {
    Rows<WholeLanes> counts;
    Rows<Lanes> numbers;
    std::span<Lanes> first_level;
  };
  template <class T>
  Rows<T> rows_in(Arena& arena) const;
  template <class T>
  std::span<const T> of_rows(const Rows<T>& rows) const;
  Room room_in(Arena& arena) const;
  CaseWeights weights(std::size_t first, const Room& room, Arena& arena) const;

  const Resamples* resamples_;
  std::span<const std::uint32_t> unit_of_row_;
  RowVersion version_;
  std::size_t count_;
  const ResamplesDone* done_;
};

/// The numbers of an analysis in all versions: [label * count + version].
struct ResampledValues {
  std::size_t count = 0;
  std::span<double> value;     // as Estimate::estimate; NaN where missing, infinite where `unbounded` and not reached
  std::span<double> variance;  // squared standard errors; empty where nobody wants them

  void put(std::size_t label, std::size_t first, const Lanes& values) const { write(value, label, first, values); }
  void put_variance(std::size_t label, std::size_t first, const Lanes& values) const {
    write(variance, label, first, values);
  }
  std::span<double> of(std::size_t label) const { return value.subspan(label * count, count); }
  std::span<double> variance_of(std::size_t label) const { return variance.subspan(label * count, count); }

 private:
  void write(std::span<double> all, std::size_t label, std::size_t first, const Lanes& values) const {
    for (std::size_t k = 0; k < lanes && first + k < count; ++k) all[label * count + first + k] = values[k];
  }
};

}  // namespace oligosim
