#include "models/monitoring/forecast_spec.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace oligosim {
namespace {

constexpr std::array models = {Choice<HazardModel>{"exponential", HazardModel::exponential},
                               Choice<HazardModel>{"piecewise_exponential", HazardModel::piecewise_exponential},
                               Choice<HazardModel>{"weibull", HazardModel::weibull}};

std::optional<std::string> optional_text(ConfigNode& node, const char* key) {
  node.accept(key);
  return node.has(key) ? std::optional(node.text(key)) : std::nullopt;
}

void read_model(ConfigNode& node, ForecastSpec& spec) {
  spec.model = node.choice<HazardModel>("model", models, HazardModel::exponential);
  const bool pieces = spec.model == HazardModel::piecewise_exponential;
  node.accept("cuts_months");
  if (pieces != node.has("cuts_months"))
    return node.problem(pieces ? "model" : "cuts_months", pieces ? "needs the months between its pieces (cuts_months)"
                                                                 : "is of the model piecewise_exponential alone");
  if (!pieces) return;
  spec.cuts_months = node.numbers("cuts_months", Range::above(0));
  if (spec.cuts_months.empty()) node.problem("cuts_months", "is empty (at least one month)");
  if (!std::ranges::is_sorted(spec.cuts_months, std::less_equal()))
    node.problem("cuts_months", "are not each above the one before");
}

void read_entries(ConfigNode& node, ForecastSpec& spec) {
  for (const char* key : {"patients", "rate_per_month"}) node.accept(key);
  if (node.has("patients")) spec.patients = static_cast<std::size_t>(node.integer("patients", Range::between(1, 1e6)));
  if (node.has("rate_per_month")) spec.rate_per_month = node.number("rate_per_month", Range::above(0));
  if (node.has("rate_per_month") && node.has("rate_over_months"))
    node.problem("rate_over_months", "stands beside rate_per_month, which is not found in the data");
  spec.rate_over_months = node.number("rate_over_months", Range::at_least(0.5), 6);
}

}  // namespace

const char* name(HazardModel model) { return std::ranges::find(models, model, &Choice<HazardModel>::value)->name; }

ForecastSpec read_forecast_spec(ConfigNode node, bool has_plan) {
  ForecastSpec spec;
  spec.at = node.as_written();
  spec.data = node.text("data");
  spec.month = node.number("month", Range::above(0));
  spec.entered = node.text("entered");
  spec.lost = optional_text(node, "lost");
  spec.by = optional_text(node, "by");
  spec.endpoint = optional_text(node, "endpoint");
  read_model(node, spec);
  read_entries(node, spec);
  node.accept("events");
  if (node.has("events"))
    for (const double events : node.numbers("events", Range::between(1, 1e6))) {
      if (events != static_cast<double>(static_cast<std::size_t>(events)))
        node.problem("events", "has a number that is not whole");
      spec.events.push_back(static_cast<std::size_t>(events));
    }
  spec.level = node.number("level", Range::inside(0, 1), 0.9);
  spec.trials = static_cast<std::size_t>(node.integer("trials", Range::between(100, 1e5), 10000));
  spec.seed = static_cast<std::uint64_t>(node.integer("seed", Range::between(0, 9e18), 1));
  if (!has_plan) node.problem("data", "needs the plan that says what an event is (plan: FILE.yaml beside forecast)");
  node.finish();
  return spec;
}

}  // namespace oligosim
