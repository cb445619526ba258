#include "models/disease/plain_survival/endpoint_distribution.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace oligosim {
namespace {

constexpr std::array<const char*, 4> forms{"median_months", "hazard_per_month", "survival", "piecewise"};

/// The hazard with S(month) = probability.
double hazard_through(ConfigNode node, const char* key, double month, double probability, double cured) {
  if (probability > cured) return -std::log((probability - cured) / (1 - cured)) / month;
  node.problem(key, "is never reached: the cured share is at least as large as the survival probability");
  return 1;
}

std::vector<EndpointDistribution::Piece> read_pieces(ConfigNode node) {
  std::vector<EndpointDistribution::Piece> pieces;
  for (ConfigNode& item : node.children("piecewise")) {
    const double from = item.number("from_month", Range::at_least(0));
    if (pieces.empty() ? from != 0 : from <= pieces.back().from_month)
      item.problem("from_month", pieces.empty() ? "of the first piece is not 0" : "is not above the piece before");
    pieces.push_back({from, item.number("hazard_per_month", Range::at_least(0))});
    item.finish();
  }
  if (pieces.empty()) pieces.push_back({0, 1});
  return pieces;
}

}  // namespace

EndpointDistribution::EndpointDistribution(std::vector<Piece> pieces, double cured)
    : pieces_(std::move(pieces)), cured_(cured) {
  double sum = 0;
  for (std::size_t k = 0; k < pieces_.size(); ++k) {
    if (k > 0) sum += pieces_[k - 1].hazard * (pieces_[k].from_month - pieces_[k - 1].from_month);
    before_.push_back(sum);
  }
}

double EndpointDistribution::inverse_over_pieces(double target) const {
  std::size_t k = pieces_.size() - 1;
  while (k > 0 && before_[k] >= target) --k;
  const double hazard = pieces_[k].hazard;
  return hazard > 0 ? pieces_[k].from_month + (target - before_[k]) / hazard : std::numeric_limits<double>::infinity();
}

double EndpointDistribution::cumulative_hazard(double month) const {
  std::size_t k = pieces_.size() - 1;
  while (k > 0 && pieces_[k].from_month > month) --k;
  return before_[k] + pieces_[k].hazard * (month - pieces_[k].from_month);
}

double EndpointDistribution::survival(double month) const {
  return month <= 0 ? 1 : cured_ + (1 - cured_) * std::exp(-cumulative_hazard(month));
}

double EndpointDistribution::density(double month) const {
  if (month < 0) return 0;
  std::size_t k = pieces_.size() - 1;
  while (k > 0 && pieces_[k].from_month > month) --k;
  return (1 - cured_) * pieces_[k].hazard * std::exp(-cumulative_hazard(month));
}

std::vector<double> EndpointDistribution::breaks() const {
  std::vector<double> months;
  for (std::size_t k = 1; k < pieces_.size(); ++k) months.push_back(pieces_[k].from_month);
  return months;
}

EndpointDistribution EndpointDistribution::with_hazard_ratio(double ratio, double from_month) const {
  std::vector<Piece> pieces;
  for (std::size_t k = 0; k < pieces_.size(); ++k) {
    const Piece& piece = pieces_[k];
    const double end = k + 1 < pieces_.size() ? pieces_[k + 1].from_month : std::numeric_limits<double>::infinity();
    if (piece.from_month < from_month) pieces.push_back(piece);
    if (end > from_month) pieces.push_back({std::max(piece.from_month, from_month), piece.hazard * ratio});
  }
  return EndpointDistribution(std::move(pieces), cured_);
}

bool has_distribution(const ConfigNode& node) {
  return std::ranges::any_of(forms, [&](const char* form) { return node.has(form); });
}

EndpointDistribution read_distribution(ConfigNode node) {
  for (const char* form : forms) node.accept(form);
  const auto given = std::ranges::count_if(forms, [&](const char* form) { return node.has(form); });
  if (given != 1) node.problem("", "is given by one of median_months, hazard_per_month, survival and piecewise");
  const double cured = node.number("cured", Range{.minimum = 0, .maximum = 1, .maximum_included = false}, 0);
  std::vector<EndpointDistribution::Piece> pieces{{0, 1}};
  if (node.has("median_months")) {
    const double median = node.number("median_months", Range::above(0));
    pieces[0].hazard = hazard_through(node, "median_months", median, 0.5, cured);
  } else if (node.has("hazard_per_month")) {
    pieces[0].hazard = node.number("hazard_per_month", Range::above(0));
  } else if (node.has("survival")) {
    ConfigNode point = node.child("survival");
    const double month = point.number("at_months", Range::above(0));
    const double probability = point.number("probability", Range::inside(0, 1));
    pieces[0].hazard = hazard_through(point, "probability", month, probability, cured);
    point.finish();
  } else if (node.has("piecewise")) {
    pieces = read_pieces(node);
  }
  return EndpointDistribution(std::move(pieces), cured);
}

}  // namespace oligosim
