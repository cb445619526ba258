#include <algorithm>
#include <cmath>

#include "engine/resampling/cox_validation.hpp"
#include "models/analysis/bootstrap.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/model_terms.hpp"

namespace oligosim {
namespace {

enum class Selection { none, backward };
constexpr Choice<Selection> selections[] = {{"none", Selection::none}, {"backward", Selection::backward}};

/// Who is resampled: the patients of the model, in the order of the file.
struct Units {
  std::span<const std::uint32_t> of_row;  // table order
  std::size_t count = 0;
};

Units units_of(const SurvivalTable& table, const PlanData& data, Arena& arena) {
  const std::span<const std::uint32_t> patient = data.patient();  // of lesions
  const auto named = [&](std::uint32_t row) { return patient.empty() ? row : patient[row]; };
  std::uint32_t names = 0;
  for (const std::uint32_t row : table.row) names = std::max(names, named(row) + 1);
  const std::span<std::uint32_t> code = arena.take<std::uint32_t>(names, 0);
  for (const std::uint32_t row : table.row) code[named(row)] = 1;
  std::uint32_t count = 0;
  for (std::uint32_t& c : code) c = c != 0 ? count++ : 0;
  const std::span<std::uint32_t> of_row = arena.take<std::uint32_t>(table.size());
  for (std::size_t i = 0; i < of_row.size(); ++i) of_row[i] = code[named(table.row[i])];
  return {of_row, count};
}

/// Rows: apparent_concordance, optimism, corrected_concordance, apparent_slope, calibration_slope; with elimination
/// selection_frequency of each term; sign_frequency of each column. All standard errors but the first are Monte Carlo
/// errors of a mean over the resamples. Where nobody resamples only the apparent rows have an estimate.
class CoxValidationMethod : public Analysis {
 public:
  CoxValidationMethod(ConfigNode entry, PlanReader& reader)
      : endpoint_(reader.endpoint(entry)), population_(reader.population(entry)), terms_(entry, reader) {
    name_ = entry.text("name");
    strata_ = reader.strata(entry);
    modelling_.cox.ties = entry.choice<Ties>("ties", tie_rules, Ties::efron);
    modelling_.cox.tolerance = 1e-12;  // slopes to all their digits
    read_selection(entry);
    resamples_ = static_cast<std::size_t>(entry.integer("resamples", Range::between(50, 1e6), 500));
    seed_ = static_cast<std::uint64_t>(entry.integer("seed", Range::between(0, 9e18), 1));
    read_columns(entry);
    label_rows(reader.label(entry, "cox_validation", endpoint_, population_));
  }

  bool resamples_itself() const override { return true; }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    evaluate_by(Resampling::none(), data, arena, out);
  }

  void evaluate_by(const Resampling& by, PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table = terms_.complete(data.table(endpoint_, population_), data, strata_, arena);
    const CoxValidation validation(table, terms_.covariates(table.row, {}, strata_, data, arena), terms(), modelling_,
                                   arena);
    const CoxModel& model = validation.model();
    for (Estimate& e : out)
      e = {.n = validation.whole().n, .n_events = validation.whole().n_events, .status = model.status};
    out[0] = validation.apparent_concordance(arena);
    if (model.status != Status::ok) return;
    if (model.terms != 0) {
      out[3].estimate = 1.0;
    } else {
      out[3].status = Status::singular;  // its predictor is constant
    }
    if (!by.wanted()) return;
    const CoxValidationMeans means = resampled(validation, table, data, by, arena);
    put(means.optimism, out[1]);
    out[2] = out[1];
    out[2].estimate = out[0].estimate - out[1].estimate;
    put(means.calibration_slope, out[4]);
    std::size_t row = 5;
    if (modelling_.p_out)
      for (const Moments& kept : means.kept) put(kept, out[row++]);
    for (const Moments& same : means.same_sign) put(same, out[row++]);
  }

 private:
  void read_selection(ConfigNode& entry) {
    const Selection selection = entry.choice<Selection>("selection", selections, Selection::none);
    entry.accept("p_out");
    if (selection == Selection::backward) {
      modelling_.p_out = entry.number("p_out", Range::inside(0, 1), 0.157);
    } else if (entry.has("p_out")) {
      entry.problem("p_out", "is of elimination (selection: backward)");
    }
  }

  void read_columns(ConfigNode& entry) {
    const std::vector<std::string>& names = terms_.terms();
    for (std::size_t t = 0; t < names.size(); ++t) {
      if (std::ranges::count(terms_.term_of_column(), t) == 0)
        entry.problem("terms", "'" + names[t] + "' has one level only (at least two)");
      std::uint32_t within = 0;
      for (std::size_t u = 0; u < std::min(names.size(), max_cox_terms); ++u)
        if (u != t && terms_.is_part(t, u)) within |= std::uint32_t{1} << u;
      within_.push_back(within);
    }
  }

  void label_rows(EstimateLabel label) {
    for (const char* parameter :
         {"apparent_concordance", "optimism", "corrected_concordance", "apparent_slope", "calibration_slope"})
      label.parameter = parameter, labels_.push_back(label);
    label.share = true;
    label.parameter = "selection_frequency";
    if (modelling_.p_out)
      for (const std::string& term : terms_.terms()) label.term = term, labels_.push_back(label);
    label.parameter = "sign_frequency";
    for (std::size_t j = 0; j < terms_.columns(); ++j) label.term = terms_.name(j), labels_.push_back(label);
  }

  CoxTerms terms() const { return {terms_.term_of_column(), terms_.terms().size(), within_}; }

  CoxValidationMeans resampled(const CoxValidation& validation, const SurvivalTable& table, const PlanData& data,
                               const Resampling& by, Arena& arena) const {
    CoxValidationMeans means(terms_.terms().size(), terms_.columns(), arena);
    const Units units = units_of(table, data, arena);
    const ResampleFrame frame{.units = units.count, .stratum = {}, .strata = 1};
    const Resamples resamples(frame, CaseKind::multinomial, by.streams(seed_), arena);
    const ResampledRows rows(resamples, units.of_row, RowVersion::resample, resamples_);
    rows.for_each_eight(arena, [&](std::size_t first, const CaseWeights& weights) {
      const std::span<const Lanes> weight = weights.numbers(arena);
      ResampledCoxModel models[lanes];
      const std::span<ResampledCoxModel> wanted = std::span(models).first(std::min(lanes, resamples_ - first));
      validation.resample(weight, wanted, arena);
      for (const ResampledCoxModel& model : wanted) means.add(model);
    });
    return means;
  }

  static void put(const Moments& over_resamples, Estimate& e) {
    const double used = static_cast<double>(over_resamples.n), without = static_cast<double>(over_resamples.missing);
    e.degenerate = without / (used + without);
    if (over_resamples.n == 0) {
      e.status = Status::degenerate_resamples;
      return;
    }
    e.estimate = over_resamples.mean;
    e.standard_error = std::sqrt(over_resamples.variance() / used);
  }

  std::size_t endpoint_, population_;
  ModelTerms terms_;
  std::vector<std::uint32_t> within_;
  std::optional<std::size_t> strata_;
  CoxModelling modelling_;
  std::size_t resamples_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace

std::unique_ptr<Analysis> read_cox_validation(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<CoxValidationMethod>(entry, reader);
}

}  // namespace oligosim
