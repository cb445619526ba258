#include "models/trial/enrollment.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "engine/numeric/elementary.hpp"
#include "engine/numeric/lanes.hpp"

namespace oligosim {
namespace {

std::vector<Enrollment::Piece> read_pieces(ConfigNode node) {
  if (node.kind("rate_per_month") != YamlNode::Kind::sequence)
    return {{0, node.number("rate_per_month", Range::above(0))}};
  std::vector<Enrollment::Piece> pieces;
  for (ConfigNode piece : node.children("rate_per_month")) {
    const double from = piece.number("from_month", Range::at_least(0));
    const double rate = piece.number("rate", Range::at_least(0));
    if (pieces.empty() && from != 0) piece.problem("from_month", "the first rate must start at month 0");
    if (!pieces.empty() && from <= pieces.back().from_month)
      piece.problem("from_month", "is not after the month of the rate before");
    piece.finish();
    pieces.push_back({from, rate});
  }
  if (pieces.empty()) return {{0, 1}};
  if (pieces.back().rate <= 0) node.problem("rate_per_month", "ends with rate 0: the last patients would never come");
  return pieces;
}

/// Each number replaced by the sum of those up to it. In fours: the sum of one four waits for that of the four before,
/// not each number for the one before.
void to_running_sums(std::span<double> values) {
  HalfLanes before{};
  const auto add_up = [&before](double* from, std::size_t count) {
    HalfLanes four{};
    std::memcpy(&four, from, count * sizeof(double));
    four += __builtin_shufflevector(four, HalfLanes{}, 4, 0, 1, 2);
    four += __builtin_shufflevector(four, HalfLanes{}, 4, 4, 0, 1);
    const HalfLanes sums = before + four;
    std::memcpy(from, &sums, count * sizeof(double));
    before += __builtin_shufflevector(four, four, 3, 3, 3, 3);
  };
  std::size_t i = 0;
  for (; i + 4 <= values.size(); i += 4) add_up(&values[i], 4);
  if (i < values.size()) add_up(&values[i], values.size() - i);
}

}  // namespace

Enrollment Enrollment::read(ConfigNode node, const Columns& baseline) {
  Enrollment e;
  e.patients_ = static_cast<std::size_t>(node.integer("patients", Range::between(1, 1e6)));
  if (node.has("over_months") == node.has("rate_per_month"))
    node.problem("", "says when patients enter by one of rate_per_month and over_months");
  if (node.has("over_months")) {
    e.over_months_ = node.number("over_months", Range::above(0));
    e.shape_ = node.number("shape", Range::above(0), 1);
    if (node.has("shape_by")) {
      ConfigNode by = node.child("shape_by");
      std::vector<std::string> categories;
      for (const std::string& name : baseline.names())
        if (baseline[*baseline.find(name)].kind == ColumnKind::category) categories.push_back(name);
      e.group_column_ = baseline.find(by.one_of("column", categories, "baseline category"));
      ConfigNode levels = by.child("levels");
      if (e.group_column_)
        for (const std::string& level : baseline[*e.group_column_].levels) {
          levels.accept_name(level);
          e.shape_of_level_.push_back(levels.number(level, Range::above(0), e.shape_));
        }
      levels.finish();
      by.finish();
    }
    for (const char* key : {"shape_by", "rate_per_month"}) node.accept(key);
  } else {
    e.pieces_ = read_pieces(node);
    for (const char* key : {"over_months", "shape", "shape_by"}) node.accept(key);
    double expected = 0;
    for (std::size_t k = 0; k < e.pieces_.size(); ++k) {
      if (k > 0) expected += e.pieces_[k - 1].rate * (e.pieces_[k].from_month - e.pieces_[k - 1].from_month);
      e.cumulative_.push_back(expected);
    }
  }
  node.finish();
  return e;
}

double Enrollment::opens_month() const {
  for (const Piece& piece : pieces_)
    if (piece.rate > 0) return piece.from_month;
  return 0;
}

std::optional<double> Enrollment::distribution(double month) const {
  if (!pieces_.empty() || group_column_) return {};
  return std::pow(std::clamp(month / over_months_, 0.0, 1.0), shape_);
}

std::optional<double> Enrollment::expected_share(double month) const {
  if (pieces_.empty()) return distribution(month);
  double entries = 0;
  for (std::size_t k = 0; k < pieces_.size(); ++k) {
    const double to = k + 1 < pieces_.size() ? std::min(month, pieces_[k + 1].from_month) : month;
    entries += pieces_[k].rate * std::max(0.0, to - pieces_[k].from_month);
  }
  return std::min(1.0, entries / static_cast<double>(patients_));
}

double Enrollment::poisson_arrival(double sum) const {
  std::size_t k = pieces_.size() - 1;
  while (k > 0 && cumulative_[k] >= sum) --k;
  return pieces_[k].from_month + (sum - cumulative_[k]) / pieces_[k].rate;
}

void Enrollment::sample(const Streams& streams, const Cohort& baseline, double days_per_month,
                        std::span<double> days) const {
  streams.first_uniforms(Purpose::enrollment, 0, days);
  if (pieces_.empty()) {
    for (std::size_t i = 0; i < days.size(); ++i) {
      const double shape = group_column_ ? shape_of_level_[baseline.categories(*group_column_)[i]] : shape_;
      days[i] = over_months_ * std::pow(days[i], 1 / shape) * days_per_month;
    }
    if (by_number()) std::sort(days.begin(), days.end());
    return;
  }
  to_exponentials(days);
  to_running_sums(days);
  if (pieces_.size() > 1) {
    for (double& day : days) day = poisson_arrival(day) * days_per_month;
  } else {
    const double from = pieces_[0].from_month, gap = 1 / pieces_[0].rate;
    for (double& day : days) day = (from + day * gap) * days_per_month;
  }
}

std::span<const std::uint32_t> Enrollment::order(std::span<const double> days, Arena& arena) {
  const std::span<std::uint32_t> order = arena.take<std::uint32_t>(days.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(
      order, [days](std::uint32_t a, std::uint32_t b) { return days[a] != days[b] ? days[a] < days[b] : a < b; });
  return order;
}

double Enrollment::entry_day(std::span<const double> days, std::size_t patients, Arena& arena) {
  const Arena::Scope scratch(arena);
  return days[order(days, arena)[std::min(patients, days.size()) - 1]];
}

void Enrollment::pause(std::span<double> days, std::size_t patients, double until, Arena& arena) {
  if (patients >= days.size()) return;
  const Arena::Scope scratch(arena);
  const std::span<const std::uint32_t> in_order = order(days, arena);
  const double held = std::ceil(std::max(0.0, until - days[in_order[patients - 1]]));
  for (const std::uint32_t i : in_order.subspan(patients)) days[i] += held;
}

}  // namespace oligosim
