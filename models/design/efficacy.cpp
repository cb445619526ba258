#include <cmath>

#include "engine/statistics/sequential/classical_boundaries.hpp"
#include "models/design/boundaries.hpp"

namespace oligosim {
namespace {

enum class Classical { obrien_fleming, pocock, wang_tsiatis, haybittle_peto };
constexpr Choice<Classical> classicals[] = {{"obrien_fleming", Classical::obrien_fleming},
                                            {"pocock", Classical::pocock},
                                            {"wang_tsiatis", Classical::wang_tsiatis},
                                            {"haybittle_peto", Classical::haybittle_peto}};

std::vector<double> read_classical(ConfigNode& node, const BoundaryInput& input) {
  const auto kind = node.choice<Classical>("boundary", classicals);
  double parameter = kind == Classical::pocock ? 0.5 : 0;
  if (kind == Classical::wang_tsiatis) parameter = node.number("delta", Range::between(-1, 1));
  if (kind == Classical::haybittle_peto) parameter = node.number("z", Range::between(1, 8), 3);
  std::vector<double> information;
  for (const Look& look : input.looks) information.push_back(look.information);
  const BoundaryShape shape =
      kind == Classical::haybittle_peto ? BoundaryShape::haybittle_peto : BoundaryShape::wang_tsiatis;
  std::vector<double> planned =
      classical_boundaries(shape, parameter, input.alpha / input.sides, input.sides == 2, information);
  if (std::isinf(planned.back())) node.problem("z", "the interim looks alone spend more than alpha (a larger z)");
  return planned;
}

}  // namespace

EfficacyRule read_efficacy(ConfigNode node, const BoundaryInput& input) {
  EfficacyRule rule;
  if (node.has("boundary") && node.has("spending")) node.problem("boundary", "stands beside spending (one of the two)");
  if (node.has("boundary")) {
    rule.planned = read_classical(node, input);
  } else {
    rule.spending = read_spending(node, Spending::obrien_fleming, input.alpha, input.looks);
  }
  for (const char* key : {"spending", "boundary"}) node.accept(key);
  node.finish();
  return rule;
}

}  // namespace oligosim
