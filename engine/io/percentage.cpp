#include "engine/io/percentage.hpp"

namespace oligosim {

namespace {

std::uint64_t tenths_of_percent(std::uint64_t count, std::uint64_t n) { return (2000 * count + n) / (2 * n); }

}  // namespace

double percent_to_one_decimal(std::uint32_t count, std::uint32_t n) {
  return static_cast<double>(tenths_of_percent(count, n)) / 10.0;
}

std::string count_and_percent(std::uint32_t count, std::uint32_t n) {
  const std::string text = std::to_string(count) + " (";
  if (n == 0) return text + "NA)";
  if (count == 0 || count == n) return text + (count == 0 ? "0)" : "100)");
  const std::uint64_t tenths = tenths_of_percent(count, n);
  return text + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + ")";
}

}  // namespace oligosim
