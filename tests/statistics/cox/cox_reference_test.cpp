#include <gtest/gtest.h>

#include <map>

#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/cox/cox_interval.hpp"
#include "engine/statistics/cox/estimable_model.hpp"
#include "engine/statistics/survival/counting_process.hpp"
#include "tests/statistics/reference.hpp"

// Against coxph of R survival, and Firth's penalty against its formula in R: scripts/reference/cox.R.

namespace oligosim {
namespace {

using test::close;
using test::ReferenceTable;

std::vector<std::string> parts(const std::string& text, char separator) {
  std::vector<std::string> result;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) result.push_back(part);
  return result;
}

bool has_start(const std::string& data) { return data == "heart"; }

/// The data of survival.R, or those that cox.R writes for itself.
std::string file_of(const std::string& data) {
  const bool shared = data == "aml" || data == "veteran" || data == "lung" || data == "ovarian";
  return std::string("data/") + (shared ? "" : "cox_") + data + ".csv";
}

/// The model matrix of one row of the reference. In mgus2 the term pcm is 1 from `known_from` on.
struct Model {
  Arena arena;
  std::vector<double> values, start;
  std::vector<std::uint16_t> stratum;
  SurvivalTable table;
  CoxCovariates covariates;

  Model(const std::string& name, const std::string& terms, const std::string& strata) {
    const ReferenceTable data(file_of(name));
    std::vector<std::size_t> row;
    std::vector<double> time, row_start, switched;
    std::vector<std::uint8_t> event;
    for (std::size_t i = 0; i < data.size(); ++i) {
      row.push_back(i);
      time.push_back(data.number(i, "time"));
      event.push_back(data.number(i, "event") != 0);
      if (has_start(name)) row_start.push_back(data.number(i, "start"));
    }
    switched.resize(row.size());
    if (terms.find("pcm") != std::string::npos) {
      std::vector<double> known_from;
      for (const std::size_t i : row) known_from.push_back(data.number(i, "known_from"));
      const SwitchedRows split = split_at_switch(time, event, known_from, arena);
      row.assign(split.patient.begin(), split.patient.end());
      time.assign(split.stop.begin(), split.stop.end());
      event.assign(split.event.begin(), split.event.end());
      row_start.assign(split.start.begin(), split.start.end());
      switched.assign(split.switched.begin(), split.switched.end());
    }
    table = sort_survival(time, event, arena);
    const auto value = [&](std::size_t r, const std::string& factor) {
      if (factor == "pcm") return switched[r];
      const std::vector<std::string> level = parts(factor, '=');
      const double number = data.number(row[r], level[0]);
      return level.size() == 1 ? number : static_cast<double>(number == std::stod(level[1]));
    };
    const std::vector<std::string> names = parts(terms, '+');
    for (const std::string& term : names) {
      for (const std::uint32_t r : table.row) {
        double product = 1;
        for (const std::string& factor : parts(term, ':')) product *= value(r, factor);
        values.push_back(product);
      }
    }
    std::size_t count = 1;
    for (const std::uint32_t r : table.row) {
      if (!row_start.empty()) start.push_back(row_start[r]);
      if (strata.empty()) continue;
      stratum.push_back(static_cast<std::uint16_t>(data.number(row[r], strata)));
      count = std::max<std::size_t>(count, stratum.back() + 1u);
    }
    covariates = {values, names.size(), stratum, count, start};
  }
  Model(const Model&) = delete;
};

Ties ties_of(const ReferenceTable& reference, std::size_t r) {
  return reference.text(r, "ties") == "efron" ? Ties::efron : Ties::breslow;
}

TEST(CoxReference, CoxphOnModelsWithFactorsInteractionsStrataAndIntervals) {
  const ReferenceTable reference("cox_models.csv");
  ASSERT_GT(reference.size(), 120u);
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    Model m(reference.text(r, "data"), reference.text(r, "terms"), reference.text(r, "strata"));
    const CoxFit fit = cox(m.table, m.covariates, {}, {ties_of(reference, r), 50, 1e-13}, m.arena);
    ASSERT_EQ(fit.status, Status::ok);
    const auto j = static_cast<std::size_t>(reference.number(r, "term"));
    EXPECT_TRUE(close(fit.coefficient[j], reference.number(r, "coefficient"), 1e-8));
    EXPECT_TRUE(close(fit.standard_error[j], reference.number(r, "standard_error"), 1e-8));
    EXPECT_TRUE(close(fit.variance[j], reference.number(r, "covariance_with_first"), 1e-8));
    EXPECT_TRUE(close(fit.null_log_likelihood, reference.number(r, "null_log_likelihood"), 1e-10));
    EXPECT_TRUE(close(fit.log_likelihood, reference.number(r, "log_likelihood"), 1e-10));
    EXPECT_TRUE(close(fit.score_test, reference.number(r, "score_test"), 1e-8));
    EXPECT_TRUE(close(fit.wald_test, reference.number(r, "wald_test"), 1e-8));
    EXPECT_TRUE(close(fit.likelihood_ratio_test, reference.number(r, "likelihood_ratio_test"), 1e-8));
    EXPECT_EQ(fit.n, reference.number(r, "n"));
    EXPECT_EQ(fit.n_events, reference.number(r, "n_events"));
  }
}

TEST(CoxReference, CombinationsOfColumnsLeaveTheOtherCoefficients) {
  const ReferenceTable reference("cox_combined.csv");
  int left = 0;
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    Model m(reference.text(r, "data"), reference.text(r, "terms"), reference.text(r, "strata"));
    EXPECT_EQ(cox(m.table, m.covariates, {}, {}, m.arena).status, Status::singular);
    const CoxFit fit = cox_of_estimable(m.table, m.covariates, {}, {Ties::efron, 50, 1e-13}, m.arena);
    ASSERT_EQ(fit.status, Status::ok);
    const auto j = static_cast<std::size_t>(reference.number(r, "term"));
    if (reference.number(r, "estimable") == 1) {
      ++left;
      EXPECT_TRUE(close(fit.coefficient[j], reference.number(r, "coefficient"), 1e-8));
      EXPECT_TRUE(close(fit.standard_error[j], reference.number(r, "standard_error"), 1e-8));
    } else {
      EXPECT_TRUE(std::isnan(fit.coefficient[j]));
      EXPECT_TRUE(std::isnan(fit.standard_error[j]));
    }
    const EstimableModel model = estimable_model(m.table, m.covariates, {}, {}, m.arena);
    const CoxFit part = cox(m.table, model.covariates, {}, {Ties::efron, 50, 1e-13}, m.arena);
    EXPECT_EQ(static_cast<double>(model.columns.kept.size()), reference.number(r, "df"));
    EXPECT_TRUE(close(part.log_likelihood, reference.number(r, "log_likelihood"), 1e-10));
    EXPECT_TRUE(close(part.likelihood_ratio_test, reference.number(r, "likelihood_ratio_test"), 1e-8));
    EXPECT_TRUE(close(part.score_test, reference.number(r, "score_test"), 1e-8));
  }
  EXPECT_EQ(left, 10);
}

TEST(CoxReference, ProfileAndScoreIntervalsWithAndWithoutPenalty) {
  const ReferenceTable reference("cox_intervals.csv");
  int infinite = 0;
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    Model m(reference.text(r, "data"), reference.text(r, "terms"), reference.text(r, "strata"));
    CoxOptions options{ties_of(reference, r)};
    const bool penalized = reference.text(r, "penalty") == "firth";
    options.penalty = penalized ? Penalty::firth : Penalty::none;
    const auto j = static_cast<std::size_t>(reference.number(r, "term"));
    const double confidence = reference.number(r, "confidence");
    const CoxFit fit = cox(m.table, m.covariates, {}, options, m.arena);
    std::vector<CoxInterval> profile(m.covariates.columns);
    cox_profile_intervals(m.table, m.covariates, {}, options, fit, confidence, profile, m.arena);
    CoxInterval interval = profile[j];
    if (reference.text(r, "interval") == "score") {
      interval = cox_score_interval(m.table, m.covariates, {}, options, fit, confidence, m.arena);
    }
    EXPECT_EQ(interval.status, Status::ok);
    EXPECT_TRUE(close(interval.lower, reference.number(r, "lower"), 1e-8));
    EXPECT_TRUE(close(interval.upper, reference.number(r, "upper"), 1e-8));
    EXPECT_TRUE(close(interval.statistic, reference.number(r, "statistic"), 1e-8));
    EXPECT_TRUE(close(fit.null_log_likelihood, reference.number(r, "null_log_likelihood"), 1e-10));
    infinite += std::isinf(interval.lower) || std::isinf(interval.upper);
    if (penalized) {
      ASSERT_EQ(fit.status, Status::ok);
      EXPECT_TRUE(close(fit.coefficient[j], reference.number(r, "estimate"), 1e-8));
      EXPECT_TRUE(close(fit.standard_error[j], reference.number(r, "standard_error"), 1e-8));
    }
    if (fit.status == Status::ok) {
      EXPECT_TRUE(close(fit.log_likelihood, reference.number(r, "log_likelihood"), 1e-9));
    } else {
      EXPECT_EQ(fit.status, Status::separation);
    }
  }
  EXPECT_GT(infinite, 4);
}

}  // namespace
}  // namespace oligosim
