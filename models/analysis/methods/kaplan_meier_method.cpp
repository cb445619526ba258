#include <cmath>
#include <limits>
#include <optional>

#include "engine/statistics/survival/kaplan_meier.hpp"
#include "engine/statistics/survival/robust_survival.hpp"
#include "models/analysis/banded_curves.hpp"
#include "models/analysis/figures.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/curve_analysis.hpp"
#include "models/analysis/methods/distinct_numbers.hpp"
#include "models/analysis/methods/patient_groups.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

constexpr Choice<SurvivalInterval> intervals[] = {{"log", SurvivalInterval::log},
                                                  {"log_log", SurvivalInterval::log_log},
                                                  {"plain", SurvivalInterval::plain},
                                                  {"logit", SurvivalInterval::logit},
                                                  {"arcsine", SurvivalInterval::arcsine}};

constexpr double never = std::numeric_limits<double>::infinity();

/// Rows: for each group, for each interval kind: survival at each month, then each quantile.
class KaplanMeierMethod : public CurveAnalysis, public BandedCurves {
 public:
  KaplanMeierMethod(ConfigNode entry, PlanReader& reader, bool reverse)
      : reverse_(reverse), endpoint_(reader.endpoint(entry)), groups_(entry, reader) {
    name_ = entry.text("name");
    grouped_by_ = groups_.by();
    months_ = distinct_numbers(entry, "at_months", Range::at_least(0), std::vector<double>{});
    quantiles_ = distinct_numbers(entry, "quantiles", Range::inside(0, 1), std::vector<double>{0.5});
    intervals_ = entry.choices<SurvivalInterval>("interval", intervals, "interval", "log");
    entry.accept("cluster");
    if (entry.has("cluster")) cluster_ = reader.any_column(entry, "cluster");
    label_rows(reader.label(entry, reverse ? "reverse_kaplan_meier" : "kaplan_meier", endpoint_, groups_.population()));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    evaluate_at(arena.take<double>(groups_.count(), data.parts().confidence), data, arena, out);
  }

  const BandedCurves* banded() const override { return this; }
  bool clustered() const override { return cluster_.has_value(); }
  void evaluate_at(std::span<const double> confidence, PlanData& data, Arena& arena,
                   std::span<Estimate> out) const override {
    const std::size_t rows = out.size() / groups_.count();
    for (std::size_t group = 0; group < groups_.count(); ++group)
      describe(curve_table(group, data, arena), confidence[group], data, arena, out.subspan(group * rows, rows));
  }

  std::optional<CensoredInput> censored_input() const override {
    CensoredInput input = groups_.input(endpoint_, cluster_.has_value());
    input.of_censoring = reverse_;
    return input;
  }

  std::vector<Figure> draw(PlanData& data, Arena& arena) const override { return picture(nullptr, data, arena); }
  std::vector<Figure> draw_bands(const CurveBands& bands, PlanData& data, Arena& arena) const override {
    return picture(&bands, data, arena);
  }

 private:
  /// `bands`: null for pointwise limits.
  std::vector<Figure> picture(const CurveBands* bands, PlanData& data, Arena& arena) const {
    const SurvivalTable& all = data.table(endpoint_, groups_.population());
    const std::string caption = std::string(reverse_ ? "Reverse Kaplan-Meier curve of " : "Kaplan-Meier curve of ") +
                                labels_.front().endpoint + " with its " + limits_in_words(bands) + " (" +
                                intervals_.front().name +
                                "); ticks are censored patients, below are the patients at risk.";
    StepFigure figure = survival_figure(name_ + (reverse_ ? ": follow-up" : ""), caption, all, data.parts());
    if (reverse_) figure.value_label = "Still to be followed";
    for (std::size_t group = 0; group < groups_.count(); ++group) {
      const SurvivalTable own = curve_table(group, data, arena);
      const KaplanMeierCurve<> curve = curve_of(own, data, arena);
      const SurvivalInterval kind = intervals_.front().value;
      figure.groups.push_back(curve_group(
          groups_.title(group), own, curve.time,
          [&](double time, double confidence) { return survival_at(curve, time, kind, confidence); },
          limits_of(bands, group, data.parts()), data.parts(), figure.ticks));
      figure.groups.back().median =
          survival_quantile(curve, 0.5, kind, data.parts().confidence).estimate / data.parts().units_per_month;
    }
    return {figure};
  }

  std::size_t curve_count() const override { return groups_.count(); }
  std::size_t band_count() const override { return groups_.count(); }
  CurveMultipliers multipliers(std::size_t group, PlanData& data, Arena& arena) const override {
    return CurveMultipliers::of_hazard(curve_table(group, data, arena), arena);
  }
  SurvivalTable curve_table(std::size_t group, PlanData& data, Arena& arena) const override {
    const SurvivalTable table = with_known_cluster(groups_.table(endpoint_, group, data, arena), data, cluster_, arena);
    return reverse_ ? reversed(table, arena) : table;
  }

  void label_rows(EstimateLabel label) {
    for (std::size_t group = 0; group < groups_.count(); ++group) {
      label.group = groups_.names()[group];
      for (const auto& interval : intervals_) {
        label.interval = interval.name;
        label.parameter = "survival", label.unbounded = false, label.share = true;
        for (const double month : months_) label.at = month, labels_.push_back(label);
        label.parameter = "quantile", label.unbounded = true, label.share = false;
        for (const double p : quantiles_) label.at = p, labels_.push_back(label);
      }
    }
  }

  /// With `cluster` the rows of the data are not independent (lesions of a patient), and the variance is robust.
  KaplanMeierCurve<> curve_of(const SurvivalTable& table, PlanData& data, Arena& arena) const {
    if (!cluster_) return kaplan_meier(table, {}, arena);
    return robust_kaplan_meier(table, {}, clusters_of(table.row, data, *cluster_, arena), arena);
  }

  void describe(const SurvivalTable& table, double confidence, PlanData& data, Arena& arena,
                std::span<Estimate> out) const {
    const PlanParts& parts = data.parts();
    const double level = std::isnan(confidence) ? parts.confidence : confidence;
    const KaplanMeierCurve<> curve = curve_of(table, data, arena);
    std::size_t row = 0;
    for (const auto& interval : intervals_) {
      for (const double month : months_)
        out[row++] = survival_at(curve, month * parts.units_per_month, interval.value, level);
      for (const double p : quantiles_) {
        Estimate e = survival_quantile(curve, p, interval.value, level);
        for (double* x : {&e.estimate, &e.lower, &e.upper}) *x /= parts.units_per_month;
        out[row++] = e;
      }
    }
    if (std::isnan(confidence)) take_limits(out);
  }

  /// For the first kind of interval of each group.
  void put(std::span<const KaplanMeierCurve<Lanes>> curves, const PlanParts& parts, std::size_t first,
           const ResampledValues& out) const override {
    for (std::size_t group = 0; group < curves.size(); ++group)
      put_group(curves[group], parts, group * labels_.size() / curves.size(), first, out);
  }

  /// From this label on.
  void put_group(const KaplanMeierCurve<Lanes>& curve, const PlanParts& parts, std::size_t label, std::size_t first,
                 const ResampledValues& out) const {
    for (const double month : months_) {
      const double time = month * parts.units_per_month;
      if (!out.variance.empty()) out.put_variance(label, first, survival_variances(curve, time));
      out.put(label++, first, survival_values(curve, time));
    }
    for (const double p : quantiles_) {
      const Lanes time = quantile_values(curve, p);
      const Lanes reached = time == time ? time / parts.units_per_month : never + Lanes{};
      out.put(label++, first, curve.n > 0.0 ? reached : missing + Lanes{});
    }
  }

  bool reverse_;
  std::size_t endpoint_;
  PatientGroups groups_;
  std::optional<std::size_t> cluster_;
  std::vector<double> months_, quantiles_;
  std::vector<Choice<SurvivalInterval>> intervals_;
};

}  // namespace

std::unique_ptr<Analysis> read_kaplan_meier(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<KaplanMeierMethod>(entry, reader, false);
}

std::unique_ptr<Analysis> read_reverse_kaplan_meier(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<KaplanMeierMethod>(entry, reader, true);
}

}  // namespace oligosim
