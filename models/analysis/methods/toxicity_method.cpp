#include <array>
#include <cmath>

#include "engine/io/number.hpp"
#include "engine/io/words.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/interval_table.hpp"
#include "models/analysis/methods/patient_groups.hpp"
#include "models/analysis/methods/toxicity_grades.hpp"

namespace oligosim {
namespace {

/// Rows: for each term and then for the worst of all terms ("any"), for each group, the share of the patients of known
/// grade whose worst grade of the term is 1 or more, 1 or 2, 3 or more. The worst of all terms is that of the known
/// ones.
class ToxicityMethod : public Analysis {
 public:
  ToxicityMethod(ConfigNode entry, PlanReader& reader)
      : groups_(entry, reader),
        terms_(reader.grade_columns(entry, "terms")),
        limits_(ProportionInterval::clopper_pearson, reader.parts().confidence) {
    name_ = entry.text("name");
    grouped_by_ = groups_.by();
    EstimateLabel label = reader.label(entry, "toxicity", {}, groups_.population());
    label.interval = "clopper_pearson";
    label.share = true;
    for (std::size_t term = 0; term <= terms_.size(); ++term) {
      label.term = term < terms_.size() ? reader.columns()[terms_[term]].name : "any";
      for (const std::string& group : groups_.names()) {
        label.group = group;
        for (const char* name : grade_class_names) label.parameter = name, labels_.push_back(label);
      }
    }
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const std::span<const std::uint8_t> codes = groups_.codes(data, arena);
    std::size_t row = 0;
    for (std::size_t term = 0; term <= terms_.size(); ++term) {
      const std::span<const std::size_t> own =
          term < terms_.size() ? std::span(terms_).subspan(term, 1) : std::span(terms_);
      for (std::size_t group = 0; group < groups_.count(); ++group) {
        std::array<std::size_t, grade_classes> count{};
        std::size_t n = 0;
        for (std::size_t i = 0; i < codes.size(); ++i) {
          const double grade = codes[i] == group ? worst_grade(data.cohort(), own, i) : missing;
          if (std::isnan(grade)) continue;
          ++n;
          for (std::size_t c = 0; c < grade_classes; ++c) count[c] += is_of(grade, static_cast<GradeClass>(c));
        }
        for (const std::size_t x : count) out[row++] = limits_(x, n);
      }
    }
  }

  /// For each term one bar a group, of two parts.
  std::vector<Figure> draw(PlanData& data, Arena& arena) const override {
    std::vector<Estimate> estimates(labels_.size());
    evaluate(data, arena, estimates);
    BarFigure figure;
    figure.text.title = name_ + ": worst grades";
    figure.text.caption =
        "Patients whose worst grade of a term is 1 or 2 (pale) and 3 or more (full), of those whose grade is known; "
        "last, the worst of all terms.";
    figure.value_label = "Patients (%)";
    figure.stacked = 2;
    for (const std::string& group : groups_.names())
      for (const char* grade : {"grade 1-2", "grade 3 or more"})
        figure.series.push_back(group.empty() ? grade : group + ", " + grade);
    for (std::size_t row = 0; row < labels_.size(); ++row) {
      const EstimateLabel& label = labels_[row];
      if (label.parameter == grade_class_names[0]) {  // any grade: both parts together
        if (row % (grade_classes * groups_.count()) == 0)
          figure.categories.push_back({label.term == "any" ? "any term" : spaced(label.term), {}});
        continue;
      }
      const Estimate& e = estimates[row];
      figure.categories.back().bars.push_back(
          {e.estimate, e.lower, e.upper, shortest(e.n_events) + " / " + shortest(e.n)});
    }
    return {figure};
  }

 private:
  PatientGroups groups_;
  std::vector<std::size_t> terms_;
  IntervalTable limits_;
};

}  // namespace

std::unique_ptr<Analysis> read_toxicity(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<ToxicityMethod>(entry, reader);
}

}  // namespace oligosim
