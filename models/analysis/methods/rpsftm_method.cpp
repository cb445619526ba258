#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "engine/statistics/switching/rank_preserving.hpp"
#include "models/analysis/figures.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/curve_rows.hpp"
#include "models/analysis/methods/hazard_ratio.hpp"
#include "models/analysis/methods/treatment_changes.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

/// Rows: time_ratio, hazard_ratio and log_hazard_ratio of the second group over the first; then the curves of both had
/// nobody changed treatment.
class RpsftmMethod : public Analysis {
 public:
  RpsftmMethod(ConfigNode entry, PlanReader& reader)
      : changes_(entry, reader, FurtherDate::recensor_at), strata_(reader.strata(entry)), curves_(entry) {
    name_ = entry.text("name");
    grouped_by_ = changes_.groups().by();
    label_rows(reader.label(entry, "rpsftm", changes_.endpoint(), changes_.groups().population()));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const Model model = fitted(data, arena);
    const double z = normal_quantile(0.5 + data.parts().confidence / 2);
    std::ranges::fill(out.first(3), counted(model.table, model.fit.status));
    put_time_ratio(model.fit, z, out[0]);
    if (model.fit.status == Status::ok) {
      put_log_hazard_ratio(model, z, out[2], arena);
      out[1] = as_ratio(out[2]);
    }
    for (std::uint8_t group = 0; group < 2; ++group)
      curve_rows(model, group, data.parts(), out.subspan(3 + group * curves_.of_a_group()), arena);
  }

  std::vector<Figure> draw(PlanData& data, Arena& arena) const override {
    const Model model = fitted(data, arena);
    if (model.fit.status != Status::ok) return {};
    StepFigure figure = survival_figure(
        name_,
        "Kaplan-Meier curves of " + labels_.front().endpoint +
            " as it was seen, and adjusted: had nobody changed treatment, by the rank preserving structural failure "
            "time model; ticks are censored patients, below are the patients at risk.",
        model.table, data.parts());
    for (std::uint8_t group = 0; group < 2; ++group) {
      const SurvivalTable seen = with_code(model.table, model.patients.group, group, arena);
      const SurvivalTable own = kept_of(model, group, arena);
      add_kaplan_meier(figure, changes_.groups().names()[group], seen, data.parts(), arena);
      if (!std::ranges::equal(seen.time, own.time))
        add_kaplan_meier(figure, changes_.groups().names()[group] + ", adjusted", own, data.parts(), arena);
    }
    return {figure};
  }

 private:
  struct Model {
    SurvivalTable table;  // of those whose group, strata and end of follow-up are known
    TreatedTimes patients;
    RankPreservingFit fit;
    SurvivalTable kept;  // had nobody changed; its rows are positions in `table`
  };

  Model fitted(PlanData& data, Arena& arena) const {
    const std::size_t factor = changes_.factor();
    const SurvivalTable table = complete_cases(data.table(changes_.endpoint(), changes_.groups().population()), data,
                                               {&factor, 1}, changes_.further(), strata_, arena);
    Model model{table, treated_times(table, data, arena), {}, {{}, {}, {}}};
    model.fit = rank_preserving(model.patients, data.parts().confidence, arena);
    if (model.fit.status == Status::ok) model.kept = without_switching(model.patients, model.fit.log_time_ratio, arena);
    return model;
  }

  TreatedTimes treated_times(const SurvivalTable& table, PlanData& data, Arena& arena) const {
    const Grouping groups = grouping_of(table, data, changes_.factor(), strata_, arena);
    const auto [time, change, planned_end] = changes_.dated(table, groups.group, data, arena);
    const std::span<double> treated = arena.take<double>(table.size());
    for (std::size_t i = 0; i < treated.size(); ++i) {
      const double before = std::clamp(change[i], 0.0, time[i]);
      treated[i] = groups.group[i] == 0 ? time[i] - before : before;
    }
    return {.time = time,
            .event = table.event,
            .treated = treated,
            .follow_up = planned_end,
            .group = groups.group,
            .stratum = groups.stratum,
            .strata = groups.strata};
  }

  SurvivalTable kept_of(const Model& model, std::uint8_t group, Arena& arena) const {
    return with_code(model.kept, in_table_order<std::uint8_t>(model.kept, model.patients.group, arena), group, arena);
  }

  static Estimate counted(const SurvivalTable& table, Status status) {
    return {.n = static_cast<double>(table.size()),
            .n_events = static_cast<double>(std::ranges::count(table.event, 1)),
            .status = status};
  }

  static void put_test(const Estimate& test, Estimate& e) {
    e.signed_statistic = test.signed_statistic;
    e.p_value = test.p_value;
  }

  static void put_time_ratio(const RankPreservingFit& fit, double z, Estimate& e) {
    put_test(fit.test, e);
    e.statistic = e.signed_statistic;
    if (fit.status != Status::ok) return;
    e.estimate = fit.log_time_ratio, e.lower = fit.lower, e.upper = fit.upper;
    if (const double width = fit.upper - fit.lower; std::isfinite(width)) e.standard_error = width / (2 * z);
    e = as_ratio(e);
  }

  static void put_log_hazard_ratio(const Model& model, double z, Estimate& e, Arena& arena) {
    const SurvivalTable& kept = model.kept;
    const std::span<double> second = arena.take<double>(kept.size());
    for (std::size_t i = 0; i < second.size(); ++i) second[i] = model.patients.group[kept.row[i]];
    CoxCovariates covariates{
        .values = second, .columns = 1, .stratum = {}, .strata = model.patients.strata, .start = {}};
    if (!model.patients.stratum.empty())
      covariates.stratum = in_table_order<std::uint16_t>(kept, model.patients.stratum, arena);
    const CoxFit fit = cox(kept, covariates, {}, {.ties = Ties::efron, .initial = {}}, arena);
    e.status = fit.status;
    if (fit.status != Status::ok) return;
    e.estimate = fit.coefficient[0];
    if (const double own = model.fit.test.signed_statistic; own != 0) add_wald(e, std::abs(e.estimate / own), z);
    put_test(model.fit.test, e);
    e.statistic = 0 - e.signed_statistic;
  }

  void curve_rows(const Model& model, std::uint8_t group, const PlanParts& parts, std::span<Estimate> out,
                  Arena& arena) const {
    const Estimate seen = counted(with_code(model.table, model.patients.group, group, arena), model.fit.status);
    if (model.fit.status != Status::ok) {
      std::ranges::fill(out.first(curves_.of_a_group()), seen);
      return;
    }
    const KaplanMeierCurve<> curve = kaplan_meier(kept_of(model, group, arena), {}, arena);
    curves_.put([&](double t) { return survival_at(curve, t, SurvivalInterval::log, parts.confidence); },
                [&](double p) { return survival_quantile(curve, p, SurvivalInterval::log, parts.confidence); },
                parts.units_per_month, seen.n, seen.n_events, out);
  }

  void label_rows(const EstimateLabel& common) {
    EstimateLabel label = common;
    label.interval = "log_rank";
    label.tested = label.two_groups = true;
    label.term = changes_.groups().compared();
    label.parameter = "time_ratio", label.ratio = true, labels_.push_back(label);
    label.parameter = "hazard_ratio", labels_.push_back(label);
    label.parameter = "log_hazard_ratio", label.ratio = false, label.log_scale = true, labels_.push_back(label);
    curves_.add_labels(common, changes_.groups().names(), labels_);
  }

  TreatmentChanges changes_;
  std::optional<std::size_t> strata_;
  CurveRows curves_;
};

}  // namespace

std::unique_ptr<Analysis> read_rpsftm(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<RpsftmMethod>(entry, reader);
}

}  // namespace oligosim
