#include <cmath>

#include "engine/statistics/survival/cumulative_incidence.hpp"
#include "engine/statistics/survival/gray.hpp"
#include "engine/statistics/survival/robust_survival.hpp"
#include "models/analysis/banded_curves.hpp"
#include "models/analysis/figures.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/distinct_numbers.hpp"
#include "models/analysis/methods/patient_groups.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

constexpr Choice<IncidenceInterval> intervals[] = {{"log_log", IncidenceInterval::log_log},
                                                   {"plain", IncidenceInterval::plain}};

/// The kind of the same formula in the robust kernel.
SurvivalInterval as_survival(IncidenceInterval interval) {
  return interval == IncidenceInterval::plain ? SurvivalInterval::plain : SurvivalInterval::log_log;
}

/// Rows: for each group, for each cause, for each interval kind, the incidence at each month; then, where groups are
/// compared, Gray's test of each cause. With `cluster` the rows of the data are not independent (lesions of a patient):
/// the intervals are cluster-robust, and there is no test, which takes rows as independent.
class CumulativeIncidenceMethod : public Analysis, public BandedCurves {
 public:
  CumulativeIncidenceMethod(ConfigNode entry, PlanReader& reader)
      : endpoint_(reader.competing_endpoint(entry)), groups_(entry, reader) {
    name_ = entry.text("name");
    grouped_by_ = groups_.by();
    months_ = distinct_numbers(entry, "at_months", Range::at_least(0), std::vector<double>{});
    intervals_ = entry.choices<IncidenceInterval>("interval", intervals, "interval", "log_log");
    entry.accept("cluster");
    if (entry.has("cluster")) cluster_ = reader.any_column(entry, "cluster");
    read_test(entry, reader);
    if (endpoint_ < reader.parts().endpoints.size()) causes_ = reader.parts().endpoints[endpoint_].coding.causes;
    label_rows(reader.label(entry, "cumulative_incidence", endpoint_, groups_.population()));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    evaluate_at(arena.take<double>(band_count(), data.parts().confidence), data, arena, out);
    if (tested()) compare(data.table(endpoint_, groups_.population()), data, arena, out.last(causes_.size()));
  }

  void resample(PlanData& data, const ResampledRows& rows, Arena& arena, const ResampledValues& out) const override {
    const std::span<SurvivalTable> tables = arena.take<SurvivalTable>(groups_.count());
    const auto causes = arena.take<std::span<const std::uint8_t>>(groups_.count());
    for (std::size_t group = 0; group < tables.size(); ++group) {
      tables[group] = table_of(group, data, arena);
      causes[group] = causes_of(tables[group], data, arena);
    }
    rows.for_each_eight(arena, [&](std::size_t first, const CaseWeights& weights) {
      for (std::size_t group = 0; group < tables.size(); ++group) {
        const std::span<const Lanes> own = weights.numbers_of(tables[group].row, arena);
        const auto curve = cumulative_incidence<Lanes>(tables[group], causes[group], causes_.size(), own, arena);
        put(curve, group, data.parts(), first, out);
      }
    });
  }
  bool takes_any_weights() const override { return true; }

  /// A band goes round each cause of each group.
  const BandedCurves* banded() const override { return this; }
  bool clustered() const override { return cluster_.has_value(); }
  void evaluate_at(std::span<const double> confidence, PlanData& data, Arena& arena,
                   std::span<Estimate> out) const override {
    const std::size_t causes = causes_.size(), rows = causes * intervals_.size() * months_.size();
    for (std::size_t group = 0; group < groups_.count(); ++group)
      describe(table_of(group, data, arena), confidence.subspan(group * causes, causes), data, arena,
               out.subspan(group * rows, rows));
  }

  std::vector<Figure> draw(PlanData& data, Arena& arena) const override { return pictures(nullptr, data, arena); }
  std::vector<Figure> draw_bands(const CurveBands& bands, PlanData& data, Arena& arena) const override {
    return pictures(&bands, data, arena);
  }

 private:
  /// One figure a cause. `bands`: null for pointwise limits.
  std::vector<Figure> pictures(const CurveBands* bands, PlanData& data, Arena& arena) const {
    const SurvivalTable& all = data.table(endpoint_, groups_.population());
    std::vector<Figure> figures;
    for (std::size_t k = 0; k < causes_.size(); ++k) {
      StepFigure figure;
      figure.text.title = name_ + ": " + causes_[k].name;
      figure.text.caption = "Cumulative incidence (Aalen-Johansen) of " + causes_[k].name + " with its " +
                            limits_in_words(bands) +
                            ", other causes competing; ticks are censored patients, below are the patients at risk.";
      figure.rising = true;
      figure.cause = causes_[k].name;
      figure.value_label = "Cumulative incidence";
      figure.ticks = month_ticks(all.size() == 0 ? 0 : all.time.back() / data.parts().units_per_month);
      for (std::size_t group = 0; group < groups_.count(); ++group) {
        const SurvivalTable own = table_of(group, data, arena);
        const Curves curves(*this, own, data, arena);
        figure.groups.push_back(curve_group(
            groups_.title(group), own, curves.times(),
            [&](double time, double level) { return curves.at(k + 1, time, intervals_.front().value, level); },
            limits_of(bands, group * causes_.size() + k, data.parts()), data.parts(), figure.ticks));
      }
      figures.emplace_back(figure);
    }
    return figures;
  }

  std::size_t band_count() const override { return groups_.count() * causes_.size(); }
  CurveMultipliers multipliers(std::size_t curve, PlanData& data, Arena& arena) const override {
    const SurvivalTable table = table_of(curve / causes_.size(), data, arena);
    const auto cause = static_cast<std::uint8_t>(curve % causes_.size() + 1);
    return CurveMultipliers::of_incidence(table, causes_of(table, data, arena), cause, arena);
  }

  /// The numbers of a group in eight resamples, for its first kind of interval.
  void put(const CumulativeIncidence<Lanes>& curve, std::size_t group, const PlanParts& parts, std::size_t first,
           const ResampledValues& out) const {
    const std::size_t of_cause = intervals_.size() * months_.size();
    for (std::size_t k = 0; k < causes_.size(); ++k)
      for (std::size_t month = 0; month < months_.size(); ++month) {
        const std::size_t label = (group * causes_.size() + k) * of_cause + month;
        const auto at = incidence_at(curve, k + 1, months_[month] * parts.units_per_month);
        out.put(label, first, at.estimate);
        if (!out.variance.empty()) out.put_variance(label, first, at.variance);
      }
  }

  SurvivalTable table_of(std::size_t group, PlanData& data, Arena& arena) const {
    return with_known_cluster(groups_.table(endpoint_, group, data, arena), data, cluster_, arena);
  }

  std::span<const std::uint8_t> causes_of(const SurvivalTable& table, PlanData& data, Arena& arena) const {
    return in_table_order<std::uint8_t>(table, data.states(endpoint_), arena);
  }

  bool tested() const { return groups_.factor() && !cluster_; }

  void read_test(ConfigNode& entry, PlanReader& reader) {
    if (tested()) {
      strata_ = reader.strata(entry);
      rho_ = entry.number("rho", Range::between(0, 10), 0);
      return;
    }
    for (const char* key : {"strata", "rho"}) {
      entry.accept(key);
      if (!entry.has(key)) continue;
      entry.problem(key, cluster_ ? "has no part beside a cluster, with which there is no test (one of the two)"
                                  : "has no part without groups to compare (by: the column)");
    }
  }

  void label_rows(EstimateLabel label) {
    label.parameter = "cumulative_incidence";
    label.share = true;
    for (std::size_t group = 0; group < groups_.count(); ++group) {
      label.group = groups_.names()[group];
      for (const EndpointCoding::Cause& cause : causes_) {
        label.term = cause.name;
        for (const auto& interval : intervals_) {
          label.interval = interval.name;
          for (const double month : months_) label.at = month, labels_.push_back(label);
        }
      }
    }
    if (!tested()) return;
    label.parameter = "gray_test";
    label.group.clear(), label.interval.clear(), label.at = missing;
    label.share = false, label.tested = true, label.estimated = false, label.two_groups = groups_.count() == 2;
    for (const EndpointCoding::Cause& cause : causes_) label.term = cause.name, labels_.push_back(label);
  }

  /// The incidences of one group.
  class Curves {
   public:
    Curves(const CumulativeIncidenceMethod& method, const SurvivalTable& table, PlanData& data, Arena& arena)
        : table_(table),
          cause_(method.causes_of(table, data, arena)),
          curve_(cumulative_incidence<double>(table, cause_, method.causes_.size(), {}, arena)),
          robust_(method.cluster_.has_value()),
          arena_(arena) {
      if (robust_) clusters_ = clusters_of(table.row, data, *method.cluster_, arena);
    }

    std::span<const double> times() const { return curve_.time; }
    Estimate at(std::size_t cause, double time, IncidenceInterval interval, double confidence) const {
      if (!robust_) return incidence_at(curve_, cause, time, interval, confidence);
      return robust_cumulative_incidence(table_, cause_, static_cast<std::uint8_t>(cause), {}, clusters_, time,
                                         as_survival(interval), confidence, arena_);
    }

   private:
    const SurvivalTable& table_;
    std::span<const std::uint8_t> cause_;
    CumulativeIncidence<double> curve_;
    bool robust_;
    Clusters clusters_;
    Arena& arena_;
  };

  /// `confidence`: of each cause.
  void describe(const SurvivalTable& table, std::span<const double> confidence, PlanData& data, Arena& arena,
                std::span<Estimate> out) const {
    const Curves curves(*this, table, data, arena);
    const std::size_t rows = intervals_.size() * months_.size();
    for (std::size_t k = 0; k < causes_.size(); ++k) {
      const double level = std::isnan(confidence[k]) ? data.parts().confidence : confidence[k];
      const std::span<Estimate> own = out.subspan(k * rows, rows);
      std::size_t row = 0;
      for (const auto& interval : intervals_)
        for (const double month : months_)
          own[row++] = curves.at(k + 1, month * data.parts().units_per_month, interval.value, level);
      if (std::isnan(confidence[k])) take_limits(own);
    }
  }

  void compare(const SurvivalTable& all, PlanData& data, Arena& arena, std::span<Estimate> out) const {
    const std::size_t group = *groups_.factor();
    const SurvivalTable table = complete_cases(all, data, {&group, 1}, {}, strata_, arena);
    const Grouping grouping = grouping_of(table, data, group, strata_, arena);
    CauseOfInterest cause{.cause = causes_of(table, data, arena), .rho = rho_};
    for (std::size_t k = 0; k < causes_.size(); ++k) {
      cause.interest = static_cast<std::uint8_t>(k + 1);
      out[k] = gray_test(table, cause, grouping, {}, arena);
    }
  }

  std::size_t endpoint_;
  PatientGroups groups_;
  std::optional<std::size_t> strata_, cluster_;
  std::vector<EndpointCoding::Cause> causes_;
  std::vector<double> months_;
  std::vector<Choice<IncidenceInterval>> intervals_;
  double rho_ = 0;
};

}  // namespace

std::unique_ptr<Analysis> read_cumulative_incidence(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<CumulativeIncidenceMethod>(entry, reader);
}

}  // namespace oligosim
