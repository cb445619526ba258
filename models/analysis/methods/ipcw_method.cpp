#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "engine/statistics/switching/weighted_groups.hpp"
#include "models/analysis/figures.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/curve_rows.hpp"
#include "models/analysis/methods/hazard_ratio.hpp"
#include "models/analysis/methods/model_terms.hpp"
#include "models/analysis/methods/treatment_changes.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

/// Rows: hazard_ratio and log_hazard_ratio of the second group over the first, largest_weight; then the weighted curves
/// of both.
class IpcwMethod : public Analysis {
 public:
  IpcwMethod(ConfigNode entry, PlanReader& reader) : changes_(entry, reader, FurtherDate::eligible_at), curves_(entry) {
    name_ = entry.text("name");
    grouped_by_ = changes_.groups().by();
    entry.accept("terms");
    factors_.push_back(changes_.factor());
    if (entry.has("terms")) {
      terms_.emplace(entry, reader);
      factors_.insert(factors_.end(), terms_->factors().begin(), terms_->factors().end());
    }
    stabilized_ = entry.flag("stabilized", true);
    null_ = std::log(entry.number("null_value", Range::between(0.01, 100), 1.0));
    label_rows(reader.label(entry, "ipcw", changes_.endpoint(), changes_.groups().population()));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const Model model = fitted(data, arena);
    const WeightedGroups& groups = model.groups;
    out[1] = log_hazard_ratio(groups.log_hazard_ratio, static_cast<double>(model.table.size()),
                              static_cast<double>(std::ranges::count(model.patients.event, 1)), groups.status);
    out[2] = Estimate{
        .estimate = groups.largest_weight, .n = out[1].n, .n_events = out[1].n_events, .status = groups.weights};
    if (groups.weights == Status::ok && std::isnan(groups.largest_weight)) out[2].status = Status::no_events;
    add_wald(out[1], groups.standard_error, normal_quantile(0.5 + data.parts().confidence / 2), null_);
    out[0] = as_ratio(out[1]);
    for (std::uint8_t group = 0; group < 2; ++group)
      curve_rows(model, group, data.parts(), out.subspan(3 + group * curves_.of_a_group()));
  }

  std::vector<Figure> draw(PlanData& data, Arena& arena) const override {
    const PlanParts& parts = data.parts();
    const Model model = fitted(data, arena);
    if (model.groups.weights != Status::ok) return {};
    StepFigure figure = survival_figure(
        name_,
        "Curves of " + labels_.front().endpoint +
            " as it was seen, and of patients until they change treatment, weighted for those who have; below are the "
            "patients at risk.",
        model.table, parts);
    for (std::uint8_t group = 0; group < 2; ++group) {
      const std::string& name = changes_.groups().names()[group];
      add_kaplan_meier(figure, name, with_code(model.table, model.patients.group, group, arena), parts, arena);
      if (anybody_changes(model.patients, group))
        add_curve(figure, name + ", weighted", until_change(model, group, arena), model.groups.curve[group], parts);
    }
    return {figure};
  }

 private:
  struct Model {
    SurvivalTable table;  // of those whose group and terms are known
    ChangingPatients patients;
    WeightedGroups groups;
  };

  Model fitted(PlanData& data, Arena& arena) const {
    const SurvivalTable table = known(data, arena);
    const ChangingPatients patients = changing_patients(table, data, arena);
    return {table, patients, weighted_groups(patients, switching_weights(patients, arena), stabilized_, arena)};
  }

  SurvivalTable known(PlanData& data, Arena& arena) const {
    const std::span<const std::size_t> numbers = terms_ ? terms_->numbers() : std::span<const std::size_t>{};
    return complete_cases(data.table(changes_.endpoint(), changes_.groups().population()), data, factors_, numbers, {},
                          arena);
  }

  ChangingPatients changing_patients(const SurvivalTable& table, PlanData& data, Arena& arena) const {
    const std::size_t n = table.size();
    const std::span<const std::uint8_t> group = table_codes(table, data, changes_.factor(), arena);
    const auto [time, change, known_eligible] = changes_.dated(table, group, data, arena);
    const std::span<double> until = arena.take<double>(n), eligible = arena.take<double>(n);
    const std::span<std::uint8_t> event = arena.take<std::uint8_t>(n), changed = arena.take<std::uint8_t>(n);
    for (std::size_t i = 0; i < n; ++i) {
      changed[i] = change[i] < time[i] || (change[i] == time[i] && !table.event[i]);
      event[i] = table.event[i] && !changed[i];
      until[i] = changed[i] ? std::max(change[i], 0.0) : time[i];
      eligible[i] = changes_.further().empty()      ? 0
                    : std::isnan(known_eligible[i]) ? std::numeric_limits<double>::infinity()
                                                    : std::max(known_eligible[i], 0.0);
    }
    ChangingPatients patients{.time = until,
                              .event = event,
                              .changed = changed,
                              .eligible = eligible,
                              .group = group,
                              .covariates = {},
                              .columns = terms_ ? terms_->columns() : 0,
                              .near_ties = data.joins_near_ties()};
    if (terms_) patients.covariates = terms_->matrix(table.row, {}, data, arena);
    return patients;
  }

  static bool anybody_changes(const ChangingPatients& patients, std::uint8_t group) {
    for (std::size_t i = 0; i < patients.time.size(); ++i)
      if (patients.changed[i] && patients.group[i] == group) return true;
    return false;
  }

  /// A group's patients as the weighted curve has them.
  static SurvivalTable until_change(const Model& model, std::uint8_t group, Arena& arena) {
    const SurvivalTable all = sort_survival(model.patients.time, model.patients.event, arena);
    return with_code(all, in_table_order<std::uint8_t>(all, model.patients.group, arena), group, arena);
  }

  void curve_rows(const Model& model, std::uint8_t group, const PlanParts& parts, std::span<Estimate> out) const {
    const KaplanMeierCurve<>& curve = model.groups.curve[group];
    const auto known = [&](const Estimate& e) {
      return model.groups.weights == Status::ok ? e : Estimate{.status = model.groups.weights};
    };
    curves_.put([&](double t) { return known(survival_at(curve, t, SurvivalInterval::log, parts.confidence)); },
                [&](double p) { return known(survival_quantile(curve, p, SurvivalInterval::log, parts.confidence)); },
                parts.units_per_month, curve.n, curve.n_events, out);
  }

  void label_rows(const EstimateLabel& common) {
    EstimateLabel label = common;
    label.interval = "robust";
    label.tested = label.two_groups = true;
    label.term = changes_.groups().compared();
    label.parameter = "hazard_ratio", label.ratio = true, labels_.push_back(label);
    label.parameter = "log_hazard_ratio", label.ratio = false, label.log_scale = true, labels_.push_back(label);
    label = common;
    label.parameter = "largest_weight", label.of_sample = true, labels_.push_back(label);
    curves_.add_labels(common, changes_.groups().names(), labels_);
  }

  TreatmentChanges changes_;
  CurveRows curves_;
  std::optional<ModelTerms> terms_;
  std::vector<std::size_t> factors_;  // the groups, and those of the terms
  bool stabilized_ = true;
  double null_ = 0;  // log hazard ratio tested against
};

}  // namespace

std::unique_ptr<Analysis> read_ipcw(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<IpcwMethod>(entry, reader);
}

}  // namespace oligosim
