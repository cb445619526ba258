#include <cmath>

#include "engine/statistics/cox/cox.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/hazard_ratio.hpp"
#include "models/analysis/methods/patient_groups.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

/// How the hazard ratio of two groups differs between two kinds of patients: a Cox regression in each, which together
/// are the regression with both terms and their product, stratified by the kind. Rows: the ratio of the hazard ratios,
/// later kind over first, and its logarithm.
class InteractionMethod : public Analysis {
 public:
  InteractionMethod(ConfigNode entry, PlanReader& reader)
      : endpoint_(reader.endpoint(entry)), groups_(two_patient_groups(entry, reader)) {
    name_ = entry.text("name");
    grouped_by_ = groups_.by();
    const std::string modifier = entry.one_of("modifier", reader.columns().names(), "column");
    modifier_ = reader.factor(entry, "modifier", modifier);
    null_ = std::log(entry.number("null_value", Range::between(0.01, 100), 1.0));
    if (modifier_ >= reader.parts().factors.size()) return;
    const std::vector<std::string>& kinds = reader.parts().factors[modifier_].levels();
    if (kinds.size() != 2)
      entry.problem("modifier", "'" + modifier + "' has " + std::to_string(kinds.size()) +
                                    " levels (two: say which, levels: {" + modifier + ": [A, B]})");
    if (kinds.size() != 2 || groups_.count() != 2) return;
    EstimateLabel label = reader.label(entry, "interaction", endpoint_, groups_.population());
    label.term = groups_.compared() + ":" + modifier + "=" + kinds[1];
    label.interval = "wald";
    label.tested = label.two_groups = true;
    label.parameter = "ratio_of_hazard_ratios", label.ratio = true, labels_.push_back(label);
    label.parameter = "log_ratio_of_hazard_ratios", label.ratio = false, label.log_scale = true;
    labels_.push_back(label);
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const CoxFit first = fit(0, data, arena), later = fit(1, data, arena);
    const Status status = first.status != Status::ok ? first.status : later.status;
    Estimate& e = out[1];
    e = log_hazard_ratio(later.coefficient[0] - first.coefficient[0], first.n + later.n,
                         first.n_events + later.n_events, status);
    add_wald(e, std::hypot(first.standard_error[0], later.standard_error[0]),
             normal_quantile(0.5 + data.parts().confidence / 2), null_);
    out[0] = as_ratio(e);
  }

  std::optional<CensoredInput> censored_input() const override {
    CensoredInput input = groups_.input(endpoint_);
    input.factors.push_back(modifier_);
    return input;
  }

 private:
  CoxFit fit(std::size_t kind, PlanData& data, Arena& arena) const {
    const SurvivalTable all = filter_group(data.table(endpoint_, groups_.population()), data, modifier_, kind, arena);
    const std::size_t factor = groups_.factor().value_or(0);
    const SurvivalTable table = complete_cases(all, data, std::span(&factor, 1), {}, {}, arena);
    const std::span<const std::uint8_t> codes = table_codes(table, data, factor, arena);
    const std::span<double> second = arena.take<double>(table.size());
    std::ranges::copy(codes, second.begin());
    return cox(table, {.values = second, .columns = 1, .stratum = {}, .strata = 1, .start = {}}, {}, {.initial = {}},
               arena);
  }

  std::size_t endpoint_;
  PatientGroups groups_;
  std::size_t modifier_ = 0;
  double null_ = 0;  // log of the ratio tested against
};

}  // namespace

std::unique_ptr<Analysis> read_interaction(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<InteractionMethod>(entry, reader);
}

}  // namespace oligosim
