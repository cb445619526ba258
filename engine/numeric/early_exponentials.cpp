#include "engine/numeric/early_exponentials.hpp"

#include "engine/numeric/elementary.hpp"
#include "engine/processor/level.hpp"

namespace oligosim {

EarlyExponentials::EarlyExponentials(std::span<const double> uniforms, std::span<const double> limit, double scale,
                                     Arena& arena) {
  constexpr std::size_t room = 8;
  const std::span<std::uint32_t> rows = arena.take<std::uint32_t>(uniforms.size() + room);
  const std::span<double> numbers = arena.take<double>(uniforms.size() + room);
  static const bool wide = runs_v4();
  const std::size_t n = (wide ? early_rows_v4 : early_rows_v3)(uniforms, limit, scale, rows.data(), numbers.data());
  row = rows.first(n), value = numbers.first(n);
  to_exponentials(value);
}

std::size_t early_rows_v3(std::span<const double> uniforms, std::span<const double> limit, double scale,
                          std::uint32_t* row, double* uniform) {
  std::size_t n = 0;
  for (std::uint32_t i = 0; i < uniforms.size(); ++i) {  // without a branch
    const double u = uniforms[i];
    row[n] = i, uniform[n] = u;
    n += 1 - u <= limit[i] * scale;
  }
  return n;
}

}  // namespace oligosim
