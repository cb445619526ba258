#include <algorithm>
#include <optional>

#include "engine/statistics/survival/max_combo.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

/// One row. The k-th weight is Fleming-Harrington with the k-th `rho` and `gamma`.
class MaxComboMethod : public Analysis {
 public:
  MaxComboMethod(ConfigNode entry, PlanReader& reader) {
    name_ = entry.text("name");
    endpoint_ = reader.endpoint(entry);
    population_ = reader.population(entry);
    if (!entry.has("by")) entry.problem("by", "missing (the column whose groups are compared)");
    group_ = reader.by(entry).value_or(0);
    strata_ = reader.strata(entry);
    read_weights(entry);
    EstimateLabel label = reader.label(entry, "max_combo", endpoint_, population_);
    label.parameter = "max_combo";
    if (group_ < reader.parts().factors.size()) {
      const Factor& factor = reader.parts().factors[group_];
      label.term = grouped_by_ = reader.columns()[factor.column()].name;
      if (factor.levels().size() != 2) entry.problem("by", "has other than two levels (levels: [reference, later])");
    }
    label.tested = label.two_groups = true;
    label.estimated = false;
    labels_.push_back(label);
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table =
        complete_cases(data.table(endpoint_, population_), data, {&group_, 1}, {}, strata_, arena);
    const Grouping grouping = grouping_of(table, data, group_, strata_, arena);
    out[0] = max_combo_test(table, grouping, {}, families_, arena);
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

  std::size_t endpoint_ = 0, population_ = 0, group_ = 0;
  std::optional<std::size_t> strata_;
  std::vector<FlemingHarrington> families_;
};

}  // namespace

std::unique_ptr<Analysis> read_max_combo(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<MaxComboMethod>(entry, reader);
}

}  // namespace oligosim
