#include "engine/statistics/elementary.hpp"

#include "engine/random/uniform_kernels.hpp"

namespace oligosim {

void to_exponentials(std::span<double> uniforms) {
  static const bool wide = runs_v4();
  wide ? to_exponentials_v4(uniforms) : to_exponentials_v3(uniforms);
}

void to_exponentials_v3(std::span<double> uniforms) {
  elementary::replace_each<HalfLanes>(uniforms, [](const auto& u) { return elementary::exponential(u); });
}

}  // namespace oligosim
