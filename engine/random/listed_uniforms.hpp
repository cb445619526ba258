#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/random/stream.hpp"

namespace oligosim {

/// What Streams::uniforms of a list does; `counter`: purpose and replicate in their places. The same bits by both.
void listed_uniforms_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                        std::span<const StreamPair> pairs, std::span<double> out);
void listed_uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                        std::span<const StreamPair> pairs, std::span<double> out);

}  // namespace oligosim
