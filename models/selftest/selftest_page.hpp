#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/selftest/selftest.hpp"

namespace oligosim {

/// The page of a selftest: the verdict, what failed, every check with its source. `facts`: name and value of what the
/// program and the computer are.
std::string selftest_page(std::span<const SelftestGroup> groups,
                          const std::vector<std::pair<std::string, std::string>>& facts);

}  // namespace oligosim
