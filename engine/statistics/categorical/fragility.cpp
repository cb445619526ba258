#include "engine/statistics/categorical/fragility.hpp"

#include "engine/statistics/categorical/fisher_exact.hpp"

namespace oligosim {
namespace {

double p_value(const TwoGroupCounts& c) {
  return fisher_p_values({c.events[0], c.patients[0] - c.events[0], c.events[1], c.patients[1] - c.events[1]})
      .two_sided;
}

int with_fewer_events(const TwoGroupCounts& c) { return c.events[1] < c.events[0] ? 1 : 0; }

}  // namespace

bool is_significant(const TwoGroupCounts& counts, double alpha) { return p_value(counts) < alpha; }

std::optional<std::uint32_t> fragility_index(const TwoGroupCounts& counts, double alpha) {
  if (p_value(counts) >= alpha) return {};
  TwoGroupCounts changed = counts;
  const int fewer = with_fewer_events(counts);
  std::uint32_t patients = 0;
  while (changed.events[fewer] < changed.patients[fewer]) {
    ++changed.events[fewer], ++patients;
    if (p_value(changed) >= alpha) return patients;
  }
  return {};
}

std::optional<std::uint32_t> reverse_fragility_index(const TwoGroupCounts& counts, double alpha) {
  if (p_value(counts) < alpha) return {};
  TwoGroupCounts changed = counts;
  std::uint32_t& events = changed.events[with_fewer_events(counts)];
  std::uint32_t patients = 0;
  while (events > 0) {
    --events, ++patients;
    if (p_value(changed) < alpha) return patients;
  }
  return {};
}

}  // namespace oligosim
