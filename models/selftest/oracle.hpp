#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/io/csv_reader.hpp"
#include "models/selftest/selftest.hpp"

namespace oligosim {

/// A table of expected values.
class OracleTable {
 public:
  OracleTable(const OracleFiles& files, const std::string& name);
  std::size_t size() const { return table_.rows(); }
  std::string text(std::size_t row, const std::string& column) const;
  double number(std::size_t row, const std::string& column) const;  // NaN where it is NA

 private:
  std::string name_;
  CsvTable table_;
};

/// The text of a file; throws InputError where there is none.
const std::string& oracle_file(const OracleFiles& files, const std::string& name);

/// A file as YAML.
YamlNode oracle_yaml(const OracleFiles& files, const std::string& name);

/// Whether both are NaN, or equal within `tolerance` relative to the larger of 1 and |expected|.
SelftestCheck number_check(const std::string& what, double expected, double found, double tolerance);
SelftestCheck text_check(const std::string& what, const std::string& expected, const std::string& found);

/// A group of the index as it is read: what its kind of check needs, and the threads it may use.
struct GroupInput {
  ConfigNode node;
  const OracleFiles& files;
  unsigned threads;
};
using Checks = std::vector<SelftestCheck>;

// The kinds: `kind` in selftest.yaml.
Checks check_plan(GroupInput& input);         // a plan on patients, every number
Checks check_proportions(GroupInput& input);  // Clopper-Pearson limits printed in percent with one decimal
Checks check_boundaries(GroupInput& input);   // of group-sequential designs
Checks check_simon(GroupInput& input);        // two-stage designs
Checks check_philox(GroupInput& input);       // the generator, one block and eight at a time
Checks check_binomial(GroupInput& input);     // a simulated design that counts responses against the exact answer
Checks check_golden(GroupInput& input);       // the bytes of a simulated study, for one thread and for several

}  // namespace oligosim
