#pragma once

#include <vector>

namespace oligosim::test {

/// The rows that integer weights stand for; a row has its weight in `weight`.
template <class Row>
std::vector<Row> written_out(const std::vector<Row>& rows) {
  std::vector<Row> copies;
  for (Row row : rows) {
    const double count = row.weight;
    row.weight = 1;
    for (double c = 0; c < count; ++c) copies.push_back(row);
  }
  return copies;
}

}  // namespace oligosim::test
