#include <cmath>

#include "models/analysis/methods.hpp"
#include "models/analysis/methods/patient_groups.hpp"

namespace oligosim {
namespace {

enum class MissingValues { exclude, show };
constexpr Choice<MissingValues> missing_rules[] = {{"exclude", MissingValues::exclude}, {"show", MissingValues::show}};

/// Rows: for each column, for each group, for each level the share of the patients whose level is known. Shown, the
/// missing ones are a level of their own, and the shares are of all.
class FrequencyMethod : public Analysis {
 public:
  FrequencyMethod(ConfigNode entry, PlanReader& reader) : groups_(entry, reader) {
    name_ = entry.text("name");
    missing_ = entry.choice<MissingValues>("missing", missing_rules, MissingValues::exclude);
    const std::vector<std::string> names = entry.some_of("column", reader.columns().names(), "column");
    if (names.empty() && entry.has("column")) entry.problem("column", "is empty (at least one column)");
    EstimateLabel label = reader.label(entry, "frequency", {}, groups_.population());
    label.parameter = "share";
    label.share = true;
    for (const std::string& name : names) {
      factors_.push_back(reader.factor(entry, "column", name));
      std::vector<std::string> levels = reader.parts().factors[factors_.back()].levels();
      if (missing_ == MissingValues::show) levels.emplace_back("missing");
      levels_.push_back(levels.size());
      for (const std::string& group : groups_.names()) {
        label.group = group;
        for (const std::string& level : levels) label.term = name + "=" + level, labels_.push_back(label);
      }
    }
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const std::span<const std::uint8_t> groups = groups_.codes(data, arena);
    std::size_t row = 0;
    for (std::size_t column = 0; column < factors_.size(); ++column) {
      const std::span<const std::uint8_t> codes = data.codes(factors_[column]);
      const std::size_t levels = levels_[column];
      const std::span<double> count = arena.take<double>(groups_.count() * levels, 0.0);
      for (std::size_t i = 0; i < codes.size(); ++i) {
        if (groups[i] == missing_category) continue;
        const bool known = codes[i] != missing_category;
        if (known || missing_ == MissingValues::show) ++count[groups[i] * levels + (known ? codes[i] : levels - 1)];
      }
      for (std::size_t group = 0; group < groups_.count(); ++group, row += levels)
        shares(count.subspan(group * levels, levels), out.subspan(row, levels));
    }
  }

 private:
  static void shares(std::span<const double> count, std::span<Estimate> out) {
    double n = 0;
    for (const double c : count) n += c;
    for (std::size_t level = 0; level < count.size(); ++level) {
      Estimate& e = out[level];
      e = {};
      e.n = n;
      e.n_events = count[level];
      if (n > 0)
        e.estimate = count[level] / n;
      else
        e.status = Status::empty_group;
    }
  }

  PatientGroups groups_;
  MissingValues missing_ = MissingValues::exclude;
  std::vector<std::size_t> factors_, levels_;  // one a column
};

}  // namespace

std::unique_ptr<Analysis> read_frequency(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<FrequencyMethod>(entry, reader);
}

}  // namespace oligosim
