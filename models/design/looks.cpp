#include <algorithm>
#include <string>

#include "models/design/design.hpp"

namespace oligosim {
namespace {

Look read_look(ConfigNode node, const DesignInput& input) {
  Look look;
  if (node.has("at_events") == node.has("at_month"))
    node.problem("", "a look is at_events (of an endpoint) or at_month, one of the two");
  if (node.has("at_events")) {
    look.events = static_cast<std::size_t>(node.integer("at_events", Range::between(1, 1e6)));
    const std::string of = node.one_of("of", input.endpoints, "endpoint of the disease model");
    const auto found = std::find(input.endpoints.begin(), input.endpoints.end(), of);
    if (found != input.endpoints.end())
      look.endpoint = input.endpoint_positions[static_cast<std::size_t>(found - input.endpoints.begin())];
    if (input.patients > 0 && *look.events > input.patients)
      node.problem("at_events", std::to_string(*look.events) + " is more than the " + std::to_string(input.patients) +
                                    " patients of trial.enrollment.patients");
    node.accept("at_month");
  } else {
    look.month = node.number("at_month", Range::above(0));
    for (const char* key : {"at_events", "of"}) node.accept(key);
  }
  return look;
}

void check_order(ConfigNode& node, const Look& before, const Look& look) {
  const bool same_kind = before.events.has_value() == look.events.has_value();
  if (same_kind && look.events && *look.events <= *before.events)
    node.problem("at_events", std::to_string(*look.events) + " is not above the look before (" +
                                  std::to_string(*before.events) + ")");
  if (same_kind && !look.events && look.month <= before.month) node.problem("at_month", "is not after the look before");
}

}  // namespace

std::vector<Look> read_looks(DesignInput& input) {
  std::vector<Look> looks;
  std::vector<ConfigNode> nodes = input.node.children("looks");
  for (ConfigNode& node : nodes) {
    looks.push_back(read_look(node, input));
    if (looks.size() > 1) check_order(node, looks[looks.size() - 2], looks.back());
  }
  // Information: events over the final events, or as said for looks by date.
  for (std::size_t k = 0; k < looks.size(); ++k) {
    const bool last = k + 1 == looks.size();
    const bool by_events = looks[k].events && looks.back().events;
    if (last || by_events) {
      nodes[k].accept("information");
      looks[k].information =
          last ? 1 : static_cast<double>(*looks[k].events) / static_cast<double>(*looks.back().events);
    } else {
      looks[k].information = nodes[k].number("information", Range::inside(0, 1));
    }
    nodes[k].finish();
    if (k > 0 && looks[k].information <= looks[k - 1].information && !by_events)
      nodes[k].problem("information", "is not above that of the look before");
  }
  if (looks.empty()) {
    if (input.node.has("looks")) input.node.problem("looks", "is empty (at least one look)");
    looks.emplace_back();
  }
  return looks;
}

}  // namespace oligosim
