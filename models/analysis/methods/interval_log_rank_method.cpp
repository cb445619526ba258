#include "engine/statistics/interval_censored/interval_log_rank.hpp"
#include "models/analysis/event_intervals.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

/// One row.
class IntervalLogRankMethod : public Analysis {
 public:
  IntervalLogRankMethod(ConfigNode entry, PlanReader& reader)
      : endpoint_(interval_endpoint(entry, reader)), population_(reader.population(entry)) {
    name_ = entry.text("name");
    if (!entry.has("by")) entry.problem("by", "missing (the column whose groups are compared)");
    group_ = reader.by(entry).value_or(0);
    strata_ = reader.strata(entry);
    EstimateLabel label = reader.label(entry, "interval_log_rank", endpoint_, population_);
    label.parameter = "log_rank";
    if (group_ < reader.parts().factors.size()) {
      const Factor& factor = reader.parts().factors[group_];
      label.term = reader.columns()[factor.column()].name;
      label.two_groups = factor.levels().size() == 2;
    }
    label.tested = true;
    label.estimated = false;
    labels_.push_back(label);
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table =
        complete_cases(data.table(endpoint_, population_), data, {&group_, 1}, {}, strata_, arena);
    out[0] = interval_log_rank_test(event_intervals(table, endpoint_, data, arena),
                                    grouping_of(table, data, group_, strata_, arena), arena);
  }

 private:
  std::size_t endpoint_, population_, group_ = 0;
  std::optional<std::size_t> strata_;
};

}  // namespace

std::unique_ptr<Analysis> read_interval_log_rank(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<IntervalLogRankMethod>(entry, reader);
}

}  // namespace oligosim
