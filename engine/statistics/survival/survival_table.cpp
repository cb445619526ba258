#include "engine/statistics/survival/survival_table.hpp"

#include "engine/numeric/ascending_rows.hpp"

namespace oligosim {

namespace {

struct MutableTable {
  std::span<double> time;
  std::span<std::uint8_t> event;
  std::span<std::uint32_t> row;

  MutableTable(std::size_t n, Arena& arena)
      : time(arena.take<double>(n)), event(arena.take<std::uint8_t>(n)), row(arena.take<std::uint32_t>(n)) {}
  SurvivalTable first(std::size_t n) const { return {time.first(n), event.first(n), row.first(n)}; }
};

}  // namespace

SurvivalTable sort_survival(std::span<const double> time, std::span<const std::uint8_t> event, Arena& arena) {
  MutableTable table(time.size(), arena);
  const Arena::Scope scope(arena);
  const std::span<std::uint8_t> censored = arena.take<std::uint8_t>(event.size());
  for (std::size_t i = 0; i < event.size(); ++i) censored[i] = event[i] == 0;
  const std::span<const std::uint32_t> rows = ascending_rows(time, censored, arena);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    table.time[i] = time[rows[i]];
    table.event[i] = !censored[rows[i]];
    table.row[i] = rows[i];
  }
  return table.first(rows.size());
}

SurvivalTable filter(const SurvivalTable& table, std::span<const std::uint8_t> keep, Arena& arena) {
  MutableTable kept(table.size(), arena);
  std::size_t n = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    kept.time[n] = table.time[i];
    kept.event[n] = table.event[i];
    kept.row[n] = table.row[i];
    n += keep[table.row[i]] != 0;
  }
  return kept.first(n);
}

SurvivalTable reversed(const SurvivalTable& table, Arena& arena) {
  MutableTable flipped(table.size(), arena);
  const std::size_t n = table.size();
  for (std::size_t begin = 0, end = 0; begin < n; begin = end) {
    // At one time the events come first, each part by row: the two parts change places.
    std::size_t censored = begin;
    while (censored < n && table.time[censored] == table.time[begin] && table.event[censored]) ++censored;
    for (end = censored; end < n && table.time[end] == table.time[begin];) ++end;
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t to = i < censored ? i + (end - censored) : i - (censored - begin);
      flipped.time[to] = table.time[i];
      flipped.event[to] = !table.event[i];
      flipped.row[to] = table.row[i];
    }
  }
  return flipped.first(n);
}

}  // namespace oligosim
