#include "engine/statistics/survival/log_rank.hpp"
#include "engine/statistics/survival/log_rank_ratio.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/hazard_ratio_test.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

class LogRankMethod : public Analysis, public HazardRatioTest {
 public:
  LogRankMethod(ConfigNode entry, PlanReader& reader) {
    name_ = entry.text("name");
    endpoint_ = reader.endpoint(entry);
    population_ = reader.population(entry);
    if (!entry.has("by")) entry.problem("by", "missing (the column whose groups are compared)");
    group_ = reader.by(entry).value_or(0);
    strata_ = reader.strata(entry);
    family_.rho = entry.number("rho", Range::between(0, 10), 0);
    family_.gamma = entry.number("gamma", Range::between(0, 10), 0);
    EstimateLabel label = reader.label(entry, "log_rank", endpoint_, population_);
    label.parameter = "log_rank";
    if (group_ < reader.parts().factors.size()) {
      const Factor& factor = reader.parts().factors[group_];
      label.term = reader.columns()[factor.column()].name;
      groups_ = factor.levels().size();
      if (groups_ == 2) compared_ = label.term + "=" + factor.levels()[1];
    }
    label.two_groups = groups_ == 2;
    if (entry.has("null_value")) read_null(entry);
    entry.accept("null_value");
    label.tested = true;
    label.estimated = false;
    labels_.push_back(label);
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table =
        complete_cases(data.table(endpoint_, population_), data, {&group_, 1}, {}, strata_, arena);
    const Grouping grouping = grouping_of(table, data, group_, strata_, arena);
    out[0] = null_ratio_ == 1 ? log_rank_test(table, grouping, {}, family_, arena)
                              : log_rank_ratio_test(table, grouping, null_ratio_, arena);
  }
  std::optional<double> null_ratio() const override {
    if (groups_ != 2 || !grows_with_events()) return {};
    return null_ratio_;
  }
  bool grows_with_events() const override { return family_.rho == 0 && family_.gamma == 0; }
  std::string compared() const override { return compared_; }
  std::optional<Compared> plain_log_rank() const override {
    if (null_ratio() != 1.0 || population_ != 0 || strata_) return {};
    return Compared{endpoint_, group_};
  }

 private:
  void read_null(ConfigNode& entry) {
    null_ratio_ = entry.number("null_value", Range::between(0.01, 100));
    if (groups_ != 2) entry.problem("null_value", "is the hazard ratio of two groups (a column with two levels)");
    if (family_.rho != 0 || family_.gamma != 0)
      entry.problem("null_value", "stands beside weights (one of null_value and rho, gamma)");
  }

  std::size_t endpoint_ = 0, population_ = 0, group_ = 0, groups_ = 0;
  std::optional<std::size_t> strata_;
  FlemingHarrington family_;
  double null_ratio_ = 1;
  std::string compared_;
};

}  // namespace

std::unique_ptr<Analysis> read_log_rank(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<LogRankMethod>(entry, reader);
}

}  // namespace oligosim
