#pragma once

#include <cstddef>
#include <functional>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// Runs `work(i)` for i = 0 ... count - 1 on `threads` threads, in any order, each with an arena of its own thread that
/// is reset before each `work`: results must not depend on the order. The first exception is rethrown after the others
/// have stopped.
void parallel_for(std::size_t count, unsigned threads, const std::function<void(std::size_t, Arena&)>& work);

}  // namespace oligosim
