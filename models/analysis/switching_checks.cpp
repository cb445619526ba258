#include "models/analysis/switching_checks.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/io/number.hpp"

namespace oligosim {
namespace {

void refuse_early(const DataSet& data, const PlanData& derived, std::size_t in_file, Problems& problems) {
  std::vector<std::size_t> columns;
  for (const SwitchingDates& dates : derived.parts().switching) {
    columns.push_back(dates.treated_from);
    for (const auto& column : {dates.treated_until, dates.eligible_at, dates.recensor_at})
      if (column) columns.push_back(*column);
  }
  std::ranges::sort(columns);
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  MistakeList mistakes(problems);
  for (const std::size_t column : columns) {
    const std::span<const double> numbers = derived.cohort().numbers(column);
    for (std::size_t row = 0; row < numbers.size(); ++row)
      if (numbers[row] < 0)
        mistakes.add(data.place(column < in_file ? column : 0, row), derived.parts().columns[column].name,
                     shortest(numbers[row]) + " is before the start (a date of at least 0)");
  }
  mistakes.finish();
}

/// One analysis with the rows that it is about.
class SwitchingRows {
 public:
  SwitchingRows(const SwitchingDates& dates, PlanData& derived) : dates_(dates), derived_(derived) {
    state_.resize(derived.cohort().patients());
    derived.parts().endpoints[dates.endpoint].states(derived.cohort(), state_);
  }

  /// Rows of known group and state for which `concerns(row)` holds.
  std::size_t count(const std::function<bool(std::size_t)>& concerns) const {
    const std::span<const std::uint8_t> group = derived_.codes(dates_.factor);
    std::size_t rows = 0;
    for (std::size_t row = 0; row < state_.size(); ++row)
      rows += is_known(state_[row]) && group[row] != missing_category && concerns(row);
    return rows;
  }
  double time(std::size_t row) const { return number(derived_.parts().endpoints[dates_.endpoint].time, row); }
  double number(std::size_t column, std::size_t row) const { return derived_.cohort().numbers(column)[row]; }
  /// Missing where the treatment does not change within the patient's time.
  double change(std::size_t row) const {
    const bool first = derived_.codes(dates_.factor)[row] == 0;
    const double date = first                  ? number(dates_.treated_from, row)
                        : dates_.treated_until ? number(*dates_.treated_until, row)
                                               : missing;
    return date < time(row) || (date == time(row) && state_[row] == censored_state) ? date : missing;
  }

 private:
  const SwitchingDates& dates_;
  PlanData& derived_;
  std::vector<std::uint8_t> state_;
};

std::string rows_text(std::size_t rows) { return std::to_string(rows) + (rows == 1 ? " row" : " rows"); }

}  // namespace

void check_switching_dates(const DataSet& data, PlanData& derived, std::size_t in_file, Problems& problems,
                           Warnings& warnings) {
  refuse_early(data, derived, in_file, problems);
  if (!problems.empty()) return;
  for (const SwitchingDates& dates : derived.parts().switching) {
    const SwitchingRows rows(dates, derived);
    const auto warn = [&](std::size_t column, std::size_t count, const std::string& before, const std::string& after) {
      if (count == 0) return;
      const std::string& name = derived.parts().columns[column].name;
      const std::optional<std::size_t> own = data.find(name);
      warnings.add(own ? data.header_place(*own) : data.start(), name, before + rows_text(count) + after);
    };
    if (dates.eligible_at) {
      const auto too_early = [&](std::size_t row) {
        return !std::isnan(rows.change(row)) && !(rows.number(*dates.eligible_at, row) <= rows.change(row));
      };
      warn(*dates.eligible_at, rows.count(too_early), "is missing, or after the change of treatment, in ",
           " that change it: " + dates.analysis + " follows them until then, and has no weights for them");
    }
    if (!dates.recensor_at) continue;
    const auto end = [&](std::size_t row) { return rows.number(*dates.recensor_at, row); };
    warn(*dates.recensor_at, rows.count([&](std::size_t row) { return std::isnan(end(row)); }), "is missing in ",
         ", which " + dates.analysis + " leaves out");
    warn(*dates.recensor_at, rows.count([&](std::size_t row) { return end(row) < rows.time(row); }),
         "is before the time of ", ", which " + dates.analysis + " takes for it");
  }
}

}  // namespace oligosim
