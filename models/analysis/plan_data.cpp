#include "models/analysis/plan_data.hpp"

#include <algorithm>
#include <new>

namespace oligosim {
namespace {

Cohort with_derived(const Cohort& cohort, const PlanParts& parts, Arena& arena) {
  if (parts.derived.empty()) return cohort;
  const Cohort all(parts.columns, cohort, parts.needed, arena);
  const std::size_t first = parts.columns.size() - parts.derived.size();
  for (std::size_t k = 0; k < parts.derived.size(); ++k)
    if (parts.needed[first + k]) parts.derived[k].fill(all, first + k);
  return all;
}

template <class T>
std::span<T> copied(std::span<const T> values, Arena& arena) {
  const std::span<T> copy = arena.take<T>(values.size());
  std::copy(values.begin(), values.end(), copy.begin());
  return copy;
}

}  // namespace

PlanData* PlanData::nested(const LesionData& lesions, const Cohort& patients, const LesionParts& of_lesions,
                           Arena& arena) {
  const Cohort rows = of_lesions.join.join(lesions, patients, of_lesions.parts.needed, arena);
  auto* const data = new (arena.take<PlanData>(1).data()) PlanData(rows, of_lesions.parts, arena);
  data->patient_ = lesions.patient;
  return data;
}

PlanData::PlanData(const Cohort& cohort, const PlanParts& parts, Arena& arena, const LesionData* lesions)
    : cohort_(with_derived(cohort, parts, arena)),
      parts_(&parts),
      arena_(&arena),
      lesions_(parts.lesions && lesions ? nested(*lesions, cohort_, *parts.lesions, arena) : nullptr),
      tables_(arena.take<SurvivalTable>(parts.endpoints.size() * parts.populations.size(), SurvivalTable{})),
      table_made_(arena.take<std::uint8_t>(tables_.size(), std::uint8_t{0})),
      members_(arena.take<std::span<std::uint8_t>>(parts.populations.size(), std::span<std::uint8_t>{})),
      states_(arena.take<std::span<std::uint8_t>>(parts.endpoints.size(), std::span<std::uint8_t>{})),
      codes_(arena.take<std::span<std::uint8_t>>(parts.factors.size(), std::span<std::uint8_t>{})),
      strata_(arena.take<std::span<std::uint16_t>>(parts.strata.size(), std::span<std::uint16_t>{})) {}

void PlanData::leave_out_limits() {
  limits_left_out_ = true;
  if (lesions_) lesions_->leave_out_limits();
}

void PlanData::join_near_ties() {
  near_ties_ = true;
  if (lesions_) lesions_->join_near_ties();
}

const SurvivalTable& PlanData::table(std::size_t endpoint, std::size_t population) {
  const std::size_t place = endpoint * parts_->populations.size() + population;
  if (!table_made_[place]) {
    tables_[place] = population == 0 ? parts_->endpoints[endpoint].sorted(cohort_, near_ties_, *arena_)
                                     : filter(table(endpoint, 0), members(population), *arena_);
    table_made_[place] = 1;
  }
  return tables_[place];
}

std::span<const double> PlanData::start_times(std::size_t endpoint) const {
  const SurvivalEndpoint& own = parts_->endpoints[endpoint];
  return own.start ? own.start_times(cohort_, near_ties_, *arena_) : std::span<const double>();
}

PlanData PlanData::with_table(std::size_t endpoint, std::size_t population, const SurvivalTable& table,
                              Arena& arena) const {
  PlanData other = *this;
  other.arena_ = &arena;
  other.tables_ = copied<SurvivalTable>(tables_, arena);
  other.table_made_ = copied<std::uint8_t>(table_made_, arena);
  other.members_ = copied<std::span<std::uint8_t>>(members_, arena);
  other.states_ = copied<std::span<std::uint8_t>>(states_, arena);
  other.codes_ = copied<std::span<std::uint8_t>>(codes_, arena);
  other.strata_ = copied<std::span<std::uint16_t>>(strata_, arena);
  const std::size_t place = endpoint * parts_->populations.size() + population;
  other.tables_[place] = table;
  other.table_made_[place] = 1;
  return other;
}

std::span<const std::uint8_t> PlanData::members(std::size_t population) {
  std::span<std::uint8_t>& made = members_[population];
  if (made.empty()) {
    made = arena_->take<std::uint8_t>(cohort_.patients());
    parts_->populations[population].members(cohort_, made);
  }
  return made;
}

std::span<const std::uint8_t> PlanData::states(std::size_t endpoint) {
  std::span<std::uint8_t>& made = states_[endpoint];
  if (made.empty()) {
    made = arena_->take<std::uint8_t>(cohort_.patients());
    parts_->endpoints[endpoint].states(cohort_, made);
  }
  return made;
}

std::span<const std::uint8_t> PlanData::codes(std::size_t factor) {
  std::span<std::uint8_t>& made = codes_[factor];
  if (made.empty()) {
    made = arena_->take<std::uint8_t>(cohort_.patients());
    parts_->factors[factor].codes(cohort_, made);
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
  made = arena_->take<std::uint16_t>(cohort_.patients(), std::uint16_t{0});
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
