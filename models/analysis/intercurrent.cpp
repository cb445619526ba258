#include "models/analysis/intercurrent.hpp"

#include <algorithm>
#include <utility>

#include "models/analysis/plan_reader.hpp"

namespace oligosim {
namespace {

enum class Strategy { treatment_policy, composite, while_on_treatment, hypothetical };

constexpr Choice<Strategy> strategies[] = {
    {"treatment_policy", Strategy::treatment_policy},
    {"composite", Strategy::composite},
    {"while_on_treatment", Strategy::while_on_treatment},
    {"hypothetical", Strategy::hypothetical},
};

constexpr Choice<bool> same_day[] = {{"event", false}, {"intercurrent", true}};

using Until = DerivedColumn::Until;
using Kind = EndpointCoding::Kind;

double event_code(const EndpointCoding& coding) { return coding.kind == Kind::event ? coding.event : 0; }

double censored_code(const EndpointCoding& coding) {
  if (coding.kind == Kind::event) return coding.censored;
  return coding.kind == Kind::censor ? 1 : 0;
}

/// The intercurrent event as a competing cause, after those there are.
double competing_code(const std::string& cause, EndpointCoding& coding, Until& until, const std::string& endpoint) {
  if (coding.kind != Kind::cause) {
    until.recoded = coding;
    coding = {.kind = Kind::cause, .causes = {{1, endpoint}}};
  }
  double code = 0;
  for (const EndpointCoding::Cause& known : coding.causes) code = std::max(code, known.code);
  coding.causes.push_back({code + 1, cause});
  return code + 1;
}

void apply(Strategy strategy, Until until, ConfigNode& item, SurvivalEndpoint& endpoint, PlanReader& reader) {
  if (strategy == Strategy::composite && endpoint.competing())
    item.problem("strategy", "composite has no meaning for an endpoint with causes (hypothetical, while_on_treatment)");
  const std::string date = reader.columns()[until.date].name;
  switch (strategy) {
    case Strategy::treatment_policy:
      return;
    case Strategy::composite:
      until.code = event_code(endpoint.coding);
      break;
    case Strategy::hypothetical:
      until.code = censored_code(endpoint.coding);
      break;
    case Strategy::while_on_treatment:
      until.code = competing_code(date, endpoint.coding, until, endpoint.name);
      break;
  }
  const std::string name = endpoint.name + " until " + date;
  if (reader.columns().find(name)) return item.problem("at", "is the date of an intercurrent event above");
  endpoint.time = reader.add(DerivedColumn::time_until(name, until, reader.columns()));
  endpoint.status = reader.add(DerivedColumn::status_until(name + ", status", until));
}

}  // namespace

void read_intercurrent_events(SurvivalEndpoint& endpoint, ConfigNode& node, PlanReader& reader) {
  node.accept("intercurrent");
  if (!node.has("intercurrent")) return;
  endpoint.recorded = {endpoint.time, endpoint.status, endpoint.coding};
  if (endpoint.start) node.problem("intercurrent", "cannot stand beside start times (an endpoint without)");
  for (ConfigNode& item : node.children("intercurrent")) {
    const std::size_t date = reader.number_column(item, "at");
    const auto strategy = item.choice<Strategy>("strategy", strategies);
    Until until{.time = endpoint.time, .status = endpoint.status, .date = date};
    until.before = endpoint.coding;
    until.same_day = item.choice<bool>("same_day", same_day, false);
    apply(strategy, std::move(until), item, endpoint, reader);
    item.finish();
  }
}

}  // namespace oligosim
