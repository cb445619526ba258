#include <immintrin.h>

#include <array>
#include <cassert>

#include "engine/random/philox.hpp"
#include "engine/random/stream.hpp"
#include "engine/random/unit.hpp"

namespace oligosim {

namespace {

/// Four counters side by side, each word in the low half of a 64-bit element. The high halves hold leftovers of the
/// products: the multiplication reads only the low half, and the last step masks them.
using Words = std::uint64_t __attribute__((vector_size(32)));
using Doubles = double __attribute__((vector_size(32)));

constexpr std::size_t lanes = 4;
constexpr int groups = 2;  // independent chains, which hide the latency of the multiplication

Words broadcast(std::uint64_t x) { return Words{x, x, x, x}; }

// The compiler does not find this instruction in a loop over 64-bit elements (it would multiply all 64 bits).
Words multiply_low_halves(Words a, Words b) {
  return reinterpret_cast<Words>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
}

void store_units(double* to, Words high, Words low) {
  const Words bits = high << 32 | (low & 0xFFFFFFFFu);
  const Doubles values = reinterpret_cast<Doubles>(bits >> 12 | 0x3FF0000000000000u) - (1.0 - 0x1p-53);
  _mm256_storeu_pd(to, reinterpret_cast<__m256d>(values));
}

/// The rounds of philox() for the counters (pair, index ... index + 7, purpose, replicate).
void philox_eight(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, double* first,
                  double* second) {
  Words c0[groups], c1[groups], c2[groups], c3[groups];
  for (int g = 0; g < groups; ++g) {
    c0[g] = broadcast(counter[0]);
    c1[g] = broadcast(counter[1]) + (Words{0, 1, 2, 3} + lanes * g);
    c2[g] = broadcast(counter[2]);
    c3[g] = broadcast(counter[3]);
  }
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
#pragma GCC unroll 2
    for (int g = 0; g < groups; ++g) {
      const Words a = multiply_low_halves(broadcast(0xD2511F53), c0[g]);
      const Words b = multiply_low_halves(broadcast(0xCD9E8D57), c2[g]);
      c0[g] = (b >> 32) ^ c1[g] ^ key[0];
      c1[g] = b;
      c2[g] = (a >> 32) ^ c3[g] ^ key[1];
      c3[g] = a;
    }
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  for (int g = 0; g < groups; ++g) {
    store_units(first + lanes * g, c0[g], c1[g]);
    store_units(second + lanes * g, c2[g], c3[g]);
  }
}

}  // namespace

void Streams::uniforms(Purpose purpose, std::uint32_t pair, std::span<double> first, std::span<double> second) const {
  assert(first.size() == second.size());
  const std::array<std::uint32_t, 2> key = {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32)};
  std::array<std::uint32_t, 4> counter = {pair, 0, static_cast<std::uint32_t>(purpose), replicate_};
  std::size_t i = 0;
  for (; i + lanes * groups <= first.size(); i += lanes * groups) {
    counter[1] = static_cast<std::uint32_t>(i);
    philox_eight(counter, key, first.data() + i, second.data() + i);
  }
  for (; i < first.size(); ++i) {
    counter[1] = static_cast<std::uint32_t>(i);
    const auto words = philox(counter, key);
    first[i] = unit(std::uint64_t{words[0]} << 32 | words[1]);
    second[i] = unit(std::uint64_t{words[2]} << 32 | words[3]);
  }
}

}  // namespace oligosim
