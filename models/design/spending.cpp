#include <string>

#include "engine/io/number.hpp"
#include "models/design/boundaries.hpp"

namespace oligosim {
namespace {

constexpr Choice<Spending> spendings[] = {{"obrien_fleming", Spending::obrien_fleming},
                                          {"pocock", Spending::pocock},
                                          {"hwang_shih_decani", Spending::hwang_shih_decani},
                                          {"kim_demets", Spending::kim_demets},
                                          {"user", Spending::user}};

/// The level spent by each look, rising to all of it.
void read_cumulative(ConfigNode& node, SpendingFunction& function, double level, std::span<const Look> looks) {
  const std::vector<double> cumulative = node.numbers("cumulative", Range::between(0, 1));
  if (!node.has("cumulative")) return;
  if (cumulative.size() != looks.size()) {
    node.problem("cumulative", "has " + std::to_string(cumulative.size()) +
                                   " values (one for each look: " + std::to_string(looks.size()) + ")");
    return;
  }
  for (std::size_t k = 0; k < looks.size(); ++k) {
    if (k > 0 && cumulative[k] < cumulative[k - 1])
      node.problem("cumulative", shortest(cumulative[k]) + " lies below the look before (values that do not fall)");
    if (cumulative[k] > level)
      node.problem("cumulative",
                   shortest(cumulative[k]) + " is more than there is to spend (at most " + shortest(level) + ")");
    function.information.push_back(looks[k].information);
    function.share.push_back(cumulative[k] / level);
  }
  if (cumulative.back() < level)
    node.problem("cumulative",
                 "ends with " + shortest(cumulative.back()) + " (the last look spends all, " + shortest(level) + ")");
}

}  // namespace

SpendingFunction read_spending(ConfigNode& node, std::optional<Spending> standard, double level,
                               std::span<const Look> looks) {
  SpendingFunction function(node.choice<Spending>("spending", spendings, standard));
  switch (function.family) {
    case Spending::hwang_shih_decani:
      function.parameter = node.number("gamma", Range::between(-40, 40));
      break;
    case Spending::kim_demets:
      function.parameter = node.number("rho", Range::between(0.1, 20));
      break;
    case Spending::user:
      read_cumulative(node, function, level, looks);
      break;
    default:
      break;
  }
  return function;
}

}  // namespace oligosim
