#include "models/analysis/derived_checks.hpp"

#include <cmath>

#include "engine/io/mistake_list.hpp"
#include "engine/io/number.hpp"

namespace oligosim {
namespace {

class DerivedChecks {
 public:
  DerivedChecks(const DataSet& data, const PlanData& derived, Problems& problems)
      : data_(data), derived_(derived), mistakes_(problems) {}

  void check(const SurvivalEndpoint& endpoint) {
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      const double time = number(endpoint.time, row), status = number(endpoint.status, row);
      const std::uint8_t state = endpoint.coding.state_of(status);
      if (std::isinf(time) || time < 0)
        add(endpoint.time, row,
            shortest(time) + (time < 0 ? " is negative" : " is not finite") + " (a time of at least 0)");
      else if (state == unknown_state)
        add(endpoint.status, row,
            shortest(status) + " is not a code of endpoint " + endpoint.name + " (" + endpoint.coding.in_words() + ")");
      else if (std::isnan(time) && is_known(state) && state != censored_state)
        add(endpoint.time, row,
            "is missing although " + name(endpoint.status) + " is " + shortest(status) + " (an event has a time)");
      else if (endpoint.start && number(*endpoint.start, row) >= time)
        add(*endpoint.start, row,
            shortest(number(*endpoint.start, row)) + " is not before " + name(endpoint.time) + ", " + shortest(time) +
                " (a row is at risk from its start to its end)");
    }
  }
  /// As intercurrent events, at dates of the file, leave it.
  void check_time(const SurvivalEndpoint& endpoint) {
    for (std::size_t row = 0; row < data_.rows(); ++row)
      if (const double time = number(endpoint.time, row); time < 0)
        mistakes_.add(data_.place(0, row), endpoint.name,
                      "an intercurrent event at " + shortest(time) + " is before the start (a date of at least 0)");
  }
  void finish() { mistakes_.finish(); }

 private:
  double number(std::size_t column, std::size_t row) const { return derived_.cohort().numbers(column)[row]; }
  const std::string& name(std::size_t column) const { return derived_.parts().columns[column].name; }
  /// At the row's first column of the file: a derived one has no place of its own.
  void add(std::size_t column, std::size_t row, const std::string& message) {
    mistakes_.add(data_.place(0, row), name(column), message);
  }

  const DataSet& data_;
  const PlanData& derived_;
  MistakeList mistakes_;
};

}  // namespace

void check_derived_endpoints(const DataSet& data, const PlanData& derived, std::size_t in_file, Problems& problems) {
  DerivedChecks checks(data, derived, problems);
  for (const SurvivalEndpoint& e : derived.parts().endpoints) {
    if (e.landmark != 0) continue;
    SurvivalEndpoint recorded = e;
    if (e.recorded) {
      recorded.time = e.recorded->time, recorded.status = e.recorded->status, recorded.coding = e.recorded->coding;
      checks.check_time(e);
    }
    const auto in_the_file = [&](std::size_t column) { return column < in_file; };
    if (!in_the_file(recorded.time) || !in_the_file(recorded.status) || (e.start && !in_the_file(*e.start)))
      checks.check(recorded);
  }
  checks.finish();
}

}  // namespace oligosim
