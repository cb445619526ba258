#include "models/analysis/derived_checks.hpp"

#include "engine/io/number.hpp"
#include "models/cohort/endpoint_checks.hpp"

namespace oligosim {
namespace {

/// At the row's first column of the file: a derived one has no place of its own.
CheckedColumn by_row(const DataSet& data, const PlanData& derived, std::size_t column) {
  const std::span<const double> numbers = derived.cohort().numbers(column);
  return {derived.parts().columns[column].name, numbers, [numbers](std::size_t row) { return shortest(numbers[row]); },
          [&data](std::size_t row) { return data.place(0, row); }};
}

/// A time that a date of the file before the start would make.
void refuse_early_dates(const DataSet& data, const PlanData& derived, const SurvivalEndpoint& endpoint,
                        MistakeList& mistakes) {
  const std::span<const double> times = derived.cohort().numbers(endpoint.time);
  for (std::size_t row = 0; row < times.size(); ++row)
    if (times[row] < 0)
      mistakes.add(data.place(0, row), endpoint.name,
                   "a date of " + shortest(times[row]) + " is before the start (a date of at least 0)");
}

}  // namespace

void check_derived_endpoints(const DataSet& data, const PlanData& derived, std::size_t in_file, Problems& problems) {
  MistakeList mistakes(problems);
  for (const SurvivalEndpoint& e : derived.parts().endpoints) {
    if (e.landmark != 0) continue;
    const auto own = e.recorded.value_or(SurvivalEndpoint::Recorded{e.time, e.status, e.coding});
    if (e.recorded) refuse_early_dates(data, derived, e, mistakes);
    if (own.time < in_file && own.status < in_file && (!e.start || *e.start < in_file)) continue;
    CheckedEndpoint checked{e.name, own.coding, by_row(data, derived, own.time), by_row(data, derived, own.status), {}};
    if (e.start) checked.start = by_row(data, derived, *e.start);
    refuse_rows(checked, mistakes);
  }
  mistakes.finish();
}

}  // namespace oligosim
