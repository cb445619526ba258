#pragma once

#include <cstdint>
#include <string>

namespace oligosim {

/// 100 count / n as tables of patients print it: to one decimal, halves away from zero, exactly ("31.3" of 15 in 48);
/// none and all without a decimal ("0", "100"). "NA" of none.
std::string percentage(std::uint64_t count, std::uint64_t n);

}  // namespace oligosim
