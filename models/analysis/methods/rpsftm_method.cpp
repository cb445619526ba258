#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "engine/statistics/switching/rank_preserving.hpp"
#include "models/analysis/dates.hpp"
#include "models/analysis/figures.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/distinct_numbers.hpp"
#include "models/analysis/methods/hazard_ratio.hpp"
#include "models/analysis/methods/patient_groups.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

/// The columns that tell who was under which treatment when.
struct TreatmentDates {
  std::size_t treated_from;
  std::optional<std::size_t> treated_until, recensor_at;

  TreatmentDates(ConfigNode& entry, PlanReader& reader) : treated_from(reader.number_column(entry, "treated_from")) {
    const auto optional = [&](const char* key) {
      entry.accept(key);
      return entry.has(key) ? std::optional(reader.number_column(entry, key)) : std::nullopt;
    };
    treated_until = optional("treated_until");
    recensor_at = optional("recensor_at");
  }
};

/// Rows: time_ratio, hazard_ratio and log_hazard_ratio of the second group over the first; for each group survival at
/// each month and each quantile, had nobody changed treatment.
class RpsftmMethod : public Analysis {
 public:
  RpsftmMethod(ConfigNode entry, PlanReader& reader)
      : endpoint_(reader.endpoint(entry)), groups_(two_patient_groups(entry, reader)), dates_(entry, reader) {
    name_ = entry.text("name");
    grouped_by_ = groups_.by();
    strata_ = reader.strata(entry);
    months_ = distinct_numbers(entry, "at_months", Range::at_least(0), std::vector<double>{});
    quantiles_ = distinct_numbers(entry, "quantiles", Range::inside(0, 1), std::vector<double>{0.5});
    label_rows(reader.label(entry, "rpsftm", endpoint_, groups_.population()));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table = known(data, arena);
    const TreatedTimes patients = treated_times(table, data, arena);
    const RankPreservingFit fit = rank_preserving(patients, data.parts().confidence, arena);
    for (Estimate& e : out) e = Estimate{.status = fit.status};
    const SurvivalTable kept =
        fit.status == Status::ok ? without_switching(patients, fit.log_time_ratio, arena) : SurvivalTable{{}, {}, {}};
    const double z = normal_quantile(0.5 + data.parts().confidence / 2);
    out[0] = time_ratio(fit, z);
    if (fit.status == Status::ok) {
      out[2] = log_ratio_of(kept, patients, fit.test, z, arena);
      out[1] = as_ratio(out[2]);
    }
    for (Estimate& e : out.first(3)) count(table, e);
    curve_rows(table, patients, kept, fit.status, data.parts(), out.subspan(3), arena);
  }

  std::vector<Figure> draw(PlanData& data, Arena& arena) const override {
    const PlanParts& parts = data.parts();
    const SurvivalTable table = known(data, arena);
    const TreatedTimes patients = treated_times(table, data, arena);
    const RankPreservingFit fit = rank_preserving(patients, parts.confidence, arena);
    if (fit.status != Status::ok) return {};
    const SurvivalTable kept = without_switching(patients, fit.log_time_ratio, arena);
    StepFigure figure;
    figure.text.title = name_;
    figure.text.caption = "Kaplan-Meier curves of " + labels_.front().endpoint +
                          " as it was seen, and had nobody changed treatment by the rank preserving structural failure "
                          "time model; below are the patients at risk.";
    figure.value_label = "Free of the event";
    figure.median_lines = true;
    figure.ticks = month_ticks(table.size() == 0 ? 0 : table.time.back() / parts.units_per_month);
    for (std::uint8_t group = 0; group < 2; ++group) {
      const SurvivalTable seen = with_code(table, codes(table, data, arena), group, arena);
      const SurvivalTable own =
          with_code(kept, in_table_order<std::uint8_t>(kept, patients.group, arena), group, arena);
      add_curve(figure, groups_.names()[group], seen, parts, arena);
      if (!std::ranges::equal(seen.time, own.time))
        add_curve(figure, groups_.names()[group] + ", nobody changing", own, parts, arena);
    }
    return {figure};
  }

 private:
  /// The patients whose group, strata and planned end of follow-up are known.
  SurvivalTable known(PlanData& data, Arena& arena) const {
    const std::size_t factor = *groups_.factor();
    std::vector<std::size_t> numbers;
    if (dates_.recensor_at) numbers.push_back(*dates_.recensor_at);
    return complete_cases(data.table(endpoint_, groups_.population()), data, {&factor, 1}, numbers, strata_, arena);
  }

  std::span<const std::uint8_t> codes(const SurvivalTable& table, PlanData& data, Arena& arena) const {
    return table_codes(table, data, *groups_.factor(), arena);
  }

  TreatedTimes treated_times(const SurvivalTable& table, PlanData& data, Arena& arena) const {
    const std::size_t n = table.size();
    std::vector<std::size_t> columns{dates_.treated_from};
    if (dates_.treated_until) columns.push_back(*dates_.treated_until);
    if (dates_.recensor_at) columns.push_back(*dates_.recensor_at);
    const std::span<double> all = times_and_dates(table, endpoint_, columns, data, arena);
    const std::span<const double> time = all.first(n), from = all.subspan(n, n);
    const std::span<const double> until = dates_.treated_until ? all.subspan(2 * n, n) : std::span<const double>{};
    const Grouping grouping = grouping_of(table, data, *groups_.factor(), strata_, arena);
    const std::span<double> treated = arena.take<double>(n);
    for (std::size_t i = 0; i < n; ++i) {
      const double date = grouping.group[i] == 0 ? from[i] : until.empty() ? missing : until[i];
      // Before it the treatment of the own group; a date that is missing never comes.
      const double before = std::isnan(date) ? time[i] : std::clamp(date, 0.0, time[i]);
      treated[i] = grouping.group[i] == 0 ? time[i] - before : before;
    }
    return {.time = time,
            .event = table.event,
            .treated = treated,
            .follow_up = dates_.recensor_at ? std::span<const double>(all.last(n)) : std::span<const double>{},
            .group = grouping.group,
            .stratum = grouping.stratum,
            .strata = grouping.strata};
  }

  static void count(const SurvivalTable& table, Estimate& e) {
    e.n = static_cast<double>(table.size());
    e.n_events = static_cast<double>(std::ranges::count(table.event, 1));
  }

  static void add_test(Estimate& e, const Estimate& test) {
    e.statistic = e.signed_statistic = test.signed_statistic;
    e.p_value = test.p_value;
  }

  static Estimate time_ratio(const RankPreservingFit& fit, double z) {
    Estimate e{.status = fit.status};
    add_test(e, fit.test);
    if (fit.status != Status::ok) return e;
    e.estimate = fit.log_time_ratio, e.lower = fit.lower, e.upper = fit.upper;
    const double width = fit.upper - fit.lower;
    if (std::isfinite(width)) e.standard_error = width / (2 * z);
    return as_ratio(e);
  }

  Estimate log_ratio_of(const SurvivalTable& kept, const TreatedTimes& patients, const Estimate& test, double z,
                        Arena& arena) const {
    const std::span<double> second = arena.take<double>(kept.size());
    for (std::size_t i = 0; i < second.size(); ++i) second[i] = patients.group[kept.row[i]];
    CoxCovariates covariates{.values = second, .columns = 1, .stratum = {}, .strata = patients.strata, .start = {}};
    if (strata_) covariates.stratum = in_table_order<std::uint16_t>(kept, patients.stratum, arena);
    const CoxFit fit = cox(kept, covariates, {}, {.ties = Ties::efron, .initial = {}}, arena);
    Estimate e = log_hazard_ratio(fit.coefficient[0], 0, 0, fit.status);
    if (fit.status != Status::ok) return e;
    add_wald(e, std::abs(e.estimate / test.signed_statistic), z);
    add_test(e, test);
    e.statistic = -e.signed_statistic;
    return e;
  }

  void curve_rows(const SurvivalTable& table, const TreatedTimes& patients, const SurvivalTable& kept, Status status,
                  const PlanParts& parts, std::span<Estimate> out, Arena& arena) const {
    const std::span<const std::uint8_t> code = in_table_order<std::uint8_t>(kept, patients.group, arena);
    const double unit = parts.units_per_month;
    std::size_t row = 0;
    for (std::uint8_t group = 0; group < 2; ++group) {
      const std::size_t first = row;
      const KaplanMeierCurve<> curve = kaplan_meier(with_code(kept, code, group, arena), {}, arena);
      const auto put = [&](const Estimate& e) {
        out[row++] =
            status == Status::ok ? Estimate{.estimate = e.estimate, .status = e.status} : Estimate{.status = status};
      };
      for (const double month : months_) put(survival_at(curve, month * unit, SurvivalInterval::log, parts.confidence));
      for (const double p : quantiles_) {
        Estimate e = survival_quantile(curve, p, SurvivalInterval::log, parts.confidence);
        e.estimate /= unit;
        put(e);
      }
      const SurvivalTable seen = with_code(table, patients.group, group, arena);
      for (Estimate& e : out.subspan(first, row - first)) count(seen, e);
    }
  }

  static void add_curve(StepFigure& figure, const std::string& title, const SurvivalTable& table,
                        const PlanParts& parts, Arena& arena) {
    const KaplanMeierCurve<> curve = kaplan_meier(table, {}, arena);
    const auto at = [&](double time, double confidence) {
      return survival_at(curve, time, SurvivalInterval::log, confidence);
    };
    figure.groups.push_back(curve_group(title, table, curve.time, at, {.confidence = missing}, parts, figure.ticks));
    figure.groups.back().median =
        survival_quantile(curve, 0.5, SurvivalInterval::log, parts.confidence).estimate / parts.units_per_month;
  }

  void label_rows(EstimateLabel label) {
    const EstimateLabel common = label;
    label.interval = "log_rank";
    label.tested = label.two_groups = true;
    label.term = groups_.by() + "=" + (groups_.count() == 2 ? groups_.names()[1] : "");
    label.parameter = "time_ratio", label.ratio = true, labels_.push_back(label);
    label.parameter = "hazard_ratio", labels_.push_back(label);
    label.parameter = "log_hazard_ratio", label.ratio = false, label.log_scale = true, labels_.push_back(label);
    label = common;
    for (const std::string& name : groups_.names()) {
      label.group = name;
      label.parameter = "survival", label.unbounded = false, label.share = true;
      for (const double month : months_) label.at = month, labels_.push_back(label);
      label.parameter = "quantile", label.unbounded = true, label.share = false;
      for (const double p : quantiles_) label.at = p, labels_.push_back(label);
    }
  }

  std::size_t endpoint_;
  PatientGroups groups_;
  TreatmentDates dates_;
  std::optional<std::size_t> strata_;
  std::vector<double> months_, quantiles_;
};

}  // namespace

std::unique_ptr<Analysis> read_rpsftm(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<RpsftmMethod>(entry, reader);
}

}  // namespace oligosim
