#include <cmath>

#include "engine/io/config.hpp"
#include "engine/io/number.hpp"

namespace oligosim {

bool Range::contains(double x) const {
  if (!std::isfinite(x)) return false;
  const bool above = minimum_included ? x >= minimum : x > minimum;
  const bool below = maximum_included ? x <= maximum : x < maximum;
  return above && below;
}

std::string Range::text(const std::string& noun) const {
  const bool has_minimum = std::isfinite(minimum);
  const bool has_maximum = std::isfinite(maximum);
  const std::string low = unrounded(minimum);
  const std::string high = unrounded(maximum);
  if (has_minimum && has_maximum && minimum_included && maximum_included) return noun + " from " + low + " to " + high;
  std::string result = noun;
  if (has_minimum) result += (minimum_included ? " of at least " : " above ") + low;
  if (has_minimum && has_maximum) result += " and";
  if (has_maximum && maximum_included) result += (has_minimum ? " at most " : " of at most ") + high;
  if (has_maximum && !maximum_included) result += " below " + high;
  return result;
}

}  // namespace oligosim
