#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/random/stream.hpp"

namespace oligosim {

/// What Streams::uniforms32 does for `n` streams, or for a list; `counter`: its words are the block, the first index,
/// purpose and replicate. The same bits by both: of any processor, and of one of level v4.
void uniforms32_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::size_t n,
                   const Streams::FourColumns& out);
void uniforms32_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::size_t n,
                   const Streams::FourColumns& out);
void listed_uniforms32_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                          std::span<const StreamBlock> blocks, const Streams::FourColumns& out);
void listed_uniforms32_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                          std::span<const StreamBlock> blocks, const Streams::FourColumns& out);

}  // namespace oligosim
