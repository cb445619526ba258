#pragma once

#include <cstdint>
#include <string>

namespace oligosim {

/// 100 count / n to one decimal, halves away from zero, exactly: 1 of 16 is 6.3. n > 0.
double percent_to_one_decimal(std::uint32_t count, std::uint32_t n);

/// "35 (94.6)", as tables of patients print; 0 and 100 percent without a decimal: "0 (0)", "9 (100)"; "0 (NA)" of none.
std::string count_and_percent(std::uint32_t count, std::uint32_t n);

}  // namespace oligosim
