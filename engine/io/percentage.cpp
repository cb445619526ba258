#include "engine/io/percentage.hpp"

namespace oligosim {

std::string percentage(std::uint64_t count, std::uint64_t n) {
  if (n == 0) return "NA";
  if (count == 0 || count == n) return count == 0 ? "0" : "100";
  const std::uint64_t tenths = (2000 * count + n) / (2 * n);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

}  // namespace oligosim
