#include "models/analysis/methods/distinct_numbers.hpp"

#include <algorithm>
#include <utility>

#include "engine/io/number.hpp"

namespace oligosim {

std::vector<double> distinct_numbers(ConfigNode& entry, const std::string& key, const Range& range,
                                     std::optional<std::vector<double>> standard) {
  std::vector<double> numbers = entry.numbers(key, range, std::move(standard));
  std::vector<double> sorted = numbers;
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end()) entry.problem(key, unrounded(*twice) + " stands in the list twice (each number once)");
  return numbers;
}

}  // namespace oligosim
