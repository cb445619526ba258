#include "models/trial/dropout.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/numeric/early_exponentials.hpp"
#include "engine/numeric/elementary.hpp"

namespace oligosim {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

}  // namespace

double read_rate(ConfigNode& node) {
  const double probability = node.number("probability", Range{.minimum = 0, .maximum = 1, .maximum_included = false});
  const double month = node.number("by_month", Range::above(0));
  return -std::log1p(-probability) / month;
}

Dropout Dropout::read(ConfigNode node, std::span<const std::string> endpoints) {
  if (node.keys().empty()) return {};
  Dropout dropout{.rate_per_month = read_rate(node), .after = {}};
  node.accept("after");
  if (node.has("after")) {
    ConfigNode events = node.child("after");
    for (std::size_t k = 0; k < endpoints.size(); ++k) {
      events.accept_name(endpoints[k]);
      if (!events.has(endpoints[k])) continue;
      ConfigNode event = events.child(endpoints[k]);
      dropout.after.push_back({k, event.number("hazard_ratio", Range::above(0))});
      event.finish();
    }
    events.finish();
  }
  node.finish();
  return dropout;
}

void Dropout::sample(const Streams& streams, double days_per_month, std::span<double> days) const {
  if (rate_per_month <= 0) {
    std::ranges::fill(days, never);
    return;
  }
  streams.first_uniforms(Purpose::dropout, 0, days);
  to_exponentials(days);
  const double mean = days_per_month / rate_per_month;
  for (double& day : days) day *= mean;
}

void Dropout::sample_before(std::span<const double> until, const Streams& streams, double days_per_month,
                            std::span<double> days, Arena& arena) const {
  constexpr double roundings = 1e-12;
  if (rate_per_month <= 0) {
    std::ranges::fill(days, never);
    return;
  }
  const Arena::Scope scratch(arena);
  streams.first_uniforms(Purpose::dropout, 0, days);
  const EarlyExponentials early(days, until, rate_per_month / days_per_month * (1 + roundings), arena);
  std::ranges::fill(days, never);
  const double mean = days_per_month / rate_per_month;
  for (std::size_t k = 0; k < early.row.size(); ++k) days[early.row[k]] = early.value[k] * mean;
}

void Dropout::follow_events(std::span<const std::span<double>> event_day, std::span<double> days) const {
  for (std::size_t i = 0; i < days.size(); ++i) {
    // Time at the base rate that is left; it runs faster after an event.
    double left = days[i], now = 0, ratio = 1;
    for (double done = -1; left < never;) {
      double next = never, factor = 1;
      for (const After& event : after) {
        const double day = event_day[event.endpoint][i];
        if (day <= done || day > next) continue;
        factor = day == next ? factor * event.hazard_ratio : event.hazard_ratio;
        next = day;
      }
      if (next == never || left <= (next - now) * ratio) break;
      left -= (next - now) * ratio;
      now = done = next;
      ratio *= factor;
    }
    if (left < never) days[i] = now + left / ratio;
  }
}

}  // namespace oligosim
