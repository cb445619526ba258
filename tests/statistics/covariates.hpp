#pragma once

#include "tests/statistics/patients.hpp"

namespace oligosim::test {

/// "x1+x3": positions in Patient::x.
inline std::vector<std::size_t> columns_named(const std::string& names) {
  std::vector<std::size_t> columns;
  std::stringstream stream(names);
  for (std::string term; std::getline(stream, term, '+');)
    columns.push_back(term == "group" ? 0 : static_cast<std::size_t>(term.at(1) - '0'));
  return columns;
}

}  // namespace oligosim::test
