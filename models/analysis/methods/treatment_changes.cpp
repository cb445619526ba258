#include "models/analysis/methods/treatment_changes.hpp"

#include <cmath>
#include <limits>

namespace oligosim {
namespace {

std::size_t endpoint_from_start(ConfigNode& entry, PlanReader& reader) {
  const std::size_t endpoint = reader.endpoint(entry);
  const std::vector<SurvivalEndpoint>& all = reader.parts().endpoints;
  if (endpoint < all.size() && all[endpoint].landmark != 0)
    entry.problem("endpoint", "'" + all[endpoint].name +
                                  "' is counted from a landmark, before which treatment may have changed (an endpoint "
                                  "from the start)");
  return endpoint;
}

std::optional<std::size_t> optional_column(ConfigNode& entry, PlanReader& reader, const char* key) {
  entry.accept(key);
  return entry.has(key) ? std::optional(reader.number_column(entry, key)) : std::nullopt;
}

}  // namespace

TreatmentChanges::TreatmentChanges(ConfigNode& entry, PlanReader& reader, FurtherDate further)
    : groups_(two_patient_groups(entry, reader)),
      dates_{.analysis = entry.text("name"),
             .endpoint = endpoint_from_start(entry, reader),
             .population = groups_.population(),
             .factor = groups_.factor().value_or(0),
             .treated_from = reader.number_column(entry, "treated_from"),
             .treated_until = optional_column(entry, reader, "treated_until")} {
  if (further == FurtherDate::eligible_at)
    dates_.eligible_at = optional_column(entry, reader, "eligible_at");
  else
    dates_.recensor_at = optional_column(entry, reader, "recensor_at");
  reader.reads(dates_);
  columns_ = {dates_.treated_from, dates_.treated_until.value_or(dates_.treated_from)};
  for (const auto& column : {dates_.eligible_at, dates_.recensor_at})
    if (column) columns_.push_back(*column);
}

TreatmentChanges::Dated TreatmentChanges::dated(const SurvivalTable& table, std::span<const std::uint8_t> group,
                                                PlanData& data, Arena& arena) const {
  const std::size_t n = table.size();
  const std::span<double> all = times_and_dates(table, endpoint(), columns_, data, arena);
  const std::span<const double> from = all.subspan(n, n), until = all.subspan(2 * n, n);
  const std::span<double> change = arena.take<double>(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double date = group[i] == 0 ? from[i] : dates_.treated_until ? until[i] : missing;
    change[i] = std::isnan(date) ? std::numeric_limits<double>::infinity() : date;
  }
  return {all.first(n), change, further().empty() ? std::span<const double>{} : all.last(n)};
}

}  // namespace oligosim
