#pragma once

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/io/number.hpp"

namespace oligosim {

/// JSON whose keys stay in the order in which they were written.
using Json = nlohmann::ordered_json;

/// JSON has no NaN or infinity: missing is null, infinities are the words of the CSV.
inline Json json_number(double x) {
  if (std::isnan(x)) return nullptr;
  if (std::isinf(x)) return shortest(x);
  return x;
}

}  // namespace oligosim
