#include "engine/random/stream.hpp"

#include <array>
#include <cassert>

#include "engine/numeric/elementary.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/random/philox.hpp"
#include "engine/random/unit.hpp"

namespace oligosim {

namespace {

std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

/// FNV-1a (Fowler, Noll and Vo), one byte.
std::uint64_t fnv_step(std::uint64_t hash, std::uint8_t byte) { return (hash ^ byte) * 0x100000001B3u; }

}  // namespace

Stream::Stream(std::uint64_t key, std::uint32_t replicate, Purpose purpose, std::uint32_t index)
    : key_{low(key), high(key)}, counter_{0, index, static_cast<std::uint32_t>(purpose), replicate}, block_{} {}

std::uint32_t Stream::operator()() {
  if (used_ == 4) {
    const auto words = philox({counter_[0], counter_[1], counter_[2], counter_[3]}, {key_[0], key_[1]});
    for (int i = 0; i < 4; ++i) block_[i] = words[i];
    ++counter_[0];
    used_ = 0;
  }
  return block_[used_++];
}

double Stream::uniform() { return unit((*this)()); }

double Stream::normal() { return normal_quantile(uniform()); }

double Stream::exponential() { return -elementary::log(uniform()); }

std::uint32_t Stream::below(std::uint32_t bound) {
  assert(bound > 0);
  std::uint64_t product = std::uint64_t{(*this)()} * bound;
  if (low(product) < bound) {
    // Of the 2^32 numbers the first 2^32 mod bound in each slot would be one too many.
    const std::uint32_t surplus = (0u - bound) % bound;
    while (low(product) < surplus) product = std::uint64_t{(*this)()} * bound;
  }
  return high(product);
}

std::uint64_t derived_key(std::uint64_t seed, const char* label) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (int byte = 0; byte < 8; ++byte) hash = fnv_step(hash, static_cast<std::uint8_t>(seed >> (8 * byte)));
  for (; *label != 0; ++label) hash = fnv_step(hash, static_cast<std::uint8_t>(*label));
  const auto mixed = philox({low(hash), high(hash), 0, 0}, {low(seed), high(seed)});
  return std::uint64_t{mixed[0]} << 32 | mixed[1];
}

}  // namespace oligosim
