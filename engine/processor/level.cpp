#include "engine/processor/level.hpp"

#include <cstdlib>
#include <string_view>

namespace oligosim {

bool runs_v4() {
  static const bool wide = [] {
    const char* const said = std::getenv("OLIGOSIM_LEVEL");
    const bool refused = said && std::string_view(said) == "v3";
    return !refused && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
  }();
  return wide;
}

}  // namespace oligosim
