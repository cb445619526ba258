#include <optional>

#include "engine/statistics/kaplan_meier.hpp"
#include "models/analysis/methods.hpp"

namespace oligosim {
namespace {

constexpr Choice<SurvivalInterval> intervals[] = {{"log", SurvivalInterval::log},
                                                  {"log_log", SurvivalInterval::log_log},
                                                  {"plain", SurvivalInterval::plain},
                                                  {"logit", SurvivalInterval::logit},
                                                  {"arcsine", SurvivalInterval::arcsine}};

/// Rows: for each group, for each interval kind: survival at each month, then each quantile.
class KaplanMeierMethod : public Analysis {
 public:
  KaplanMeierMethod(ConfigNode entry, PlanReader& reader, bool reverse) : reverse_(reverse) {
    name_ = entry.text("name");
    endpoint_ = reader.endpoint(entry);
    population_ = reader.population(entry);
    by_ = reader.by(entry);
    months_ = entry.numbers("at_months", Range::at_least(0), std::vector<double>{});
    quantiles_ = entry.numbers("quantiles", Range::inside(0, 1), std::vector<double>{0.5});
    read_intervals(entry);
    if (by_) groups_ = reader.parts().factors[*by_].levels();
    label_rows(reader.label(entry, reverse ? "reverse_kaplan_meier" : "kaplan_meier", endpoint_, population_));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable& table = data.table(endpoint_, population_);
    if (!by_) return describe(reverse_ ? reversed(table, arena) : table, data.parts(), arena, out);
    const std::span<const std::uint8_t> codes = data.codes(*by_);
    const std::size_t rows = out.size() / groups_.size();
    const std::span<std::uint8_t> keep = arena.take<std::uint8_t>(codes.size());
    for (std::size_t group = 0; group < groups_.size(); ++group) {
      for (std::size_t i = 0; i < codes.size(); ++i) keep[i] = codes[i] == group;
      const SurvivalTable own = filter(table, keep, arena);
      describe(reverse_ ? reversed(own, arena) : own, data.parts(), arena, out.subspan(group * rows, rows));
    }
  }

 private:
  void read_intervals(ConfigNode& entry) {
    std::vector<std::string> accepted;
    for (const auto& c : intervals) accepted.emplace_back(c.name);
    for (const std::string& kind : entry.some_of("interval", accepted, "interval", std::vector<std::string>{"log"}))
      for (const auto& c : intervals)
        if (kind == c.name) intervals_.push_back(c);
  }

  void label_rows(EstimateLabel label) {
    for (std::size_t group = 0; group < std::max<std::size_t>(1, groups_.size()); ++group) {
      if (!groups_.empty()) label.group = groups_[group];
      for (const auto& interval : intervals_) {
        label.interval = interval.name;
        label.parameter = "survival", label.unbounded = false;
        for (const double month : months_) label.at = month, labels_.push_back(label);
        label.parameter = "quantile", label.unbounded = true;
        for (const double p : quantiles_) label.at = p, labels_.push_back(label);
      }
    }
  }

  void describe(const SurvivalTable& table, const PlanParts& parts, Arena& arena, std::span<Estimate> out) const {
    const KaplanMeierCurve curve = kaplan_meier(table, {}, arena);
    std::size_t row = 0;
    for (const auto& interval : intervals_) {
      for (const double month : months_)
        out[row++] = survival_at(curve, month * parts.units_per_month, interval.value, parts.confidence);
      for (const double p : quantiles_) {
        Estimate e = survival_quantile(curve, p, interval.value, parts.confidence);
        for (double* x : {&e.estimate, &e.lower, &e.upper}) *x /= parts.units_per_month;
        out[row++] = e;
      }
    }
  }

  bool reverse_;
  std::size_t endpoint_ = 0, population_ = 0;
  std::optional<std::size_t> by_;
  std::vector<std::string> groups_;
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
