#include "models/study/families.hpp"

#include <algorithm>

namespace oligosim {
namespace {

/// The first label of each analysis that has a test.
struct FirstTests {
  explicit FirstTests(const Plan& plan) {
    for (std::size_t k = 0; k < plan.labels().size(); ++k) {
      const EstimateLabel& label = plan.labels()[k];
      if (!label.tested || std::ranges::find(names, label.analysis) != names.end()) continue;
      names.push_back(label.analysis);
      labels.push_back(k);
    }
  }
  std::vector<std::string> names;
  std::vector<std::size_t> labels;
};

}  // namespace

std::vector<Family> read_families(ConfigNode study, const Plan& plan) {
  study.accept("families");
  if (!study.has("families")) return {};
  const FirstTests tests(plan);
  std::vector<Family> families;
  ConfigNode node = study.child("families");
  for (const std::string& name : node.keys()) {
    families.push_back({name, {}});
    for (const std::string& analysis : node.some_of(name, tests.names, "analysis with a test"))
      if (const auto found = std::ranges::find(tests.names, analysis); found != tests.names.end())
        families.back().labels.push_back(tests.labels[static_cast<std::size_t>(found - tests.names.begin())]);
    if (node.kind(name) == YamlNode::Kind::sequence && families.back().labels.empty())
      node.problem(name, "is empty (at least one analysis)");
  }
  node.finish();
  return families;
}

}  // namespace oligosim
