#include <algorithm>
#include <array>
#include <cmath>

#include "engine/statistics/categorical/mcnemar.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/interval_table.hpp"
#include "models/analysis/methods/toxicity_grades.hpp"

namespace oligosim {
namespace {

/// Adverse events of the same patients in two periods. A patient counts in a class of grades if at least one term is
/// of it, so that one with a term of grade 2 and another of grade 3 counts in two; with one column of worst grades the
/// classes 1 to 2 and 3 or more do not overlap. Rows: for each class, the share before, the share after (group),
/// Clopper-Pearson, and the change with Newcombe's interval and McNemar's exact test. Patients with a known grade in
/// both periods count.
class ToxicityChangeMethod : public Analysis {
 public:
  ToxicityChangeMethod(ConfigNode entry, PlanReader& reader)
      : population_(reader.population(entry)),
        before_(reader.grade_columns(entry, "before")),
        after_(reader.grade_columns(entry, "after")),
        limits_(ProportionInterval::clopper_pearson, reader.parts().confidence) {
    name_ = entry.text("name");
    const EstimateLabel shared = reader.label(entry, "toxicity_change", {}, population_);
    for (const std::string name : grade_class_names) {
      EstimateLabel label = shared;
      label.share = true;
      label.parameter = name;
      label.interval = "clopper_pearson";
      for (const char* period : {"before", "after"}) label.group = period, labels_.push_back(label);
      label.group = "";
      label.parameter = name + "_change";
      label.interval = "newcombe";
      label.tested = true;
      labels_.push_back(label);
    }
  }

  void evaluate(PlanData& data, Arena& /*arena*/, std::span<Estimate> out) const override {
    const Cohort& cohort = data.cohort();
    const std::span<const std::uint8_t> members = data.members(population_);
    std::array<PairedCounts, grade_classes> counts;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (!members[i] || std::isnan(worst_grade(cohort, before_, i)) || std::isnan(worst_grade(cohort, after_, i)))
        continue;
      for (std::size_t c = 0; c < grade_classes; ++c) {
        const bool was = has(cohort, before_, i, c), is = has(cohort, after_, i, c);
        ++(was ? (is ? counts[c].both : counts[c].before_only) : (is ? counts[c].after_only : counts[c].neither));
      }
    }
    for (std::size_t c = 0; c < grade_classes; ++c) {
      const PairedCounts& pairs = counts[c];
      const std::size_t n = std::size_t{pairs.both} + pairs.before_only + pairs.after_only + pairs.neither;
      out[3 * c] = limits_(pairs.both + pairs.before_only, n);
      out[3 * c + 1] = limits_(pairs.both + pairs.after_only, n);
      out[3 * c + 2] = paired_difference(pairs, data.parts().confidence);
    }
  }

 private:
  static bool has(const Cohort& cohort, std::span<const std::size_t> columns, std::size_t patient, std::size_t c) {
    return std::any_of(columns.begin(), columns.end(), [&](std::size_t column) {
      return is_of(cohort.numbers(column)[patient], static_cast<GradeClass>(c));
    });
  }

  std::size_t population_;
  std::vector<std::size_t> before_, after_;
  IntervalTable limits_;
};

}  // namespace

std::unique_ptr<Analysis> read_toxicity_change(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<ToxicityChangeMethod>(entry, reader);
}

}  // namespace oligosim
