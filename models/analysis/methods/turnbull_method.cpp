#include <algorithm>
#include <cmath>

#include "engine/statistics/interval_censored/turnbull.hpp"
#include "models/analysis/event_intervals.hpp"
#include "models/analysis/figures.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/curve_rows.hpp"
#include "models/analysis/methods/patient_groups.hpp"

namespace oligosim {
namespace {

/// Rows: for each group survival at each month, then each quantile.
class TurnbullMethod : public Analysis {
 public:
  TurnbullMethod(ConfigNode entry, PlanReader& reader)
      : endpoint_(interval_endpoint(entry, reader)), groups_(entry, reader), curves_(entry) {
    name_ = entry.text("name");
    grouped_by_ = groups_.by();
    curves_.add_labels(reader.label(entry, "turnbull", endpoint_, groups_.population()), groups_.names(), labels_);
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    for (std::size_t group = 0; group < groups_.count(); ++group) {
      const SurvivalTable table = groups_.table(endpoint_, group, data, arena);
      const TurnbullCurve curve = curve_of(table, data, arena);
      curves_.put([&](double t) { return survival_at(curve, t); },
                  [&](double p) { return survival_quantile(curve, p); }, data.parts().units_per_month,
                  static_cast<double>(table.size()), static_cast<double>(std::ranges::count(table.event, 1)),
                  out.subspan(group * curves_.of_a_group()));
    }
  }

  std::vector<Figure> draw(PlanData& data, Arena& arena) const override {
    const PlanParts& parts = data.parts();
    StepFigure figure = survival_figure(name_,
                                        "Turnbull curve of " + labels_.front().endpoint +
                                            ": events between the last visit without and the one that shows them, on a "
                                            "line where no visit tells; below "
                                            "are the patients in whom no visit has shown one yet.",
                                        data.table(endpoint_, groups_.population()), parts);
    for (std::size_t group = 0; group < groups_.count(); ++group) {
      const SurvivalTable own = groups_.table(endpoint_, group, data, arena);
      const TurnbullCurve curve = curve_of(own, data, arena);
      figure.groups.push_back(curve_group(
          groups_.title(group), own, drawn_times(curve), [&](double time, double) { return survival_at(curve, time); },
          {.confidence = missing}, parts, figure.ticks));
      figure.groups.back().median = survival_quantile(curve, 0.5).estimate / parts.units_per_month;
    }
    return {figure};
  }

 private:
  TurnbullCurve curve_of(const SurvivalTable& table, PlanData& data, Arena& arena) const {
    return turnbull(event_intervals(table, endpoint_, data, arena), arena);
  }

  /// Of steps that look like lines.
  static std::vector<double> drawn_times(const TurnbullCurve& curve) {
    constexpr int steps = 16;
    const auto& [left, right] = curve.innermost.interval;
    std::vector<double> times;
    for (std::size_t j = 0; j < left.size(); ++j) {
      if (curve.mass[j] == 0 || std::isinf(right[j])) continue;
      for (int k = left[j] == right[j] ? steps : 1; k <= steps; ++k)
        times.push_back(left[j] + (right[j] - left[j]) * k / steps);
    }
    return times;
  }

  std::size_t endpoint_;
  PatientGroups groups_;
  CurveRows curves_;
};

}  // namespace

std::unique_ptr<Analysis> read_turnbull(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<TurnbullMethod>(entry, reader);
}

}  // namespace oligosim
