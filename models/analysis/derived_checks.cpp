#include "models/analysis/derived_checks.hpp"

#include "models/analysis/data_places.hpp"
#include "models/cohort/endpoint_checks.hpp"

namespace oligosim {
namespace {

/// At the row's first column of the file: a derived one has no place of its own.
CheckedColumn by_row(const DataSet& data, const PlanData& derived, std::size_t column) {
  const std::span<const double> numbers = derived.cohort().numbers(column);
  return {derived.parts().columns[column].name, numbers, [numbers](std::size_t row) { return shortest(numbers[row]); },
          [&data](std::size_t row) { return data.place(0, row); }};
}

/// Of a column that an endpoint's time is made of in turn, down to those of the file and of `derive`.
void refuse_early_dates(const DataSet& data, const PlanData& derived, std::size_t time, std::size_t row,
                        MistakeList& mistakes) {
  const PlanParts& parts = derived.parts();
  const std::size_t first = parts.columns.size() - parts.derived.size();
  for (const std::size_t source : parts.derived[time - first].sources()) {
    if (parts.columns[source].kind != ColumnKind::number || !(derived.cohort().numbers(source)[row] < 0)) continue;
    if (source >= first && parts.derived[source - first].of_endpoint()) {
      refuse_early_dates(data, derived, source, row, mistakes);
    } else {
      mistakes.add(cell_of(data, source, row), parts.columns[source].name,
                   before_start(derived.cohort().numbers(source)[row]));
    }
  }
}

/// A time that a date before the start would make.
void refuse_early_dates(const DataSet& data, const PlanData& derived, const SurvivalEndpoint& endpoint,
                        MistakeList& mistakes) {
  const std::span<const double> times = derived.cohort().numbers(endpoint.time);
  for (std::size_t row = 0; row < times.size(); ++row)
    if (times[row] < 0) refuse_early_dates(data, derived, endpoint.time, row, mistakes);
}

void refuse_free_dates(const DataSet& data, const PlanData& derived, const SurvivalEndpoint& endpoint,
                       const SurvivalEndpoint::Recorded& own, MistakeList& mistakes) {
  const Cohort& cohort = derived.cohort();
  const std::span<const double> free = cohort.numbers(*endpoint.free_at), times = cohort.numbers(own.time),
                                codes = cohort.numbers(own.status);
  const std::string& name = derived.parts().columns[*endpoint.free_at].name;
  for (std::size_t row = 0; row < free.size(); ++row) {
    const std::uint8_t state = own.coding.state_of(codes[row]);
    const bool event = is_known(state) && state != censored_state;
    const Place place = cell_of(data, *endpoint.free_at, row);
    if (free[row] < 0)
      mistakes.add(place, name, before_start(free[row]));
    else if (event && free[row] > times[row])
      mistakes.add(place, name,
                   shortest(free[row]) + " is after the event of endpoint " + endpoint.name + " at " +
                       shortest(times[row]) + " (the last date without it)");
  }
}

}  // namespace

void check_derived_endpoints(const DataSet& data, const PlanData& derived, std::size_t in_file, Problems& problems) {
  MistakeList mistakes(problems);
  for (const SurvivalEndpoint& e : derived.parts().endpoints) {
    if (e.landmark != 0) continue;
    const auto own = e.recorded.value_or(SurvivalEndpoint::Recorded{e.time, e.status, e.coding});
    if (e.recorded) refuse_early_dates(data, derived, e, mistakes);
    if (e.free_at) refuse_free_dates(data, derived, e, own, mistakes);
    if (own.time < in_file && own.status < in_file && (!e.start || *e.start < in_file)) continue;
    CheckedEndpoint checked{e.name, own.coding, by_row(data, derived, own.time), by_row(data, derived, own.status), {}};
    if (e.start) checked.start = by_row(data, derived, *e.start);
    refuse_rows(checked, mistakes);
  }
  mistakes.finish();
}

}  // namespace oligosim
