#include "engine/resampling/resamples.hpp"

#include <algorithm>
#include <cassert>

#include "engine/numeric/elementary.hpp"
#include "engine/random/unit.hpp"
#include "engine/resampling/place_draws.hpp"
#include "engine/resampling/words_of_eight.hpp"

namespace oligosim {

Resamples::Resamples(const ResampleFrame& frame, CaseKind kind, Streams streams, Arena& arena)
    : frame_(frame), kind_(kind), streams_(streams) {
  assert(frame.stratum.empty() || frame.stratum.size() == frame.units);
  const std::size_t strata = frame.stratum.empty() ? 1 : frame.strata;
  const std::span<std::uint32_t> unit = arena.take<std::uint32_t>(frame.units);
  const std::span<std::uint32_t> end = arena.take<std::uint32_t>(strata, 0);
  const auto stratum = [&](std::size_t i) { return frame.stratum.empty() ? std::size_t{0} : frame.stratum[i]; };
  for (std::size_t i = 0; i < frame.units; ++i) ++end[stratum(i)];
  std::uint32_t total = 0;
  for (std::uint32_t& e : end) {
    const std::uint32_t count = e;
    e = total;
    total += count;
  }
  for (std::size_t i = 0; i < frame.units; ++i) unit[end[stratum(i)]++] = static_cast<std::uint32_t>(i);
  unit_ = unit;
  end_ = end;
  if (kind == CaseKind::multinomial) count_ = arena.take<WholeLanes>(frame.units);
}

void Resamples::weights(std::uint32_t first, std::span<Lanes> out) const {
  assert(out.size() == frame_.units);
  if (kind_ == CaseKind::exponential) return exponential(first, out);
  draw(first, count_);
  for (std::size_t place = 0; place < count_.size(); ++place) write_numbers(count_[place], out[unit_[place]]);
}

void Resamples::counts(std::uint32_t first, std::span<WholeLanes> out) const {
  assert(whole() && out.size() == frame_.units);
  if (end_.size() == 1) return draw(first, out);  // its places are the units
  draw(first, count_);
  for (std::size_t place = 0; place < count_.size(); ++place) out[unit_[place]] = count_[place];
}

void Resamples::draw(std::uint32_t first, std::span<WholeLanes> count) const {
  PlaceDraws{streams_, Purpose::bootstrap, first, end_}.count(count);
}

void Resamples::exponential(std::uint32_t first, std::span<Lanes> out) const {
  WordsOfEight words(streams_, Purpose::bootstrap, first);
  for (std::size_t place = 0; place < unit_.size();) {
    words.advance(unit_.size() - place);
    const std::size_t begin = place;
    for (std::size_t k = 0; k < lanes; ++k) {
      const std::span<const std::uint32_t> of_lane = words.of(k);
      place = begin;
      for (std::size_t w = 0; w < of_lane.size() && place < unit_.size(); ++w, ++place)
        lane_of(out[unit_[place]], k) = unit(of_lane[w]);
    }
  }
  to_exponentials({reinterpret_cast<double*>(out.data()), lanes * out.size()});
  std::size_t begin = 0;
  for (const std::uint32_t end : end_) {
    Lanes sum{};
    for (std::size_t place = begin; place < end; ++place) sum += out[unit_[place]];
    const Lanes scale = static_cast<double>(end - begin) / sum;
    for (; begin < end; ++begin) out[unit_[begin]] *= scale;
  }
}

void Resamples::second_level(std::uint32_t first, std::span<const Lanes> weights, std::span<Lanes> out,
                             Arena& arena) const {
  assert(kind_ == CaseKind::multinomial && weights.size() == frame_.units && out.size() == frame_.units);
  const Arena::Scope scope(arena);
  // The places of the copies of each lane: a stratum has as many as places.
  const std::span<std::uint32_t> copy = arena.take<std::uint32_t>(lanes * frame_.units);
  for (std::size_t k = 0; k < lanes; ++k) {
    std::size_t size = k * frame_.units;
    for (std::uint32_t place = 0; place < unit_.size(); ++place) {
      for (double w = weights[unit_[place]][k]; w > 0.0; w -= 1.0) copy[size++] = place;
    }
    assert(size == (k + 1) * frame_.units);
  }
  PlaceDraws{streams_, Purpose::double_bootstrap, first, end_}.count_copies(copy, count_);
  for (std::size_t place = 0; place < count_.size(); ++place) write_numbers(count_[place], out[unit_[place]]);
}

void Resamples::leave_one_out(std::size_t first, std::span<Lanes> out) const {
  assert(out.size() == frame_.units);
  std::fill(out.begin(), out.end(), broadcast<Lanes>(1.0));
  for (std::size_t k = 0; k < lanes && first + k < out.size(); ++k) lane_of(out[first + k], k) = 0.0;
}

}  // namespace oligosim
