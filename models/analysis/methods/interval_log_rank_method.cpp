#include "engine/statistics/interval_censored/interval_log_rank.hpp"
#include "models/analysis/event_intervals.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/compared_groups.hpp"

namespace oligosim {
namespace {

/// One row.
class IntervalLogRankMethod : public Analysis {
 public:
  IntervalLogRankMethod(ConfigNode entry, PlanReader& reader)
      : endpoint_(interval_endpoint(entry, reader)), groups_(entry, reader) {
    name_ = entry.text("name");
    labels_.push_back(groups_.label(entry, reader, "interval_log_rank", endpoint_, "log_rank"));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table = groups_.table(endpoint_, data, arena);
    out[0] = interval_log_rank_test(event_intervals(table, endpoint_, data, arena),
                                    groups_.grouping(table, data, arena), arena);
  }

 private:
  std::size_t endpoint_;
  ComparedGroups groups_;
};

}  // namespace

std::unique_ptr<Analysis> read_interval_log_rank(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<IntervalLogRankMethod>(entry, reader);
}

}  // namespace oligosim
