#include "models/calibration/published_cohort.hpp"

#include <cmath>
#include <cstdlib>

#include "engine/io/config.hpp"
#include "engine/io/number.hpp"

namespace oligosim {
namespace {

void multiply(YamlNode& scalar, double factor) {
  scalar.scalar = unrounded(std::strtod(scalar.scalar.c_str(), nullptr) * factor);
}

}  // namespace

CohortModel read_cohort_model(ConfigNode& root, Problems& problems) {
  CohortModel model{read_trial(root, false, problems)};
  const ConfigNode enrollment = root.child("trial").child("enrollment");
  if (enrollment.has("rate_per_month")) enrollment.problem("rate_per_month", "a published cohort entered over_months");
  const double days_per_month = root.child("plan").number("days_per_month", Range::between(28, 31), 30.4375);
  model.cut_off_day = days_per_month * root.number("cut_off_month", Range::above(0));
  if (problems.empty()) model.disease->prepare();
  return model;
}

YamlNode enlarged(const YamlNode& document, std::size_t times) {
  YamlNode large = document;
  const auto factor = static_cast<double>(times);
  double total = 0;
  if (YamlNode* cohort = large.find("cohort")) {
    for (YamlNode::Entry& e : cohort->entries) total += std::strtod(e.value.scalar.c_str(), nullptr);
    const bool shares = std::abs(total - 1) < 1e-6 && cohort->entries.size() > 0;
    if (!shares)
      for (YamlNode::Entry& e : cohort->entries) multiply(e.value, factor);
  }
  multiply(*large.find("trial")->find("enrollment")->find("patients"), factor);
  return large;
}

}  // namespace oligosim
