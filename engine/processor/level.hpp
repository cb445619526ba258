#pragma once

#include <immintrin.h>

#include <cstddef>
#include <string>

namespace oligosim {

/// What the environment variable OLIGOSIM_LEVEL says: v3, or nothing.
std::string level_asked_for();

/// The program is compiled for processors of level x86-64-v3. Kernels that gain from registers twice as wide stand a
/// second time in files named *_v4.cpp, to the same bits. Whether these are used: where the processor has such
/// registers, unless level_asked_for() is v3. Not for every number: a caller keeps it.
bool runs_v4();

/// Of each function of such a file.
#define OLIGOSIM_LEVEL_4 __attribute__((target("avx512f,avx512dq")))

/// A mask of the first of eight elements: of as many as are left, of all if there are more.
[[gnu::always_inline]] inline __mmask8 first_of_eight(std::size_t left) {
  return static_cast<__mmask8>(left < 8 ? (1U << left) - 1 : 0xFFU);
}

}  // namespace oligosim
