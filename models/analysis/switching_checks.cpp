#include "models/analysis/switching_checks.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "models/analysis/data_places.hpp"

namespace oligosim {
namespace {

/// An analysis and its rows: those of its population whose group and state are known.
class SwitchingRows {
 public:
  SwitchingRows(const SwitchingDates& dates, PlanData& derived)
      : dates_(dates), cohort_(derived.cohort()), endpoint_(derived.parts().endpoints[dates.endpoint]) {
    const std::span<const std::uint8_t> group = derived.codes(dates.factor),
                                        members = derived.members(dates.population);
    state_.resize(cohort_.patients());
    endpoint_.states(cohort_, state_);
    for (std::size_t row = 0; row < state_.size(); ++row)
      if (members[row] && group[row] != missing_category && is_known(state_[row])) rows_.push_back({row, group[row]});
  }

  struct Row {
    std::size_t row;
    std::uint8_t group;
  };
  const std::vector<Row>& all() const { return rows_; }
  std::size_t count(const std::function<bool(const Row&)>& concerns) const {
    return static_cast<std::size_t>(std::ranges::count_if(rows_, concerns));
  }
  double time(const Row& r) const { return number(endpoint_.time, r); }
  double number(std::size_t column, const Row& r) const { return cohort_.numbers(column)[r.row]; }
  /// The column that tells when a patient of this group changes treatment, if there is one.
  std::optional<std::size_t> change_column(const Row& r) const {
    return r.group == 0 ? dates_.treated_from : dates_.treated_until;
  }
  /// Missing where treatment does not change within the patient's time.
  double change(const Row& r) const {
    const double date = change_column(r) ? number(*change_column(r), r) : missing;
    return date < time(r) || (date == time(r) && state_[r.row] == censored_state) ? date : missing;
  }

 private:
  const SwitchingDates& dates_;
  const Cohort& cohort_;
  const SurvivalEndpoint& endpoint_;
  std::vector<std::uint8_t> state_;
  std::vector<Row> rows_;
};

/// Whether a date of a file is after another by more than rounding.
bool is_after(double date, double other) { return date > other + 1.5e-8 * std::max(1.0, std::abs(other)); }

void refuse_early(const DataSet& data, PlanData& derived, Problems& problems) {
  std::set<std::pair<std::size_t, std::size_t>> early;  // row, column
  for (const SwitchingDates& dates : derived.parts().switching) {
    const SwitchingRows rows(dates, derived);
    for (const SwitchingRows::Row& r : rows.all())
      for (const auto& column : {rows.change_column(r), dates.eligible_at, dates.recensor_at})
        if (column && rows.number(*column, r) < 0) early.emplace(r.row, *column);
  }
  MistakeList mistakes(problems);
  for (const auto& [row, column] : early)
    mistakes.add(cell_of(data, column, row), derived.parts().columns[column].name,
                 before_start(derived.cohort().numbers(column)[row]));
  mistakes.finish();
}

}  // namespace

void check_switching_dates(const DataSet& data, PlanData& derived, Problems& problems, Warnings& warnings) {
  refuse_early(data, derived, problems);
  if (!problems.empty()) return;
  for (const SwitchingDates& dates : derived.parts().switching) {
    const SwitchingRows rows(dates, derived);
    const auto warn = [&](std::size_t column, std::size_t count, const std::string& before, const std::string& after) {
      if (count == 0) return;
      const std::string& name = derived.parts().columns[column].name;
      warnings.add(header_of(data, name), name, before + rows_text(count) + after);
    };
    if (dates.eligible_at) {
      const auto too_early = [&](const SwitchingRows::Row& r) {
        const double change = rows.change(r), eligible = rows.number(*dates.eligible_at, r);
        return !std::isnan(change) && (std::isnan(eligible) || is_after(eligible, change));
      };
      warn(*dates.eligible_at, rows.count(too_early), "is missing, or after the change of treatment, in ",
           " with such a change: " + dates.analysis + " follows them until then, and has no weights for them");
    }
    if (!dates.recensor_at) continue;
    const auto end = [&](const SwitchingRows::Row& r) { return rows.number(*dates.recensor_at, r); };
    warn(*dates.recensor_at, rows.count([&](const auto& r) { return std::isnan(end(r)); }), "is missing in ",
         ", which " + dates.analysis + " leaves out");
    warn(*dates.recensor_at, rows.count([&](const auto& r) { return is_after(rows.time(r), end(r)); }),
         "is before the patient's own time in ", ", where " + dates.analysis + " takes that for it");
  }
}

}  // namespace oligosim
