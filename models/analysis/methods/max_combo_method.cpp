#include <algorithm>

#include "engine/statistics/survival/max_combo.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/compared_groups.hpp"

namespace oligosim {
namespace {

/// One row. The k-th weight is Fleming-Harrington with the k-th `rho` and `gamma`.
class MaxComboMethod : public Analysis {
 public:
  MaxComboMethod(ConfigNode entry, PlanReader& reader) : endpoint_(reader.endpoint(entry)), groups_(entry, reader) {
    name_ = entry.text("name");
    read_weights(entry);
    labels_.push_back(groups_.label(entry, reader, "max_combo", endpoint_, "max_combo"));
    grouped_by_ = groups_.column();
    if (!groups_.column().empty() && groups_.levels().size() != 2)
      entry.problem("by", "has other than two levels (levels: [reference, later])");
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table = groups_.table(endpoint_, data, arena);
    out[0] = max_combo_test(table, groups_.grouping(table, data, arena), {}, families_, arena);
  }

 private:
  void read_weights(ConfigNode& entry) {
    const std::vector<double> rho = entry.numbers("rho", Range::between(0, 10), std::vector<double>{0, 0, 1, 1});
    const std::vector<double> gamma = entry.numbers("gamma", Range::between(0, 10), std::vector<double>{0, 1, 0, 1});
    const std::string wrong = rho.size() != gamma.size()          ? "has not as many numbers as gamma"
                              : rho.empty()                       ? "is empty"
                              : rho.size() > max_normal_dimension ? "has too many numbers"
                                                                  : "";
    if (!wrong.empty()) entry.problem("rho", wrong + " (one rho and one gamma a weight, 1 to 8 weights)");
    for (std::size_t k = 0; k < std::min({rho.size(), gamma.size(), max_normal_dimension}); ++k)
      families_.push_back({rho[k], gamma[k]});
  }

  std::size_t endpoint_;
  ComparedGroups groups_;
  std::vector<FlemingHarrington> families_;
};

}  // namespace

std::unique_ptr<Analysis> read_max_combo(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<MaxComboMethod>(entry, reader);
}

}  // namespace oligosim
