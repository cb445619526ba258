#include <cmath>

#include "engine/statistics/proportion.hpp"
#include "models/analysis/methods.hpp"

namespace oligosim {
namespace {

constexpr Choice<ProportionInterval> intervals[] = {{"clopper_pearson", ProportionInterval::clopper_pearson},
                                                    {"wilson", ProportionInterval::wilson},
                                                    {"jeffreys", ProportionInterval::jeffreys},
                                                    {"mid_p", ProportionInterval::mid_p},
                                                    {"agresti_coull", ProportionInterval::agresti_coull},
                                                    {"wald", ProportionInterval::wald}};

enum class MissingOutcome { exclude, failure };
constexpr Choice<MissingOutcome> missing_rules[] = {{"exclude", MissingOutcome::exclude},
                                                    {"failure", MissingOutcome::failure}};

/// Exact limits cost a microsecond or more and take few values in a study, so the first `tabulated` counts are kept.
class IntervalTable {
 public:
  IntervalTable(ProportionInterval kind, double confidence) : kind_(kind), confidence_(confidence) {
    for (std::size_t n = 0; n <= tabulated; ++n)
      for (std::size_t x = 0; x <= n; ++x)
        table_.push_back(proportion(static_cast<double>(x), static_cast<double>(n), kind, confidence));
  }

  Estimate operator()(std::size_t x, std::size_t n) const {
    if (n <= tabulated) return table_[n * (n + 1) / 2 + x];
    return proportion(static_cast<double>(x), static_cast<double>(n), kind_, confidence_);
  }

 private:
  static constexpr std::size_t tabulated = 120;
  ProportionInterval kind_;
  double confidence_;
  std::vector<Estimate> table_;
};

/// Rows: for each group, for each interval kind.
class ProportionMethod : public Analysis {
 public:
  ProportionMethod(ConfigNode entry, PlanReader& reader) {
    name_ = entry.text("name");
    population_ = reader.population(entry);
    by_ = reader.by(entry);
    outcome_ = reader.number_column(entry, "outcome");
    success_ = entry.number("success", Range::any(), 1);
    missing_ = entry.choice<MissingOutcome>("missing", missing_rules, MissingOutcome::exclude);
    std::vector<std::string> accepted;
    for (const auto& c : intervals) accepted.emplace_back(c.name);
    EstimateLabel label = reader.label(entry, "proportion", {}, population_);
    label.parameter = "proportion";
    if (by_) groups_ = reader.parts().factors[*by_].levels();
    const auto kinds = entry.some_of("interval", accepted, "interval", std::vector<std::string>{"clopper_pearson"});
    for (const std::string& kind : kinds)
      for (const auto& c : intervals)
        if (kind == c.name) tables_.emplace_back(c.value, reader.parts().confidence);
    for (std::size_t group = 0; group < std::max<std::size_t>(1, groups_.size()); ++group) {
      if (!groups_.empty()) label.group = groups_[group];
      for (const std::string& kind : kinds) label.interval = kind, labels_.push_back(label);
    }
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const std::size_t groups = std::max<std::size_t>(1, groups_.size());
    const std::span<std::size_t> successes = arena.take<std::size_t>(groups, 0);
    const std::span<std::size_t> n = arena.take<std::size_t>(groups, 0);
    const std::span<const double> outcome = data.cohort().numbers(outcome_);
    const std::span<const std::uint8_t> members = data.members(population_);
    const std::span<const std::uint8_t> codes = by_ ? data.codes(*by_) : std::span<const std::uint8_t>{};
    for (std::size_t i = 0; i < outcome.size(); ++i) {
      if (!members[i] || (by_ && codes[i] == missing_category)) continue;
      if (std::isnan(outcome[i]) && missing_ == MissingOutcome::exclude) continue;
      const std::size_t group = by_ ? codes[i] : 0;
      ++n[group];
      successes[group] += outcome[i] == success_;
    }
    std::size_t row = 0;
    for (std::size_t group = 0; group < groups; ++group)
      for (const IntervalTable& table : tables_) out[row++] = table(successes[group], n[group]);
  }

 private:
  std::size_t population_ = 0, outcome_ = 0;
  std::optional<std::size_t> by_;
  std::vector<std::string> groups_;
  double success_ = 1;
  MissingOutcome missing_ = MissingOutcome::exclude;
  std::vector<IntervalTable> tables_;
};

}  // namespace

std::unique_ptr<Analysis> read_proportion(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<ProportionMethod>(entry, reader);
}

}  // namespace oligosim
