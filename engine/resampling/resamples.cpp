#include "engine/resampling/resamples.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <concepts>
#include <cstring>

#include "engine/random/unit.hpp"
#include "engine/statistics/elementary.hpp"

namespace oligosim {

namespace {

/// How often each place is drawn in each lane.
class PlaceCounts {
 public:
  explicit PlaceCounts(std::span<WholeLanes> count) : count_(count) {}
  void clear() const { std::ranges::fill(count_, WholeLanes{}); }
  void add(std::uint32_t place, std::size_t k) const { ++reinterpret_cast<Count*>(&count_[place])[k]; }

 private:
  using Count [[gnu::may_alias]] = std::int32_t;

  std::span<WholeLanes> count_;
};

/// The numbers of eight streams in their order, some blocks at a time.
class WordsOfEight {
 public:
  static constexpr std::size_t most = 128;  // numbers of a stream at a time

  WordsOfEight(const Streams& streams, Purpose purpose, std::uint32_t first)
      : streams_(streams), purpose_(purpose), first_(first) {}

  /// The next numbers of each stream, at least one and not many more than `wanted`: four blocks at a time, which are
  /// made side by side.
  void advance(std::size_t wanted) {
    const std::size_t blocks = std::min((wanted + 15) / 16 * 4, most / 4);
    std::array<std::span<std::uint32_t>, lanes> out;
    for (std::size_t k = 0; k < lanes; ++k) out[k] = std::span(word_[k]).first(4 * blocks);
    streams_.words(purpose_, first_, block_, out);
    block_ += static_cast<std::uint32_t>(blocks);
    size_ = 4 * blocks;
  }

  std::size_t size() const { return size_; }
  std::span<std::uint32_t> of(std::size_t k) { return std::span(word_[k]).first(size_); }

 private:
  const Streams& streams_;
  Purpose purpose_;
  std::uint32_t first_, block_ = 0;
  std::size_t size_ = 0;
  std::array<std::array<std::uint32_t, most>, lanes> word_;
};

/// A number of 32 bits gives two places of a stratum, as quotient and remainder of one of size^2 values, unless the
/// stratum is so large that it would often be drawn again.
constexpr bool in_pairs(std::uint32_t size) { return size <= 512; }
constexpr std::uint32_t values_of(std::uint32_t size) { return in_pairs(size) ? size * size : size; }
constexpr std::uint32_t surplus_of(std::uint32_t values) { return (0u - values) % values; }  // 2^32 mod values

/// Draws of one lane: from each stratum as many of its places as it has, by numbers that are each
/// Stream::below(values_of(size)). It can stop wherever the numbers at hand end: a lane that rejects one is behind the
/// others.
class Draws {
 public:
  explicit Draws(std::span<const std::uint32_t> end) : end_(end) { enter(0); }

  bool finished() const { return stratum_ == end_.size(); }

  /// Calls use(place), a place in the order by stratum.
  template <class Use>
  void take(std::span<const std::uint32_t> words, const Use& use) {
    const std::uint32_t* word = words.data();
    const std::uint32_t* const last = word + words.size();
    while (!finished()) {
      word = in_pairs(size_) ? take_pairs(word, last, use) : take_singles(word, last, use);
      if (drawn_ < size_) return;
      enter(stratum_ + 1);
    }
  }

 private:
  // Both return the first number that they leave.
  template <class Use>
  const std::uint32_t* take_pairs(const std::uint32_t* word, const std::uint32_t* last, const Use& use) {
    for (; drawn_ < size_ && word != last; ++word) {
      const std::uint64_t product = std::uint64_t{*word} * size_ * size_;
      if (static_cast<std::uint32_t>(product) < surplus_) continue;  // drawn again, as Stream::below
      const auto value = static_cast<std::uint32_t>(product >> 32);
      use(begin_ + value / size_);
      if (++drawn_ == size_) continue;
      use(begin_ + value % size_);
      ++drawn_;
    }
    return word;
  }
  template <class Use>
  const std::uint32_t* take_singles(const std::uint32_t* word, const std::uint32_t* last, const Use& use) {
    const std::uint32_t size = size_, begin = begin_, surplus = surplus_;
    std::uint32_t drawn = drawn_;
    for (; drawn < size && word != last; ++word) {
      const std::uint64_t product = std::uint64_t{*word} * size;
      if (static_cast<std::uint32_t>(product) < surplus) continue;
      use(begin + static_cast<std::uint32_t>(product >> 32));
      ++drawn;
    }
    drawn_ = drawn;
    return word;
  }

  void enter(std::size_t stratum) {
    stratum_ = stratum;
    drawn_ = 0;
    begin_ = stratum == 0 ? 0 : end_[stratum - 1];
    size_ = stratum < end_.size() ? end_[stratum] - begin_ : 0;
    surplus_ = size_ == 0 ? 0 : surplus_of(values_of(size_));
  }

  std::span<const std::uint32_t> end_;
  std::size_t stratum_ = 0;
  std::uint32_t begin_ = 0, size_ = 0, drawn_ = 0, surplus_ = 0;
};

/// Makes places of the numbers of 32 bits of a lane: the first of each in its place, the second of each, in pairs, to
/// `second`. False where one of them is drawn again.
template <bool pairs>
bool to_places(std::span<std::uint32_t> words, std::uint32_t* second, std::uint32_t begin, std::uint32_t size) {
  const std::uint32_t surplus = surplus_of(pairs ? size * size : size);
  const __m256i factor = _mm256_set1_epi64x(size), first = _mm256_set1_epi32(static_cast<int>(begin));
  __m256i lowest = _mm256_set1_epi32(-1);
  // Upper halves of products of those in even and in odd places.
  const auto store = [&](std::uint32_t* to, __m256i even, __m256i odd) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                        _mm256_add_epi32(first, _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA)));
  };
  std::size_t i = 0;
  for (; i + 8 <= words.size(); i += 8) {
    const __m256i all = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(&words[i]));
    __m256i even = _mm256_mul_epu32(all, factor), odd = _mm256_mul_epu32(_mm256_srli_epi64(all, 32), factor);
    store(&words[i], even, odd);
    if constexpr (pairs) {  // what is below the first place, once more
      even = _mm256_mul_epu32(even, factor), odd = _mm256_mul_epu32(odd, factor);
      store(second + i, even, odd);
    }
    lowest = _mm256_min_epu32(lowest, _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA));
  }
  std::array<std::uint32_t, 8> low;
  std::memcpy(low.data(), &lowest, sizeof lowest);
  std::uint32_t smallest = *std::ranges::min_element(low);
  for (; i < words.size(); ++i) {
    std::uint64_t product = std::uint64_t{words[i]} * size;
    words[i] = begin + static_cast<std::uint32_t>(product >> 32);
    if constexpr (pairs) {
      product = std::uint64_t{static_cast<std::uint32_t>(product)} * size;
      second[i] = begin + static_cast<std::uint32_t>(product >> 32);
    }
    smallest = std::min(smallest, static_cast<std::uint32_t>(product));
  }
  return smallest >= surplus;
}

/// Calls use(k, place) for the draws of eight streams, one of each in turn, as long as none of them rejects a number;
/// false where one does.
template <class Use>
bool draw_in_step(const Streams& streams, Purpose purpose, std::uint32_t first, std::span<const std::uint32_t> end,
                  Use use) {
  WordsOfEight words(streams, purpose, first);
  std::array<std::array<std::uint32_t, WordsOfEight::most>, lanes> second;
  std::size_t used = 0;
  std::uint32_t begin = 0;
  for (const std::uint32_t stratum_end : end) {
    const std::uint32_t size = stratum_end - begin;
    const bool pairs = in_pairs(size);
    for (std::uint32_t left = size; left > 0;) {
      const std::size_t wanted = pairs ? (left + 1) / 2 : left;
      // More than the stratum wants where others follow.
      if (used == words.size()) words.advance(wanted + end.back() - stratum_end), used = 0;
      const std::size_t now = std::min(wanted, words.size() - used);
      for (std::size_t k = 0; k < lanes; ++k) {
        const std::span<std::uint32_t> own = words.of(k).subspan(used, now);
        if (!(pairs ? to_places<true>(own, &second[k][used], begin, size)
                    : to_places<false>(own, nullptr, begin, size)))
          return false;
      }
      const std::size_t of_both = pairs ? std::min<std::size_t>(now, left / 2) : 0;
      for (std::size_t i = used; i < used + now; ++i)
#pragma GCC unroll 8
        for (std::size_t k = 0; k < lanes; ++k) use(k, words.of(k)[i]);
      for (std::size_t i = used; i < used + of_both; ++i)
#pragma GCC unroll 8
        for (std::size_t k = 0; k < lanes; ++k) use(k, second[k][i]);
      used += now, left -= static_cast<std::uint32_t>(now + of_both);
    }
    begin = stratum_end;
  }
  return true;
}

/// The same whatever they reject.
template <class Use>
void draw_eight(const Streams& streams, Purpose purpose, std::uint32_t first, std::span<const std::uint32_t> end,
                const Use& use) {
  WordsOfEight words(streams, purpose, first);
  std::array<Draws, lanes> draws = {Draws(end), Draws(end), Draws(end), Draws(end),
                                    Draws(end), Draws(end), Draws(end), Draws(end)};
  while (!std::ranges::all_of(draws, &Draws::finished)) {
    words.advance(WordsOfEight::most);
    for (std::size_t k = 0; k < lanes; ++k) {
      draws[k].take(words.of(k), [&](std::uint32_t place) { use(k, place); });
    }
  }
}

/// Counts the draws of eight streams, place_of(k, place). A rejected number is seldom: in their turn, first.
template <class PlaceOf>
void count_draws(const Streams& streams, Purpose purpose, std::uint32_t first, std::span<const std::uint32_t> end,
                 const PlaceCounts& counts, const PlaceOf& place_of) {
  const auto add = [counts, place_of](std::size_t k, std::uint32_t place) { counts.add(place_of(k, place), k); };
  counts.clear();
  if (draw_in_step(streams, purpose, first, end, add)) return;
  counts.clear();
  draw_eight(streams, purpose, first, end, add);
}

}  // namespace

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
  count_draws(streams_, Purpose::bootstrap, first, end_, PlaceCounts(count),
              [](std::size_t, std::uint32_t place) { return place; });
}

void Resamples::exponential(std::uint32_t first, std::span<Lanes> out) const {
  WordsOfEight words(streams_, Purpose::bootstrap, first);
  for (std::size_t place = 0; place < unit_.size();) {
    words.advance(2 * (unit_.size() - place));
    const std::size_t begin = place;
    for (std::size_t k = 0; k < lanes; ++k) {
      const std::span<const std::uint32_t> of_lane = words.of(k);
      place = begin;
      for (std::size_t w = 0; w + 1 < of_lane.size() && place < unit_.size(); w += 2, ++place) {
        const double uniform = unit(std::uint64_t{of_lane[w]} << 32 | of_lane[w + 1]);
        lane_of(out[unit_[place]], k) = uniform;
      }
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
  count_draws(
      streams_, Purpose::double_bootstrap, first, end_, PlaceCounts(count_),
      [copy = copy.data(), n = frame_.units](std::size_t k, std::uint32_t place) { return copy[k * n + place]; });
  for (std::size_t place = 0; place < count_.size(); ++place) write_numbers(count_[place], out[unit_[place]]);
}

void Resamples::leave_one_out(std::size_t first, std::span<Lanes> out) const {
  assert(out.size() == frame_.units);
  std::fill(out.begin(), out.end(), broadcast<Lanes>(1.0));
  for (std::size_t k = 0; k < lanes && first + k < out.size(); ++k) lane_of(out[first + k], k) = 0.0;
}

}  // namespace oligosim
