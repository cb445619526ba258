#pragma once

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "models/analysis/absent_columns.hpp"
#include "models/analysis/analysis.hpp"
#include "models/analysis/bootstrap.hpp"
#include "models/analysis/plan_data.hpp"

namespace oligosim {

/// A statistical analysis plan bound to the columns of a data set: the same for real patients and for each replicate.
class Plan {
 public:
  /// Reads endpoints, populations and analyses; mistakes go to the node's Problems. `lesions`: columns of the lesions
  /// of these patients; where they are null, a `lesions` section is left out.
  Plan(ConfigNode node, const Columns& columns, const Columns* lesions = nullptr);
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  /// All estimates, in the order of labels(). `out` has one element a label. `data` has lesions if reads_lesions().
  /// `by`: who resamples for the bootstrap.
  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out,
                const Resampling& by = Resampling::none()) const {
    evaluate(data, arena, out, by, {});
  }
  /// The numbers of one analysis, as evaluate() of it gave them.
  struct Known {
    std::size_t analysis = 0;
    std::span<const Estimate> estimates;  // empty: none are known
  };
  /// All, where those of one analysis of the same data are known.
  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out, const Resampling& by, const Known& known) const;
  /// The numbers of one analysis, without bootstrap; `out` has one element for each of its labels.
  void evaluate(std::size_t analysis, PlanData& data, Arena& arena, std::span<Estimate> out) const;
  /// The bootstrap rows of one analysis, from its numbers; `out` has those of rows() beyond `own`.
  void resample(std::size_t analysis, PlanData& data, std::span<const Estimate> own, const Resampling& by, Arena& arena,
                std::span<Estimate> out) const;
  /// The pictures of one analysis, and of its resamples where somebody resamples. `estimates`: all of its rows().
  std::vector<Figure> draw(std::size_t analysis, PlanData& data, std::span<const Estimate> estimates,
                           const Resampling& by, Arena& arena) const;

  /// Which of labels() are an analysis': its own, then those of its bootstrap.
  struct Rows {
    std::size_t first, own, all;
  };
  Rows rows(std::size_t analysis) const;
  bool resamples() const;
  /// The blocks of all analyses that have one.
  std::vector<const BootstrapSpec*> bootstrap_specs() const;
  /// The plan's own block, where it is of simulated cohorts; else null.
  const BootstrapSpec* simulation() const { return simulation_ ? &*simulation_ : nullptr; }
  /// Bootstrap::work() of all analyses.
  std::size_t bootstrap_work(std::size_t patients) const;

  const PlanParts& parts() const { return parts_; }
  const std::vector<EstimateLabel>& labels() const { return labels_; }
  /// Whose true value each of labels() is held against: its own position, or that of the number it stands for where its
  /// analysis says so (`estimand`). Always an earlier one.
  std::size_t estimand(std::size_t label) const { return estimand_[label]; }
  std::vector<std::string> analysis_names() const;
  /// Position of an analysis by name, and of its first label; the name must exist.
  std::size_t position(const std::string& analysis) const;
  std::size_t analyses() const { return analyses_.size(); }
  const Analysis& analysis(std::size_t position) const { return *analyses_[position]; }
  /// Whether its rows are lesions.
  bool of_lesions(std::size_t analysis) const { return analysis >= of_patients_; }
  /// Columns of the data set that an analysis of patients reads, by itself or through derived columns; not those that
  /// its bootstrap alone reads: 1 where read, one a column.
  std::vector<std::uint8_t> columns_read(std::size_t analysis) const;
  /// Columns of the data set that the plan reads: 1 where needed, one a column.
  std::vector<std::uint8_t> needed_columns() const;
  bool reads_lesions() const { return parts_.lesions != nullptr; }
  /// The lesions' own columns that the plan reads.
  std::vector<std::uint8_t> needed_lesion_columns() const;
  /// Entries that rest on optional columns which the data set lacks.
  const std::vector<LeftOut>& left_out() const { return left_out_; }
  const std::string& time_unit() const { return time_unit_; }
  double days_per_month() const { return days_per_month_; }

 private:
  void read_section(ConfigNode& node, const std::string& where, PlanParts& parts, std::vector<std::size_t>& used);
  void read_estimand(const Analysis& analysis, ConfigNode& entry);
  void find_estimands(std::size_t analysis);
  void read_analyses(ConfigNode& node, PlanReader& reader, AbsentColumns& lacking);
  std::unique_ptr<Bootstrap> read_bootstrap_of(const Analysis& analysis, ConfigNode& entry, const PlanParts& rows);
  void read_bootstrap_of_all(ConfigNode& node);
  void read_lesions(ConfigNode& node, const Columns* lesions, std::vector<std::size_t>& used);
  PlanData& rows_of(std::size_t analysis, PlanData& data) const;

  PlanParts parts_;
  std::vector<std::unique_ptr<Analysis>> analyses_;     // of patients, then of lesions
  std::size_t of_patients_ = 0;                         // how many
  std::vector<std::vector<std::size_t>> reads_;         // of each analysis: columns of PlanParts
  std::vector<std::unique_ptr<Bootstrap>> bootstraps_;  // one an analysis; null where it has none
  std::optional<BootstrapSpec> simulation_;
  std::vector<std::size_t> used_by_bootstrap_;  // columns of the patients
  std::set<std::string> names_;
  std::vector<EstimateLabel> labels_;
  std::vector<std::size_t> first_;                      // of each analysis in labels_
  std::vector<std::optional<std::size_t>> stands_for_;  // of each analysis: the one with its estimand
  std::vector<std::size_t> estimand_;                   // of each label
  std::vector<LeftOut> left_out_;
  std::string time_unit_;  // "days" ...
  double days_per_month_ = 30.4375;
};

class PlanReader;

/// The registry: `method` of a plan entry, and how an entry of that method is read. A new method is one entry.
struct MethodEntry {
  const char* name;
  const char* meaning;
  std::unique_ptr<Analysis> (*read)(ConfigNode entry, PlanReader& reader);
  const char* definition = "";  // which of the definitions in use it follows, for the page: sentences
};
std::span<const MethodEntry> methods();

}  // namespace oligosim
