#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "models/disease/plain_survival/endpoint_distribution.hpp"

namespace oligosim {
namespace {

constexpr std::array<const char*, 5> forms{"median_months", "hazard_per_month", "survival", "scale_months",
                                           "piecewise"};
constexpr std::array<const char*, 3> changes{"hazard_ratio", "from_month", "time_ratio"};

const Range share_below_one{.minimum = 0, .maximum = 1, .maximum_included = false};

/// The rate on the scale t^shape with S(month) = probability.
double rate_through(ConfigNode node, const char* key, double month, double shape, double probability, double cured) {
  if (probability > cured) return -std::log((probability - cured) / (1 - cured)) / std::pow(month, shape);
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

double read_shape(ConfigNode node) {
  for (const char* form : {"hazard_per_month", "piecewise"}) {
    if (!node.has(form)) continue;
    if (node.has("shape"))
      node.problem("shape", std::string("cannot stand beside ") + form +
                                ", a constant hazard (beside median_months, survival or scale_months)");
    node.accept("shape");
    return 1;
  }
  return node.number("shape", Range::between(0.05, 20), 1);
}

}  // namespace

bool has_distribution(const ConfigNode& node) {
  return std::ranges::any_of(forms, [&](const char* form) { return node.has(form); });
}

EndpointDistribution read_distribution(ConfigNode node) {
  for (const char* form : forms) node.accept(form);
  const auto given = std::ranges::count_if(forms, [&](const char* form) { return node.has(form); });
  if (given != 1)
    node.problem("", "is given by one of median_months, hazard_per_month, survival, scale_months and piecewise");
  const double cured = node.number("cured", share_below_one, 0);
  const double shape = read_shape(node);
  std::vector<EndpointDistribution::Piece> pieces{{0, 1}};
  if (node.has("median_months")) {
    const double median = node.number("median_months", Range::above(0));
    pieces[0].hazard = rate_through(node, "median_months", median, shape, 0.5, cured);
  } else if (node.has("hazard_per_month")) {
    pieces[0].hazard = node.number("hazard_per_month", Range::above(0));
  } else if (node.has("survival")) {
    ConfigNode point = node.child("survival");
    const double month = point.number("at_months", Range::above(0));
    const double probability = point.number("probability", Range::inside(0, 1));
    pieces[0].hazard = rate_through(point, "probability", month, shape, probability, cured);
    point.finish();
  } else if (node.has("scale_months")) {
    pieces[0].hazard = std::pow(node.number("scale_months", Range::above(0)), -shape);
  } else if (node.has("piecewise")) {
    pieces = read_pieces(node);
  }
  return EndpointDistribution(std::move(pieces), cured, shape);
}

void read_distribution_effect(ConfigNode node, EndpointDistribution& distribution) {
  for (const char* key : forms) node.accept(key);
  for (const char* key : changes) node.accept(key);
  node.accept("cured");
  if (has_distribution(node)) {
    for (const char* key : changes)
      if (node.has(key)) node.problem(key, "cannot stand beside a distribution of the arm's own");
    distribution = read_distribution(node);
    return node.finish();
  }
  if (node.has("time_ratio") && node.has("hazard_ratio"))
    node.problem("time_ratio", "cannot stand beside hazard_ratio: one of them says what the arm does");
  if (node.has("time_ratio")) {
    if (node.has("from_month")) node.problem("from_month", "belongs to hazard_ratio; time_ratio is from the start on");
    distribution = distribution.with_time_ratio(node.number("time_ratio", Range::above(0)));
  } else if (node.has("hazard_ratio") || node.has("from_month") || !node.has("cured")) {
    distribution = distribution.with_hazard_ratios(read_hazard_ratios(node));
  }
  if (node.has("cured")) distribution = distribution.with_cured(node.number("cured", share_below_one));
  node.finish();
}

}  // namespace oligosim
