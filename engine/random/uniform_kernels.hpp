#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/random/stream.hpp"

namespace oligosim {

// Each kernel twice, to the same bits: for any processor, and for one of level v4, which holds twice as many numbers in
// a register. `counter`: its words are block, index, purpose and replicate.

/// What Streams::uniforms does for `n` streams from the index on, or for a list.
void uniforms_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::size_t n,
                 const Streams::FourColumns& out);
void uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::size_t n,
                 const Streams::FourColumns& out);
void listed_uniforms_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                        std::span<const StreamBlock> blocks, const Streams::FourColumns& out);
void listed_uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                        std::span<const StreamBlock> blocks, const Streams::FourColumns& out);
/// What Streams::first_uniforms does.
void first_uniforms_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::span<double> out);
void first_uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::span<double> out);
/// What Streams::words does.
void words_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
              std::array<std::span<std::uint32_t>, 8> out);
void words_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
              std::array<std::span<std::uint32_t>, 8> out);

/// A key as the kernels take it.
inline std::array<std::uint32_t, 2> halves_of(std::uint64_t key) {
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
}

}  // namespace oligosim
