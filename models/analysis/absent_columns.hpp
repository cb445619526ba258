#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "models/cohort/cohort.hpp"

namespace oligosim {

/// An entry of the plan that was left out, and the first absent name that it rests on.
struct LeftOut {
  std::string entry;   // "analyses.age"
  std::string absent;  // a column, or an endpoint or population that was left out
};

/// `optional_columns: [age, male, ...]`: columns of a plan that a data set may lack. Whatever rests on an absent one,
/// directly or through a derived column, endpoint or population, is left out and listed; a column that is not declared
/// so must be there.
class AbsentColumns {
 public:
  AbsentColumns(ConfigNode& plan, const Columns& columns);

  /// Whether an entry rests on something absent; it is then kept as written, listed, and its name counts as absent.
  bool leaves_out(const std::string& section, const std::string& name, ConfigNode& entry);
  const std::vector<LeftOut>& left_out() const { return left_out_; }

 private:
  const std::string* absent_in(const YamlNode& node) const;

  std::set<std::string> absent_;
  std::vector<LeftOut> left_out_;
};

}  // namespace oligosim
