#include "models/trial/dropout.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/numeric/early_exponentials.hpp"
#include "engine/numeric/elementary.hpp"

namespace oligosim {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

/// A share of patients and the month by which they are lost.
struct Loss {
  double probability = 0, month = 1;
  double rate() const { return -std::log1p(-probability) / month; }
};

double read_probability(ConfigNode& node) {
  return node.number("probability", Range{.minimum = 0, .maximum = 1, .maximum_included = false});
}

double read_month(ConfigNode& node) { return node.number("by_month", Range::above(0)); }

/// What is not said is as in `common`.
Loss read_own_loss(ConfigNode& node, const Loss& common) {
  Loss own = common;
  for (const char* key : {"probability", "by_month"}) node.accept(key);
  if (node.has("probability")) own.probability = read_probability(node);
  if (node.has("by_month")) own.month = read_month(node);
  return own;
}

Loss read_loss(ConfigNode& node) {
  const double probability = read_probability(node);
  return {probability, read_month(node)};
}

/// One rate an arm, as in `common` where it has none of its own; none where all arms have the same.
std::vector<double> read_rates(ConfigNode by_arm, const Loss& common, std::span<const std::string> arms) {
  std::vector<double> rates(arms.size(), common.rate());
  for (std::size_t k = 0; k < arms.size(); ++k) {
    by_arm.accept_name(arms[k]);
    if (!by_arm.has(arms[k])) continue;
    ConfigNode own = by_arm.child(arms[k]);
    rates[k] = read_own_loss(own, common).rate();
    own.finish();
  }
  by_arm.finish();
  return rates;
}

}  // namespace

double read_rate(ConfigNode& node) { return read_loss(node).rate(); }

Dropout Dropout::read(ConfigNode node, std::span<const std::string> endpoints, std::span<const std::string> arms) {
  if (node.keys().empty()) return {};
  const Loss common = read_loss(node);
  Dropout dropout{.rate_per_month = common.rate(), .after = {}};
  node.accept("by_arm");
  if (node.has("by_arm")) dropout.by_arm = read_rates(node.child("by_arm"), common, arms);
  if (std::ranges::all_of(dropout.by_arm, [&](double rate) { return rate == dropout.rate_per_month; }))
    dropout.by_arm.clear();
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

bool Dropout::loses_nobody() const {
  return by_arm.empty() ? rate_per_month <= 0 : std::ranges::all_of(by_arm, [](double rate) { return rate <= 0; });
}

void Dropout::sample(const Streams& streams, double days_per_month, std::span<const std::uint8_t> arm,
                     std::span<double> days) const {
  if (loses_nobody()) {
    std::ranges::fill(days, never);
    return;
  }
  streams.first_uniforms(Purpose::dropout, 0, days);
  to_exponentials(days);
  if (!by_arm.empty()) {
    for (std::size_t i = 0; i < days.size(); ++i) days[i] *= days_per_month / rate(arm[i]);
    return;
  }
  const double mean = days_per_month / rate_per_month;
  for (double& day : days) day *= mean;
}

void Dropout::sample_before(std::span<const double> until, const Streams& streams, double days_per_month,
                            std::span<const std::uint8_t> arm, std::span<double> days, Arena& arena) const {
  constexpr double roundings = 1e-12;
  if (loses_nobody()) {
    std::ranges::fill(days, never);
    return;
  }
  const Arena::Scope scratch(arena);
  streams.first_uniforms(Purpose::dropout, 0, days);
  const auto scale_of = [&](double rate) { return rate / days_per_month * (1 + roundings); };
  if (by_arm.empty()) {
    const EarlyExponentials early(days, until, scale_of(rate_per_month), arena);
    std::ranges::fill(days, never);
    const double mean = days_per_month / rate_per_month;
    for (std::size_t k = 0; k < early.row.size(); ++k) days[early.row[k]] = early.value[k] * mean;
    return;
  }
  const std::span<double> limit = arena.take<double>(days.size());
  for (std::size_t i = 0; i < days.size(); ++i) {
    const double own = rate(arm[i]);
    limit[i] = own > 0 ? until[i] * scale_of(own) : 0;  // no uniform number is 1
  }
  const EarlyExponentials early(days, limit, 1, arena);
  std::ranges::fill(days, never);
  for (std::size_t k = 0; k < early.row.size(); ++k)
    days[early.row[k]] = early.value[k] * (days_per_month / rate(arm[early.row[k]]));
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
