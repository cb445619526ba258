#include <cmath>

#include "engine/statistics/cox.hpp"
#include "engine/statistics/normal.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

constexpr Choice<Ties> tie_rules[] = {{"efron", Ties::efron}, {"breslow", Ties::breslow}};

/// One column of the model matrix: a numeric covariate, or the indicator of a level of a factor.
struct Term {
  std::string name;
  bool indicator = false;
  std::size_t source = 0;  // column of the data set, or factor
  std::uint8_t level = 0;
};

/// Rows: hazard_ratio and log_hazard_ratio of each term, then the three tests, then the log likelihood.
class CoxMethod : public Analysis {
 public:
  CoxMethod(ConfigNode entry, PlanReader& reader) {
    name_ = entry.text("name");
    endpoint_ = reader.endpoint(entry);
    population_ = reader.population(entry);
    for (const std::string& column : entry.some_of("terms", reader.columns().names(), "column"))
      add_terms(entry, reader, column);
    if (terms_.empty() && entry.has("terms")) entry.problem("terms", "is empty (at least one column)");
    if (terms_.size() > max_cox_terms) entry.problem("terms", "has too many terms (at most 32)");
    options_.ties = entry.choice<Ties>("ties", tie_rules, Ties::efron);
    strata_ = reader.strata(entry);
    label_rows(reader.label(entry, "cox", endpoint_, population_));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table =
        complete_cases(data.table(endpoint_, population_), data, factors_, numbers_, strata_, arena);
    CoxCovariates covariates{.values = model_matrix(table, data, arena), .columns = terms_.size(), .stratum = {}};
    if (strata_) {
      covariates.stratum = in_table_order<std::uint16_t>(table, data.stratum(*strata_), arena);
      covariates.strata = data.stratum_count(*strata_);
    }
    const CoxFit fit = cox(table, covariates, {}, options_, arena);
    const double z = normal_quantile(0.5 + data.parts().confidence / 2);
    for (std::size_t j = 0; j < terms_.size(); ++j) term_rows(fit, j, z, out[2 * j], out[2 * j + 1]);
    test_rows(fit, out.subspan(2 * terms_.size()));
  }

 private:
  void add_terms(ConfigNode& entry, PlanReader& reader, const std::string& column) {
    const std::size_t position = reader.columns().find(column).value_or(0);
    entry.accept("levels");
    const bool levels_given =
        entry.kind("levels") == YamlNode::Kind::mapping && entry.child("levels", false).has(column);
    if (reader.columns()[position].kind == ColumnKind::number && !levels_given) {
      reader.uses(position);
      numbers_.push_back(position);
      terms_.push_back({column, false, position, 0});
      return;
    }
    const std::size_t factor = reader.factor(entry, "terms", column);
    factors_.push_back(factor);
    const std::vector<std::string>& levels = reader.parts().factors[factor].levels();
    for (std::size_t level = 1; level < levels.size(); ++level)
      terms_.push_back({column + "=" + levels[level], true, factor, static_cast<std::uint8_t>(level)});
  }

  void label_rows(EstimateLabel label) {
    const EstimateLabel common = label;
    for (const Term& term : terms_) {
      label = common;
      label.term = term.name;
      label.interval = "wald";
      label.tested = true;
      label.two_groups = terms_.size() == 1;
      label.parameter = "hazard_ratio", label.ratio = true, labels_.push_back(label);
      label.parameter = "log_hazard_ratio", label.ratio = false, label.log_scale = true, labels_.push_back(label);
    }
    label = common;
    label.tested = true, label.estimated = false;
    for (const char* test : {"likelihood_ratio_test", "score_test", "wald_test"})
      label.parameter = test, labels_.push_back(label);
    label.tested = false;
    label.parameter = "log_likelihood", labels_.push_back(label);
  }

  std::span<const double> model_matrix(const SurvivalTable& table, PlanData& data, Arena& arena) const {
    const std::size_t rows = table.size();
    const std::span<double> values = arena.take<double>(rows * terms_.size());
    for (std::size_t j = 0; j < terms_.size(); ++j) {
      const Term& term = terms_[j];
      const std::span<double> column = values.subspan(j * rows, rows);
      if (term.indicator) {
        const std::span<const std::uint8_t> codes = data.codes(term.source);
        for (std::size_t i = 0; i < rows; ++i) column[i] = codes[table.row[i]] == term.level;
      } else {
        const std::span<const double> numbers = data.cohort().numbers(term.source);
        for (std::size_t i = 0; i < rows; ++i) column[i] = numbers[table.row[i]];
      }
    }
    return values;
  }

  static void term_rows(const CoxFit& fit, std::size_t j, double z, Estimate& ratio, Estimate& log_ratio) {
    Estimate e;
    e.n = fit.n;
    e.n_events = fit.n_events;
    e.status = fit.status;
    if (fit.status == Status::ok) {
      e.estimate = fit.coefficient[j];
      e.standard_error = fit.standard_error[j];
      e.lower = e.estimate - z * e.standard_error;
      e.upper = e.estimate + z * e.standard_error;
      e.statistic = e.estimate / e.standard_error;
      e.signed_statistic = -e.statistic;
      e.p_value = 2 * normal_cdf(-std::abs(e.statistic));
    }
    log_ratio = e;
    ratio = e;
    for (double* x : {&ratio.estimate, &ratio.lower, &ratio.upper}) *x = std::exp(*x);
  }

  void test_rows(const CoxFit& fit, std::span<Estimate> out) const {
    const double tests[] = {fit.likelihood_ratio_test, fit.score_test, fit.wald_test};
    for (std::size_t k = 0; k < 4; ++k) {
      Estimate e;
      e.n = fit.n;
      e.n_events = fit.n_events;
      e.status = fit.status;
      if (k == 3) {
        e.estimate = fit.log_likelihood;
      } else if (!std::isnan(tests[k])) {
        e.statistic = tests[k];
        e.df = static_cast<double>(terms_.size());
        e.p_value = chi_square_upper_tail(tests[k], e.df);
        if (terms_.size() == 1) e.signed_statistic = std::copysign(std::sqrt(tests[k]), -fit.coefficient[0]);
      }
      out[k] = e;
    }
  }

  std::size_t endpoint_ = 0, population_ = 0;
  std::vector<Term> terms_;
  std::vector<std::size_t> factors_, numbers_;
  std::optional<std::size_t> strata_;
  CoxOptions options_;
};

}  // namespace

std::unique_ptr<Analysis> read_cox(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<CoxMethod>(entry, reader);
}

}  // namespace oligosim
