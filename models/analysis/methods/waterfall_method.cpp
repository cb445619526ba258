#include <algorithm>
#include <cmath>

#include "engine/io/number.hpp"
#include "engine/statistics/describe.hpp"
#include "models/analysis/condition.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/interval_table.hpp"
#include "models/analysis/methods/patient_groups.hpp"

namespace oligosim {
namespace {

/// The numbers beside a waterfall plot of the best change in percent. Rows: for each group the share that shrinks, the
/// share that shrinks by 30 % or more, and the median; n = patients with a known change. Changes below the floor count
/// as the floor (nothing shrinks by more than 100 %). `progression` marks the bars of patients who progress: a column
/// that is 1 for them, or a condition.
class WaterfallMethod : public Analysis {
 public:
  WaterfallMethod(ConfigNode entry, PlanReader& reader)
      : groups_(entry, reader),
        value_(reader.number_column(entry, "value")),
        limits_(ProportionInterval::clopper_pearson, reader.parts().confidence) {
    name_ = entry.text("name");
    grouped_by_ = groups_.by();
    floor_ = entry.number("floor", Range::between(-1000, 0), -100);
    read_progression(entry, reader);
    EstimateLabel label = reader.label(entry, "waterfall", {}, groups_.population());
    label.term = reader.columns()[value_].name;
    for (const std::string& group : groups_.names()) {
      label.group = group;
      label.interval = "clopper_pearson";
      label.share = true;
      for (const char* parameter : {"shrinking", "response_30"}) label.parameter = parameter, labels_.push_back(label);
      label.parameter = "median";
      label.interval = "";
      label.share = false;
      labels_.push_back(label);
    }
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const std::span<const std::uint8_t> codes = groups_.codes(data, arena);
    const Sample sample = sort_sample(floored(data, arena), {}, arena);
    const std::span<double> member = arena.take<double>(sample.size());
    for (std::size_t group = 0; group < groups_.count(); ++group) {
      std::size_t n = 0, shrinking = 0, response = 0;
      for (std::size_t i = 0; i < sample.size(); ++i) {
        const bool own = codes[sample.row[i]] == group;
        member[i] = own;
        n += own;
        shrinking += own && sample.value[i] < 0;
        response += own && sample.value[i] <= -30;
      }
      out[3 * group] = limits_(shrinking, n);
      out[3 * group + 1] = limits_(response, n);
      Estimate& median = out[3 * group + 2];
      median = {};
      median.n = static_cast<double>(n);
      median.estimate = quantile<double>(sample, member, 0.5);
      if (n == 0) median.status = Status::empty_group;
    }
  }

  std::vector<Figure> draw(PlanData& data, Arena& arena) const override {
    WaterfallFigure figure;
    figure.text.title = name_ + ": best change";
    figure.text.caption = "One bar a patient; changes below " + shortest(floor_) + " % count as that.";
    if (!progression_.empty()) figure.text.caption += " Triangles mark patients with progression.";
    if (groups_.count() > 1) figure.groups = groups_.names();
    const std::span<const std::uint8_t> codes = groups_.codes(data, arena);
    const std::span<const double> change = floored(data, arena);
    for (std::size_t i = 0; i < change.size(); ++i)
      if (codes[i] != missing_category)
        figure.bars.push_back({.name = "patient " + std::to_string(i + 1),
                               .change = change[i],
                               .group = groups_.names()[codes[i]],
                               .progression = progresses(data.cohort(), i),
                               .note = ""});
    return {figure};
  }

 private:
  void read_progression(ConfigNode& entry, PlanReader& reader) {
    entry.accept("progression");
    if (!entry.has("progression")) return;
    if (entry.kind("progression") == YamlNode::Kind::mapping) {
      progression_ = read_conditions(entry.child("progression"), reader.columns());
      for (const Condition& c : progression_) reader.uses(c.column);
    } else {
      Condition one;
      one.column = reader.number_column(entry, "progression");
      one.kind = Condition::Kind::among_numbers;
      one.numbers = {1};
      progression_ = {one};
    }
  }

  bool progresses(const Cohort& cohort, std::size_t row) const {
    return !progression_.empty() && meets_all(progression_, cohort, row);
  }

  std::span<const double> floored(PlanData& data, Arena& arena) const {
    const std::span<const double> change = data.cohort().numbers(value_);
    const std::span<double> out = arena.take<double>(change.size());
    for (std::size_t i = 0; i < change.size(); ++i) out[i] = change[i] < floor_ ? floor_ : change[i];
    return out;
  }

  PatientGroups groups_;
  std::size_t value_;
  IntervalTable limits_;
  double floor_ = -100;
  std::vector<Condition> progression_;
};

}  // namespace

std::unique_ptr<Analysis> read_waterfall(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<WaterfallMethod>(entry, reader);
}

}  // namespace oligosim
