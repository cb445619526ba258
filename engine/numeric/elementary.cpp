#include "engine/numeric/elementary.hpp"

#include "engine/numeric/exp_columns.hpp"
#include "engine/processor/level.hpp"

namespace oligosim {

void to_exponentials(std::span<double> uniforms) {
  static const bool wide = runs_v4();
  wide ? to_exponentials_v4(uniforms) : to_exponentials_v3(uniforms);
}

void to_exponentials_v3(std::span<double> uniforms) {
  elementary::replace_each<HalfLanes>(uniforms, [](const auto& u) { return elementary::exponential(u); });
}

void to_exp(std::span<double> values) {
  static const bool wide = runs_v4();
  wide ? to_exp_v4(values) : to_exp_v3(values);
}

void to_exp_v3(std::span<double> values) {
  elementary::replace_each<HalfLanes>(values, [](const auto& x) { return elementary::exp(x); });
}

void to_roots(std::span<double> values, double degree) {
  static const bool wide = runs_v4();
  wide ? to_roots_v4(values, degree) : to_roots_v3(values, degree);
}

void to_roots_v3(std::span<double> values, double degree) {
  elementary::replace_each<HalfLanes>(values,
                                      [degree](const auto& x) { return elementary::exp(elementary::log(x) / degree); });
}

}  // namespace oligosim
