#include <algorithm>
#include <cmath>

#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/cox/proportional_hazards.hpp"
#include "engine/statistics/survival/concordance.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/cox_input.hpp"
#include "models/analysis/methods/cox_limits.hpp"
#include "models/analysis/methods/hazard_ratio.hpp"
#include "models/analysis/methods/hazard_ratio_test.hpp"

namespace oligosim {
namespace {

constexpr Choice<Penalty> penalties[] = {{"none", Penalty::none}, {"firth", Penalty::firth}};

constexpr Choice<HazardRatioInterval> interval_kinds[] = {{"wald", HazardRatioInterval::wald},
                                                          {"robust", HazardRatioInterval::robust},
                                                          {"profile", HazardRatioInterval::profile},
                                                          {"score", HazardRatioInterval::score}};

constexpr Choice<TimeTransform> time_transforms[] = {{"km", TimeTransform::km},
                                                     {"identity", TimeTransform::identity},
                                                     {"rank", TimeTransform::rank},
                                                     {"log", TimeTransform::log}};

constexpr const char* model_tests[] = {"likelihood_ratio_test", "score_test", "wald_test"};

/// Rows of a patient, written out or made by a time-dependent term, are one cluster of the robust errors. Rows of the
/// result: for each term and kind of interval hazard_ratio and log_hazard_ratio; the three tests and the log
/// likelihood; concordance and the proportional-hazards tests where asked for. A column that is a combination of others
/// (that of a level nobody has) is left out of the model, and coefficients that depend on which one is are `singular`.
class CoxMethod : public Analysis, public HazardRatioTest {
 public:
  CoxMethod(ConfigNode entry, PlanReader& reader)
      : input_{reader.counting_endpoint(entry), reader.population(entry), ModelTerms(entry, reader, true), {}, {}} {
    name_ = entry.text("name");
    options_.ties = entry.choice<Ties>("ties", tie_rules, Ties::efron);
    options_.penalty = entry.choice<Penalty>("penalty", penalties, Penalty::none);
    input_.strata = reader.strata(entry);
    entry.accept("cluster");
    if (entry.has("cluster")) input_.cluster = reader.any_column(entry, "cluster");
    read_intervals(entry);
    if (entry.has("null_value")) read_null(entry);
    for (const char* key : {"null_value", "equivalence"}) entry.accept(key);
    concordance_ = entry.flag("concordance", false);
    entry.accept("proportional_hazards");
    if (entry.has("proportional_hazards"))
      transform_ = entry.choice<TimeTransform>("proportional_hazards", time_transforms);
    const SurvivalEndpoint* const endpoint =
        input_.endpoint < reader.parts().endpoints.size() ? &reader.parts().endpoints[input_.endpoint] : nullptr;
    if (endpoint && endpoint->start && terms().switch_column())
      entry.problem("time_dependent", "stands beside an endpoint with start times, whose rows say it (one of the two)");
    if (endpoint && endpoint->start && !input_.cluster) ask_for_cluster(entry);
    if (endpoint && !endpoint->start && !terms().switch_column()) read_censored(reader);
    label_rows(reader.label(entry, "cox", input_.endpoint, input_.population));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const FittedCox model = fitted(input_, options_, data, arena);
    const CoxFit& fit = model.fit;
    const RobustVariance robust = robust_of(model.own, fit, arena);
    const RobustVariance robust_at_limit =
        model.limit ? robust_of(model.limit->own, model.limit->fit, arena) : RobustVariance{};
    const CoxLimits limits{options_, data.parts().confidence, null_, !data.limits_left_out()};
    const auto log_ratios = [&](const CoxData& own, const CoxFit& of, const RobustVariance& errors, std::size_t k) {
      const std::span<Estimate> logs = arena.take<Estimate>(of.coefficient.size());
      for (std::size_t a = 0; a < logs.size(); ++a)
        logs[a] = log_hazard_ratio(of.coefficient[a], fit.n, fit.n_events, of.status);
      limits.add(intervals_[k].value, own, of, errors, logs, arena);
      return logs;
    };
    for (std::size_t k = 0; k < intervals_.size(); ++k) {
      const std::span<Estimate> logs = log_ratios(model.own, fit, robust, k);
      if (equivalence_) test_equivalence(logs[0], null_);
      if (model.limit) {
        const std::span<Estimate> left = log_ratios(model.limit->own, model.limit->fit, robust_at_limit, k);
        for (std::size_t a = 0; a < logs.size(); ++a)
          if (const auto place = model.limit->columns.place(a)) logs[a] = left[*place];
      }
      for (std::size_t j = 0; j < terms().columns(); ++j) {
        const std::optional<std::size_t> place = model.columns.place(j);
        const std::size_t row = 2 * (j * intervals_.size() + k);
        out[row + 1] = place ? logs[*place] : log_hazard_ratio(missing, fit.n, fit.n_events, Status::singular);
        out[row] = as_ratio(out[row + 1]);
      }
    }
    std::size_t row = 2 * terms().columns() * intervals_.size();
    test_rows(fit, robust_wald_test() ? robust.wald_test : fit.wald_test, out.subspan(row, 4));
    if (model.limit) likelihood_at_limit(fit, model.limit->fit, out.subspan(row, 4));
    row += 4;
    if (concordance_) out[row++] = concordance_row(model.own, fit, arena);
    if (transform_) proportional_hazards_rows(model, out.subspan(row), arena);
  }

  /// Each search starts from the estimate of the data themselves.
  void resample(PlanData& data, const ResampledRows& rows, Arena& arena, const ResampledValues& out) const override {
    if (concordance_ || options_.penalty != Penalty::none) return Analysis::resample(data, rows, arena, out);
    const FittedCox model = fitted(input_, options_, data, arena);
    const CoxData& own = model.own;
    CoxOptions warm = options_;
    if (model.fit.status == Status::ok) warm.initial = model.fit.coefficient;
    const CoxResamples resamples(own.table, own.covariates, own.rows, arena);
    const bool ratio_alone = out.variance.empty() && resamples.of_two_groups();
    rows.for_each_eight(arena, [&](std::size_t first, const CaseWeights& weights) {
      if (ratio_alone) {
        const double start = warm.initial.empty() ? 0.0 : warm.initial[0];
        return put(resamples.log_hazard_ratios(weights, warm.ties, start, arena), first, out);
      }
      const std::array<CoxFit, lanes> fits = resamples.fits(weights, warm, arena);
      for (std::size_t k = 0; k < lanes && first + k < out.count; ++k) {
        const bool fails = fits[k].status == Status::singular || fits[k].status == Status::separation;
        const bool part = fails && own.covariates.columns > 1;
        put(model, part ? estimable_part(own, weights, k, options_, arena) : fits[k], first + k, out);
      }
    });
  }
  /// Efron's ties are between patients.
  bool takes_any_weights() const override {
    return options_.ties == Ties::breslow && !concordance_ && options_.penalty == Penalty::none;
  }
  std::optional<CensoredInput> censored_input() const override { return censored_; }
  std::optional<double> null_ratio() const override {
    if (terms().columns() != 1 || equivalence_) return {};
    return std::exp(null_);
  }
  std::string compared() const override { return terms().name(0); }

 private:
  const ModelTerms& terms() const { return input_.terms; }

  void read_null(ConfigNode& entry) {
    null_ = std::log(entry.number("null_value", Range::between(0.01, 100)));
    equivalence_ = entry.flag("equivalence", false);
    if (equivalence_ && !(null_ > 0))
      entry.problem("null_value", "of an equivalence is the upper limit of the ratio (a number above 1)");
    if (terms().columns() != 1) entry.problem("null_value", "is the hazard ratio of a single term");
    for (const auto& c : intervals_)
      if (c.value == HazardRatioInterval::profile || c.value == HazardRatioInterval::score)
        entry.problem("interval", std::string("'") + c.name + "' has no test against null_value (wald or robust)");
  }

  void read_censored(const PlanReader& reader) {
    censored_ = {input_.endpoint, input_.population, terms().factors(), terms().numbers(), input_.cluster.has_value()};
    if (!input_.strata) return;
    const std::vector<std::size_t>& strata = reader.parts().strata[*input_.strata];
    censored_->factors.insert(censored_->factors.end(), strata.begin(), strata.end());
  }

  void put(const LogHazardRatios<Lanes>& logs, std::size_t first, const ResampledValues& out) const {
    for (std::size_t k = 0; k < lanes && first + k < out.count; ++k) {
      if (logs.status[k] != Status::ok) continue;
      out.of(0)[first + k] = std::exp(lane(logs.value, k));
      out.of(1)[first + k] = lane(logs.value, k);
    }
  }

  void put(const FittedCox& model, const CoxFit& fit, std::size_t version, const ResampledValues& out) const {
    for (std::size_t j = 0; j < terms().columns(); ++j) {
      const std::size_t label = 2 * j * intervals_.size();
      const std::optional<std::size_t> place = model.columns.place(j);
      if (fit.status != Status::ok || !place) continue;
      out.of(label)[version] = std::exp(fit.coefficient[*place]);
      out.of(label + 1)[version] = fit.coefficient[*place];
      if (out.variance.empty()) continue;
      const double error = fit.standard_error[*place];
      out.variance_of(label)[version] = out.variance_of(label + 1)[version] = error * error;
    }
  }

  void read_intervals(ConfigNode& entry) {
    intervals_ = entry.choices<HazardRatioInterval>("interval", interval_kinds, "interval", "wald");
    for (const auto& c : intervals_) {
      if (c.value == HazardRatioInterval::score && terms().columns() != 1)
        entry.problem("interval", "'score' is for a single term (wald, robust or profile)");
      if (c.value == HazardRatioInterval::score && options_.penalty != Penalty::none)
        entry.problem("interval", "'score' is for the likelihood without penalty (wald or profile)");
    }
  }

  /// Errors that are summed over patients have to know whose the rows are.
  void ask_for_cluster(ConfigNode& entry) const {
    const char* const whose = "rows of a patient are not independent (cluster: the patient's column)";
    if (concordance_) entry.problem("concordance", whose);
    for (const auto& c : intervals_)
      if (c.value == HazardRatioInterval::robust) entry.problem("interval", std::string("'robust': ") + whose);
  }

  void label_rows(EstimateLabel label) {
    const EstimateLabel common = label;
    for (std::size_t j = 0; j < terms().columns(); ++j)
      for (const auto& interval : intervals_) {
        label = common;
        label.term = terms().name(j);
        label.interval = interval.name;
        label.tested = true;
        label.two_groups = terms().columns() == 1;
        label.parameter = "hazard_ratio", label.ratio = true, labels_.push_back(label);
        label.parameter = "log_hazard_ratio", label.ratio = false, label.log_scale = true, labels_.push_back(label);
      }
    label = common;
    label.tested = true, label.estimated = false;
    for (const char* test : model_tests) label.parameter = test, labels_.push_back(label);
    if (robust_wald_test()) labels_.back().interval = "robust";
    label.tested = false;
    label.parameter = "log_likelihood", labels_.push_back(label);
    if (concordance_) label.parameter = "concordance", label.estimated = true, labels_.push_back(label);
    if (!transform_) return;
    label.parameter = "proportional_hazards_test", label.estimated = false, label.tested = true;
    for (const std::string& term : terms().terms()) label.term = term, labels_.push_back(label);
    label.term = "global", labels_.push_back(label);
  }

  /// Wald's test is that of the errors reported: with clusters robust, as R has it.
  bool robust_wald_test() const {
    return input_.cluster || (!intervals_.empty() && intervals_.front().value == HazardRatioInterval::robust);
  }

  bool wants_robust() const {
    const auto robust = [](const auto& c) { return c.value == HazardRatioInterval::robust; };
    return robust_wald_test() || std::ranges::any_of(intervals_, robust);
  }
  RobustVariance robust_of(const CoxData& own, const CoxFit& fit, Arena& arena) const {
    if (!wants_robust() || fit.status != Status::ok) return {};
    return robust_variance(own.table, own.covariates, fit.coefficient, fit.variance, {}, own.clusters, options_.ties,
                           arena);
  }

  /// Where a coefficient goes to infinity the likelihood has a limit, and so has its test; rows of test_rows().
  static void likelihood_at_limit(const CoxFit& whole, const CoxFit& left, std::span<Estimate> out) {
    add_chi_square_test(out[0], 2 * (left.log_likelihood - whole.null_log_likelihood),
                        static_cast<double>(whole.coefficient.size()), whole.null_score);
    out[3].estimate = left.log_likelihood;
    for (const std::size_t k : {0, 1, 3}) out[k].status = Status::ok;
  }

  void test_rows(const CoxFit& fit, double wald_test, std::span<Estimate> out) const {
    const double tests[] = {fit.likelihood_ratio_test, fit.score_test, wald_test};
    const double direction = fit.status == Status::ok ? fit.coefficient[0] : fit.null_score;
    for (std::size_t k = 0; k < 4; ++k) {
      Estimate e;
      e.n = fit.n;
      e.n_events = fit.n_events;
      e.status = fit.status;
      if (k == 3) {
        e.estimate = fit.log_likelihood;
      } else if (fit.coefficient.empty()) {
        e.status = Status::singular;  // all of one level
      } else if (!std::isnan(tests[k])) {
        add_chi_square_test(e, tests[k], static_cast<double>(fit.coefficient.size()), direction);
      }
      out[k] = e;
    }
  }

  /// Of the linear predictor.
  Estimate concordance_row(const CoxData& own, const CoxFit& fit, Arena& arena) const {
    if (fit.status != Status::ok) return Estimate{.n = fit.n, .n_events = fit.n_events, .status = fit.status};
    const std::span<double> predictor = arena.take<double>(own.table.size(), 0.0);
    for (std::size_t j = 0; j < own.covariates.columns; ++j)
      for (std::size_t i = 0; i < predictor.size(); ++i)
        predictor[i] += fit.coefficient[j] * own.covariates.values[j * predictor.size() + i];
    const Marker marker{.value = predictor,
                        .stratum = own.covariates.stratum,
                        .strata = own.covariates.strata,
                        .start = own.covariates.start};
    return concordance(own.table, marker, {}, own.clusters, arena);
  }

  /// One a term, then of all of them.
  void proportional_hazards_rows(const FittedCox& model, std::span<Estimate> out, Arena& arena) const {
    const CoxFit& fit = model.fit;
    const Status nothing = fit.status == Status::ok ? Status::singular : fit.status;
    for (Estimate& e : out) e = Estimate{.n = fit.n, .n_events = fit.n_events, .status = nothing};
    if (fit.status != Status::ok) return;
    const std::span<std::uint16_t> tested = arena.take<std::uint16_t>(fit.coefficient.size());
    const std::span<std::size_t> term = arena.take<std::size_t>(fit.coefficient.size());
    std::size_t tested_terms = 0;
    for (std::size_t a = 0; a < tested.size(); ++a) {
      const std::size_t own = terms().term_of_column()[model.columns.column(a)];
      if (tested_terms == 0 || term[tested_terms - 1] != own) term[tested_terms++] = own;
      tested[a] = static_cast<std::uint16_t>(tested_terms - 1);
    }
    const ProportionalHazardsTest test = proportional_hazards_test(
        model.own.table, model.own.covariates, fit.coefficient, {}, options_.ties, *transform_, tested, arena);
    for (std::size_t t = 0; t < tested_terms; ++t) out[term[t]] = test.term[t];
    out.back() = test.global;
  }

  CoxInput input_;
  std::optional<CensoredInput> censored_;
  CoxOptions options_;
  double null_ = 0;  // log hazard ratio tested against
  bool equivalence_ = false;
  std::vector<Choice<HazardRatioInterval>> intervals_;
  bool concordance_ = false;
  std::optional<TimeTransform> transform_;
};

}  // namespace

std::unique_ptr<Analysis> read_cox(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<CoxMethod>(entry, reader);
}

}  // namespace oligosim
