#pragma once

#include <string>

#include "engine/io/yaml.hpp"
#include "tests/fuzz/targets.hpp"

namespace oligosim {

/// Whether there are none; text that is not understood is told on lines of printable text.
inline bool told(const Problems& problems) {
  const std::string text = problems.text();
  if (text.find_first_of(std::string("\x1b\0\r", 3)) != std::string::npos) throw FuzzFinding("not printable: " + text);
  return problems.empty();
}

}  // namespace oligosim
