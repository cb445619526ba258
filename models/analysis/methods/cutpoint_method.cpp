#include "engine/statistics/survival/maximally_selected.hpp"
#include "models/analysis/bootstrap.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

/// Rows: cutpoint, and three p values of the same statistic: minimum_p as if the cut had been fixed, lausen_schumacher
/// and permutation as it was selected. Where nobody resamples there is no permutation.
class CutpointMethod : public Analysis {
 public:
  CutpointMethod(ConfigNode entry, PlanReader& reader)
      : endpoint_(reader.endpoint(entry)), population_(reader.population(entry)) {
    name_ = entry.text("name");
    column_ = reader.number_column(entry, "value");
    const std::vector<double> shares = entry.numbers("between", Range::inside(0, 1), std::vector<double>{0.1, 0.9});
    if (shares.size() == 2 && shares[0] < shares[1]) {
      lowest_ = shares[0], highest_ = shares[1];
    } else {
      entry.problem("between", "is not two shares of patients, the smaller first ([0.1, 0.9])");
    }
    permutations_ = static_cast<std::size_t>(entry.integer("permutations", Range::between(0, 1e7), 1000));
    seed_ = static_cast<std::uint64_t>(entry.integer("seed", Range::between(0, 9e18), 1));
    EstimateLabel label = reader.label(entry, "cutpoint", endpoint_, population_);
    if (column_ < reader.columns().size()) label.term = reader.columns()[column_].name;
    label.parameter = "cutpoint", labels_.push_back(label);
    label.tested = true, label.estimated = false;
    label.parameter = "minimum_p", labels_.push_back(label);
    label.parameter = "lausen_schumacher", labels_.push_back(label);
    if (permutations_ > 0) label.parameter = "permutation", labels_.push_back(label);
  }

  bool resamples_itself() const override { return true; }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    evaluate_by(Resampling::none(), data, arena, out);
  }

  void evaluate_by(const Resampling& by, PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table = complete_cases(data.table(endpoint_, population_), data, {}, {&column_, 1}, {}, arena);
    const std::span<const double> marker = in_table_order<double>(table, data.cohort().numbers(column_), arena);
    const SelectedCut selected = maximally_selected_log_rank(table, marker, lowest_, highest_, arena);
    for (Estimate& e : out) e = {.n = selected.n, .n_events = selected.n_events, .status = selected.status};
    if (selected.status != Status::ok) return;
    out[0].estimate = selected.cut;
    for (std::size_t row = 1; row < out.size(); ++row) out[row].statistic = selected.largest;
    out[1].p_value = selected.minimum_p;
    out[2].p_value = selected.lausen_schumacher_p;
    if (permutations_ > 0 && by.wanted())
      out[3].p_value =
          permutation_p_value(selected, by.streams(seed_).stream(Purpose::permutation), permutations_, arena);
  }

 private:
  std::size_t endpoint_, population_, column_ = 0;
  double lowest_ = 0.1, highest_ = 0.9;
  std::size_t permutations_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace

std::unique_ptr<Analysis> read_cutpoint(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<CutpointMethod>(entry, reader);
}

}  // namespace oligosim
