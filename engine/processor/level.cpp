#include "engine/processor/level.hpp"

#include <cstdlib>

namespace oligosim {

std::string level_asked_for() {
  const char* const said = std::getenv("OLIGOSIM_LEVEL");
  return said ? said : "";
}

bool runs_v4() {
  return level_asked_for() != "v3" && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
}

}  // namespace oligosim
