#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace oligosim {

/// What Streams::uniforms does, for first.size() counters that differ in their second word, 0, 1, 2 ...; the same bits
/// by both: of any processor, and of one of level v4, which holds twice as many numbers in a register. `second` may be
/// empty: not wanted.
void uniforms_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::span<double> first,
                 std::span<double> second);
void uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::span<double> first,
                 std::span<double> second);
/// What Streams::first_uniforms does from `counter` on, whose first word counts pairs of them.
void first_uniforms_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::span<double> out);
void first_uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::span<double> out);
/// What Streams::words does from `counter` on, whose first word is the block.
void words_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
              std::array<std::span<std::uint32_t>, 8> out);
void words_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
              std::array<std::span<std::uint32_t>, 8> out);
bool runs_v4();
/// A key as the kernels take it.
inline std::array<std::uint32_t, 2> halves_of(std::uint64_t key) {
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
}

}  // namespace oligosim
