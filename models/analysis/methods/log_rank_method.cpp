#include "engine/statistics/survival/log_rank.hpp"
#include "engine/statistics/survival/log_rank_ratio.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/compared_groups.hpp"
#include "models/analysis/methods/hazard_ratio_test.hpp"

namespace oligosim {
namespace {

class LogRankMethod : public Analysis, public HazardRatioTest {
 public:
  LogRankMethod(ConfigNode entry, PlanReader& reader) : endpoint_(reader.endpoint(entry)), groups_(entry, reader) {
    name_ = entry.text("name");
    family_.rho = entry.number("rho", Range::between(0, 10), 0);
    family_.gamma = entry.number("gamma", Range::between(0, 10), 0);
    labels_.push_back(groups_.label(entry, reader, "log_rank", endpoint_, "log_rank"));
    if (entry.has("null_value")) read_null(entry);
    entry.accept("null_value");
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table = groups_.table(endpoint_, data, arena);
    const Grouping grouping = groups_.grouping(table, data, arena);
    out[0] = null_ratio_ == 1 ? log_rank_test(table, grouping, {}, family_, arena)
                              : log_rank_ratio_test(table, grouping, null_ratio_, arena);
  }
  std::optional<double> null_ratio() const override {
    if (!of_two_groups() || !grows_with_events()) return {};
    return null_ratio_;
  }
  bool grows_with_events() const override { return family_.rho == 0 && family_.gamma == 0; }
  std::string compared() const override { return of_two_groups() ? groups_.column() + "=" + groups_.levels()[1] : ""; }
  std::string scored_against() const override {
    return of_two_groups() ? groups_.column() + "=" + groups_.levels()[0] : "";
  }
  std::optional<Compared> plain_log_rank() const override {
    if (null_ratio() != 1.0 || groups_.population() != 0 || groups_.stratified()) return {};
    return Compared{endpoint_, groups_.factor()};
  }

 private:
  bool of_two_groups() const { return groups_.levels().size() == 2; }

  void read_null(ConfigNode& entry) {
    null_ratio_ = entry.number("null_value", Range::between(0.01, 100));
    if (!of_two_groups()) entry.problem("null_value", "is the hazard ratio of two groups (a column with two levels)");
    if (family_.rho != 0 || family_.gamma != 0)
      entry.problem("null_value", "stands beside weights (one of null_value and rho, gamma)");
  }

  std::size_t endpoint_;
  ComparedGroups groups_;
  FlemingHarrington family_;
  double null_ratio_ = 1;
};

}  // namespace

std::unique_ptr<Analysis> read_log_rank(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<LogRankMethod>(entry, reader);
}

}  // namespace oligosim
