#include "models/cohort/data_set.hpp"
#include "tests/fuzz/told.hpp"

namespace oligosim {

bool fuzz_patients(std::string_view bytes) {
  bool understood = false;
  for (const bool several_rows : {false, true}) {
    Problems problems;
    Warnings warnings;
    const DataOptions options{.several_rows = several_rows};
    const DataSet data = parse_data(std::string(bytes), "patients.csv", options, problems, warnings);
    if (problems.empty() && data.rows() == 0) throw FuzzFinding("patients without a row");
    understood |= told(problems);
  }
  return understood;
}

}  // namespace oligosim
