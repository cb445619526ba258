#include "models/analysis/label_text.hpp"

#include <cmath>

#include "engine/io/number.hpp"
#include "engine/io/words.hpp"

namespace oligosim {

std::string row_text(const EstimateLabel& label) {
  std::string text = label.term;
  text += (text.empty() ? "" : ": ") + spaced(label.parameter);
  if (!std::isnan(label.at)) text += (label.share ? " at month " : " at ") + shortest(label.at);
  if (!label.interval.empty()) text += " (" + label.interval + ")";
  return text;
}

std::string label_text(const EstimateLabel& label) {
  return label.analysis + (label.group.empty() ? "" : ", " + label.group) + ", " + row_text(label);
}

std::string number_text(EstimateLabel label) {
  label.interval.clear();
  return label_text(label);
}

}  // namespace oligosim
