#include "engine/statistics/survival_table.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace oligosim {

namespace {

struct Patient {
  double time;
  std::uint64_t rank;  // censored << 32 | row: the order at a tie
};

bool before(const Patient& a, const Patient& b) { return a.time < b.time || (a.time == b.time && a.rank < b.rank); }

void insertion_sort(std::span<Patient> patients) {
  for (std::size_t i = 1; i < patients.size(); ++i) {
    const Patient patient = patients[i];
    std::size_t j = i;
    for (; j > 0 && before(patient, patients[j - 1]); --j) patients[j] = patients[j - 1];
    patients[j] = patient;
  }
}

struct Known {
  std::span<Patient> patients;
  double earliest = std::numeric_limits<double>::infinity();
  double latest = -std::numeric_limits<double>::infinity();
};

Known with_known_time(std::span<const double> time, std::span<const std::uint8_t> event, Arena& arena) {
  Known known{arena.take<Patient>(time.size())};
  std::size_t n = 0;
  for (std::size_t row = 0; row < time.size(); ++row) {
    if (std::isnan(time[row])) continue;
    known.patients[n++] = {time[row], std::uint64_t{event[row] == 0} << 32 | row};
    known.earliest = std::min(known.earliest, time[row]);
    known.latest = std::max(known.latest, time[row]);
  }
  known.patients = known.patients.first(n);
  return known;
}

// One bucket a patient, equally wide in time, then an insertion sort within each: linear for the few hundred patients
// of a trial. A crowded bucket (heavy ties, outlying times) goes to std::sort, so that the worst case is n log n.
std::span<Patient> sort_by_buckets(const Known& known, Arena& arena) {
  const std::size_t n = known.patients.size();
  const std::size_t buckets = std::bit_ceil(n);
  const double per_month = static_cast<double>(buckets - 1) / (known.latest - known.earliest);
  const auto bucket = [&](const Patient& p) {
    return static_cast<std::uint32_t>((p.time - known.earliest) * per_month);
  };
  const std::span<std::uint32_t> end = arena.take<std::uint32_t>(buckets, 0);
  const std::span<std::uint32_t> at = arena.take<std::uint32_t>(n);
  for (std::size_t i = 0; i < n; ++i) ++end[at[i] = bucket(known.patients[i])];
  std::uint32_t total = 0;
  for (std::uint32_t& e : end) {
    const std::uint32_t count = e;
    e = total;
    total += count;
  }
  const std::span<Patient> sorted = arena.take<Patient>(n);
  for (std::size_t i = 0; i < n; ++i) sorted[end[at[i]]++] = known.patients[i];
  std::uint32_t begin = 0;
  for (const std::uint32_t e : end) {
    const std::span<Patient> crowd = sorted.subspan(begin, e - begin);
    if (crowd.size() > 24) {
      std::sort(crowd.begin(), crowd.end(), before);
    } else {
      insertion_sort(crowd);
    }
    begin = e;
  }
  return sorted;
}

std::span<Patient> sorted(const Known& known, Arena& arena) {
  const double range = known.latest - known.earliest;
  const double steepest = std::numeric_limits<double>::max() / (2.0 * static_cast<double>(known.patients.size()) + 2.0);
  if (known.patients.size() > 1 && range > 1.0 / steepest && range < steepest) return sort_by_buckets(known, arena);
  std::sort(known.patients.begin(), known.patients.end(), before);
  return known.patients;
}

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
  const std::span<Patient> patients = sorted(with_known_time(time, event, arena), arena);
  for (std::size_t i = 0; i < patients.size(); ++i) {
    table.time[i] = patients[i].time;
    table.event[i] = patients[i].rank >> 32 == 0;
    table.row[i] = static_cast<std::uint32_t>(patients[i].rank);
  }
  return table.first(patients.size());
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
