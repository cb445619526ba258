#include <cmath>

#include "engine/statistics/categorical/cluster_proportion.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/interval_table.hpp"
#include "models/analysis/methods/one_proportion.hpp"
#include "models/analysis/methods/proportion_intervals.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

constexpr Choice<ClusterProportionInterval> cluster_intervals[] = {{"cluster_logit", ClusterProportionInterval::logit},
                                                                   {"cluster_wald", ClusterProportionInterval::wald}};
enum class MissingOutcome { exclude, failure };
constexpr Choice<MissingOutcome> missing_rules[] = {{"exclude", MissingOutcome::exclude},
                                                    {"failure", MissingOutcome::failure}};

/// Rows: for each group, for each interval kind. With `cluster` the rows of the data are not independent (lesions of a
/// patient), and the intervals are cluster-robust.
class ProportionMethod : public Analysis, public OneProportion {
 public:
  ProportionMethod(ConfigNode entry, PlanReader& reader) {
    name_ = entry.text("name");
    population_ = reader.population(entry);
    by_ = reader.by(entry);
    outcome_ = reader.number_column(entry, "outcome");
    if (outcome_ < reader.columns().size()) outcome_name_ = reader.columns()[outcome_].name;
    success_ = entry.number("success", Range::any(), 1);
    missing_ = entry.choice<MissingOutcome>("missing", missing_rules, MissingOutcome::exclude);
    EstimateLabel label = reader.label(entry, "proportion", {}, population_);
    label.parameter = "proportion";
    label.share = true;
    if (by_) groups_ = reader.parts().factors[*by_].levels();
    const std::vector<std::string> kinds = read_intervals(entry, reader);
    for (std::size_t group = 0; group < std::max<std::size_t>(1, groups_.size()); ++group) {
      if (!groups_.empty()) label.group = groups_[group];
      for (const std::string& kind : kinds) label.interval = kind, labels_.push_back(label);
    }
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const std::span<std::uint32_t> rows = arena.take<std::uint32_t>(data.cohort().patients());
    std::size_t row = 0;
    for (std::size_t group = 0; group < std::max<std::size_t>(1, groups_.size()); ++group) {
      const std::span<const std::uint32_t> own = known_rows(data, group, rows);
      if (cluster_) {
        for (const auto& interval : cluster_intervals_) out[row++] = clustered(data, own, interval, arena);
      } else {
        std::size_t successes = 0;
        for (const std::uint32_t i : own) successes += is_success(data, i);
        for (const IntervalTable& table : tables_) out[row++] = table(successes, own.size());
      }
    }
  }

  void resample(PlanData& data, const ResampledRows& rows, Arena& arena, const ResampledValues& out) const override {
    const std::size_t groups = std::max<std::size_t>(1, groups_.size());
    const auto own = arena.take<std::span<const std::uint32_t>>(groups);
    for (std::size_t group = 0; group < groups; ++group)
      own[group] = known_rows(data, group, arena.take<std::uint32_t>(data.cohort().patients()));
    rows.for_each_eight(arena, [&](std::size_t first, const CaseWeights& weights) {
      const std::span<const Lanes> weight = weights.numbers(arena);
      for (std::size_t group = 0; group < groups; ++group) {
        Lanes n{}, successes{};
        for (const std::uint32_t i : own[group]) {
          n += weight[i];
          if (is_success(data, i)) successes += weight[i];
        }
        const std::size_t label = group * labels_.size() / groups;
        const Lanes p = successes / n;
        out.put(label, first, p);
        if (!out.variance.empty()) out.put_variance(label, first, p * (1.0 - p) / n);
      }
    });
  }
  bool takes_any_weights() const override { return true; }
  bool of_all() const override { return !by_ && population_ == 0 && !cluster_; }
  bool of_one_group() const override { return !by_ && !cluster_; }
  std::optional<CountedOutcome> counted() const override {
    if (missing_ != MissingOutcome::exclude) return {};
    return counted_outcome(outcome_name_, success_);
  }

 private:
  /// The names of the kinds.
  std::vector<std::string> read_intervals(ConfigNode& entry, PlanReader& reader) {
    entry.accept("cluster");
    std::vector<std::string> kinds;
    if (entry.has("cluster")) {
      cluster_ = reader.any_column(entry, "cluster");
      for (const auto& c :
           entry.choices<ClusterProportionInterval>("interval", cluster_intervals, "interval", "cluster_logit")) {
        kinds.emplace_back(c.name);
        cluster_intervals_.push_back(c.value);
      }
      return kinds;
    }
    for (const auto& c :
         entry.choices<ProportionInterval>("interval", proportion_intervals, "interval", "clopper_pearson")) {
      kinds.emplace_back(c.name);
      tables_.emplace_back(c.value, reader.parts().confidence);
    }
    return kinds;
  }

  bool is_success(PlanData& data, std::uint32_t row) const { return data.cohort().numbers(outcome_)[row] == success_; }

  /// Rows of a group whose outcome counts.
  std::span<const std::uint32_t> known_rows(PlanData& data, std::size_t group, std::span<std::uint32_t> room) const {
    const std::span<const double> outcome = data.cohort().numbers(outcome_);
    const std::span<const std::uint8_t> members = data.members(population_);
    const std::span<const std::uint8_t> codes = by_ ? data.codes(*by_) : std::span<const std::uint8_t>{};
    std::size_t n = 0;
    for (std::size_t i = 0; i < outcome.size(); ++i) {
      const auto row = static_cast<std::uint32_t>(i);
      const bool counts = missing_ == MissingOutcome::failure || !std::isnan(outcome[i]);
      const bool known = counts && (!cluster_ || has_value(data.cohort(), *cluster_, row));
      if (members[i] && known && (!by_ || codes[i] == group)) room[n++] = row;
    }
    return room.first(n);
  }

  Estimate clustered(PlanData& data, std::span<const std::uint32_t> rows, ClusterProportionInterval interval,
                     Arena& arena) const {
    const Clusters clusters = clusters_of(rows, data, *cluster_, arena);
    const std::span<double> successes = arena.take<double>(clusters.count, 0.0);
    const std::span<double> trials = arena.take<double>(clusters.count, 0.0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      trials[clusters.code[i]] += 1;
      successes[clusters.code[i]] += is_success(data, rows[i]);
    }
    const ClusterProportionOptions options{.interval = interval, .confidence = data.parts().confidence};
    return cluster_proportion(successes, trials, {}, options);
  }

  std::size_t population_ = 0, outcome_ = 0;
  std::optional<std::size_t> by_;
  std::vector<std::string> groups_;
  std::string outcome_name_;
  double success_ = 1;
  MissingOutcome missing_ = MissingOutcome::exclude;
  std::vector<IntervalTable> tables_;
  std::optional<std::size_t> cluster_;
  std::vector<ClusterProportionInterval> cluster_intervals_;
};

}  // namespace

std::unique_ptr<Analysis> read_proportion(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<ProportionMethod>(entry, reader);
}

}  // namespace oligosim
