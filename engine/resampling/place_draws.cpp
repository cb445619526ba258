#include "engine/resampling/place_draws.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/resampling/words_of_eight.hpp"

namespace oligosim {

namespace {

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
  const std::uint32_t surplus = surplus_of(values_of(size));
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
bool draw_in_step(const PlaceDraws& of, Use use) {
  WordsOfEight words(of.streams, of.purpose, of.first);
  std::array<std::array<std::uint32_t, WordsOfEight::most>, lanes> second;
  std::size_t used = 0;
  std::uint32_t begin = 0;
  for (const std::uint32_t stratum_end : of.end) {
    const std::uint32_t size = stratum_end - begin;
    const bool pairs = in_pairs(size);
    for (std::uint32_t left = size; left > 0;) {
      const std::size_t wanted = pairs ? (left + 1) / 2 : left;
      // More than the stratum wants where others follow.
      if (used == words.size()) words.advance(wanted + of.end.back() - stratum_end), used = 0;
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
void draw_eight(const PlaceDraws& of, const Use& use) {
  WordsOfEight words(of.streams, of.purpose, of.first);
  std::array<Draws, lanes> draws = {Draws(of.end), Draws(of.end), Draws(of.end), Draws(of.end),
                                    Draws(of.end), Draws(of.end), Draws(of.end), Draws(of.end)};
  while (!std::ranges::all_of(draws, &Draws::finished)) {
    words.advance(WordsOfEight::most);
    for (std::size_t k = 0; k < lanes; ++k) {
      draws[k].take(words.of(k), [&](std::uint32_t place) { use(k, place); });
    }
  }
}

/// Counts place_of(k, place) of the draws. A rejected number is seldom: in their turn, first.
template <class PlaceOf>
void count_draws(const PlaceDraws& of, std::span<WholeLanes> times, const PlaceOf& place_of) {
  using Count [[gnu::may_alias]] = std::int32_t;
  const auto add = [times, place_of](std::size_t k, std::uint32_t place) {
    ++reinterpret_cast<Count*>(&times[place_of(k, place)])[k];
  };
  std::ranges::fill(times, WholeLanes{});
  if (draw_in_step(of, add)) return;
  std::ranges::fill(times, WholeLanes{});
  draw_eight(of, add);
}

}  // namespace

void PlaceDraws::count(std::span<WholeLanes> times) const {
  count_draws(*this, times, [](std::size_t, std::uint32_t place) { return place; });
}

void PlaceDraws::count_copies(std::span<const std::uint32_t> copy, std::span<WholeLanes> times) const {
  count_draws(*this, times, [copy = copy.data(), n = times.size()](std::size_t k, std::uint32_t place) {
    return copy[k * n + place];
  });
}

}  // namespace oligosim
