#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/numeric/columns_in_lanes.hpp"

namespace oligosim {

/// As fill_in_lanes(), for codes of categories, which f returns as numbers.
template <class F, class... Column>
void fill_codes_in_lanes(std::span<std::uint8_t> out, const F& f, const Column&... column) {
  constexpr std::size_t at_once = 64;
  std::array<double, at_once> room;
  for (std::size_t from = 0; from < out.size(); from += at_once) {
    const std::span<double> codes = std::span(room).first(std::min(at_once, out.size() - from));
    fill_in_lanes(codes, f, std::span<const double>(column).subspan(from, codes.size())...);
    for (std::size_t k = 0; k < codes.size(); ++k) out[from + k] = static_cast<std::uint8_t>(codes[k]);
  }
}

}  // namespace oligosim
