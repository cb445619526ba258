#include "models/analysis/plan_data.hpp"

#include <cmath>

#include "engine/statistics/estimate.hpp"

namespace oligosim {
namespace {

SurvivalTable sorted(const Cohort& cohort, const SurvivalEndpoint& endpoint, Arena& arena) {
  const std::span<const double> time = cohort.numbers(endpoint.time);
  const std::span<const double> code = cohort.numbers(endpoint.event);
  const std::span<double> known = arena.take<double>(time.size());
  const std::span<std::uint8_t> event = arena.take<std::uint8_t>(time.size());
  for (std::size_t i = 0; i < time.size(); ++i) {
    known[i] = std::isnan(code[i]) ? missing : time[i];
    event[i] = (code[i] == 0) == endpoint.censor;
  }
  return sort_survival(known, event, arena);
}

}  // namespace

PlanData::PlanData(const Cohort& cohort, const PlanParts& parts, Arena& arena)
    : cohort_(&cohort),
      parts_(&parts),
      arena_(&arena),
      tables_(arena.take<SurvivalTable>(parts.endpoints.size() * parts.populations.size(), SurvivalTable{})),
      table_made_(arena.take<std::uint8_t>(tables_.size(), std::uint8_t{0})),
      members_(arena.take<std::span<std::uint8_t>>(parts.populations.size(), std::span<std::uint8_t>{})),
      codes_(arena.take<std::span<std::uint8_t>>(parts.factors.size(), std::span<std::uint8_t>{})),
      strata_(arena.take<std::span<std::uint16_t>>(parts.strata.size(), std::span<std::uint16_t>{})) {}

const SurvivalTable& PlanData::table(std::size_t endpoint, std::size_t population) {
  const std::size_t place = endpoint * parts_->populations.size() + population;
  if (!table_made_[place]) {
    tables_[place] = population == 0 ? sorted(*cohort_, parts_->endpoints[endpoint], *arena_)
                                     : filter(table(endpoint, 0), members(population), *arena_);
    table_made_[place] = 1;
  }
  return tables_[place];
}

std::span<const std::uint8_t> PlanData::members(std::size_t population) {
  std::span<std::uint8_t>& made = members_[population];
  if (made.empty()) {
    made = arena_->take<std::uint8_t>(cohort_->patients());
    parts_->populations[population].members(*cohort_, made);
  }
  return made;
}

std::span<const std::uint8_t> PlanData::codes(std::size_t factor) {
  std::span<std::uint8_t>& made = codes_[factor];
  if (made.empty()) {
    made = arena_->take<std::uint8_t>(cohort_->patients());
    parts_->factors[factor].codes(*cohort_, made);
  }
  return made;
}

std::size_t PlanData::stratum_count(std::size_t strata) const {
  std::size_t count = 1;
  for (const std::size_t factor : parts_->strata[strata]) count *= parts_->factors[factor].levels().size();
  return count;
}

std::span<const std::uint16_t> PlanData::stratum(std::size_t strata) {
  std::span<std::uint16_t>& made = strata_[strata];
  if (!made.empty()) return made;
  made = arena_->take<std::uint16_t>(cohort_->patients(), std::uint16_t{0});
  for (const std::size_t factor : parts_->strata[strata]) {
    const std::span<const std::uint8_t> code = codes(factor);
    const std::size_t levels = parts_->factors[factor].levels().size();
    for (std::size_t i = 0; i < made.size(); ++i) {
      const bool known = made[i] != missing_stratum && code[i] != missing_category;
      made[i] = known ? static_cast<std::uint16_t>(made[i] * levels + code[i]) : missing_stratum;
    }
  }
  return made;
}

}  // namespace oligosim
