// What is not inlined must not be compiled for level v4 if other files share it: headers of the library and the engine
// are included before. What the model's own have is inlined, or a template that no other file has for eight lanes.
#include <immintrin.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"

#ifndef __clang__  // which does not know it, and goes through eight lanes in two halves
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq")
#endif

#include "models/disease/oligo_hcc/share_in_lanes.hpp"

namespace oligosim {

void share_ordered_v4(const ChangeCurve& curve, std::span<const LesionGroup> ordered, std::span<const double> scores,
                      std::span<const double> diameter, std::span<double> change, Arena& arena) {
  share_in_lanes<Lanes>(curve, ordered, scores, diameter, change, arena);
}

}  // namespace oligosim

#ifndef __clang__
#pragma GCC pop_options
#endif
