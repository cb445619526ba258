#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "engine/resampling/cox_validation.hpp"
#include "tests/statistics/reference.hpp"

// R survival on rows written out, by the same resamples: scripts/reference/cox_validation.R.

namespace oligosim {
namespace {

using test::ReferenceTable;

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
  return parts;
}

CoxModelling modelling(Ties ties, double p_out) {
  CoxModelling m{.cox = {.ties = ties, .tolerance = 1e-12, .initial = {}}, .p_out = {}};
  if (!std::isnan(p_out)) m.p_out = p_out;
  return m;
}

/// A model of the reference as the kernels take it.
class ReferenceModel {
 public:
  ReferenceModel(const std::string& data, const std::string& written, const std::string& by)
      : file_((data == "pbc" ? "data/cox_pbc" : "data/" + data) + ".csv") {
    std::vector<double> time;
    std::vector<std::uint8_t> event;
    for (std::size_t i = 0; i < file_.size(); ++i)
      time.push_back(file_.number(i, "time")), event.push_back(file_.number(i, "event") != 0);
    table = sort_survival(time, event, arena);
    const std::vector<std::string> names = split(written, ' ');
    for (std::size_t t = 0; t < names.size(); ++t) {
      for (const std::string& column : split(names[t], '+')) {
        for (const std::uint32_t row : table.row) values_.push_back(value(row, column));
        of_column_.push_back(static_cast<std::uint16_t>(t));
      }
      within_.push_back(0);  // `a` and `a:b` are written in this order
      for (std::size_t u = 0; u < names.size(); ++u)
        if (u != t && (":" + names[u] + ":").find(":" + names[t] + ":") != std::string::npos) within_[t] |= 1u << u;
    }
    covariates = {values_, of_column_.size(), {}, 1, {}};
    if (!by.empty()) {
      for (const std::uint32_t row : table.row) stratum_.push_back(static_cast<std::uint16_t>(file_.number(row, by)));
      covariates.stratum = stratum_;
      covariates.strata = 1u + *std::ranges::max_element(stratum_);
    }
    terms = {of_column_, names.size(), within_};
  }

  Arena arena;
  SurvivalTable table;
  CoxCovariates covariates;
  CoxTerms terms;

 private:
  double value(std::size_t row, const std::string& column) const {
    double product = 1;
    for (const std::string& variable : split(column, ':')) {
      const std::vector<std::string> parts = split(variable, '=');
      const double number = file_.number(row, parts[0]);
      product *= parts.size() == 1 ? number : number == std::stod(parts[1]);
    }
    return product;
  }

  ReferenceTable file_;
  std::vector<double> values_;
  std::vector<std::uint16_t> of_column_, stratum_;
  std::vector<std::uint32_t> within_;
};

/// Weights by data set, one vector a resample.
std::map<std::string, std::vector<std::vector<double>>> reference_weights() {
  const ReferenceTable table("cox_validation_weights.csv");
  std::map<std::string, std::vector<std::vector<double>>> weights;
  for (std::size_t i = 0; i < table.size(); ++i) {
    std::vector<double> own;
    for (int j = 1; j <= 312; ++j) own.push_back(table.number(i, "w" + std::to_string(j)));
    weights[table.text(i, "data")].push_back(own);
  }
  return weights;
}

std::string bits(std::uint32_t set, std::size_t count) {
  std::string text;
  for (std::size_t t = 0; t < count; ++t) text += (set >> t & 1u) != 0 ? '1' : '0';
  return text;
}

void expect_row(const ReferenceTable& table, std::size_t i, const ResampledCoxModel& own, const ReferenceModel& model) {
  EXPECT_EQ(own.status == Status::ok, table.number(i, "used") == 1) << name(own.status);
  if (own.status == Status::ok) {
    EXPECT_EQ(bits(own.terms, model.terms.count), table.text(i, "kept"));
    EXPECT_EQ(bits(own.same_sign, model.covariates.columns), table.text(i, "same_sign"));
  }
  EXPECT_TRUE(test::close(own.own_concordance, table.number(i, "own_concordance"), 1e-8));
  EXPECT_TRUE(test::close(own.concordance, table.number(i, "concordance"), 1e-8));
  EXPECT_TRUE(test::close(own.calibration_slope, table.number(i, "slope"), 1e-8));
}

void expect_mean(const ReferenceTable& table, std::size_t i, const CoxValidationMeans& means) {
  const std::string parameter = table.text(i, "parameter");
  const std::size_t number =
      std::isdigit(parameter.back()) ? std::stoul(parameter.substr(parameter.rfind('_') + 1)) : 0;
  const Moments& m = parameter == "optimism"            ? means.optimism
                     : parameter == "calibration_slope" ? means.calibration_slope
                     : parameter[1] == 'e'              ? means.kept[number - 1]
                                                        : means.same_sign[number - 1];
  EXPECT_TRUE(test::close(m.mean, table.number(i, "estimate"), 1e-8)) << parameter;
  const double n = static_cast<double>(m.n), all = n + static_cast<double>(m.missing);
  EXPECT_TRUE(test::close(std::sqrt(m.variance() / n), table.number(i, "monte_carlo_error"), 1e-8)) << parameter;
  EXPECT_NEAR(1 - n / all, table.number(i, "degenerate"), 1e-12) << parameter;
}

TEST(CoxValidation, ReferenceModelsOfTheSameResamplesAndTheirMeans) {
  const ReferenceTable table("cox_validation.csv"), of_means("cox_validation_means.csv");
  const auto weights = reference_weights();
  std::size_t mean_row = 0;
  int without = 0, no_terms = 0;
  for (std::size_t i = 0; i < table.size();) {
    SCOPED_TRACE(table.describe(i));
    ReferenceModel model(table.text(i, "data"), table.text(i, "terms"), table.text(i, "strata"));
    const std::string data = table.text(i, "data");
    const auto same_model = [&](const ReferenceTable& rows, std::size_t row) {
      for (const char* key : {"data", "terms", "strata", "ties", "p_out"})
        if (row >= rows.size() || rows.text(row, key) != table.text(i, key)) return false;
      return true;
    };
    const Ties ties = table.text(i, "ties") == "efron" ? Ties::efron : Ties::breslow;
    const CoxValidation validation(model.table, model.covariates, model.terms,
                                   modelling(ties, table.number(i, "p_out")), model.arena);
    EXPECT_TRUE(
        test::close(validation.apparent_concordance(model.arena).estimate, table.number(i, "concordance"), 1e-8));
    EXPECT_EQ(bits(validation.model().terms, model.terms.count), table.text(i, "kept"));
    CoxValidationMeans means(model.terms.count, model.covariates.columns, model.arena);
    const std::vector<std::vector<double>>& drawn = weights.at(data);
    std::vector<Lanes> weight(model.table.size());
    for (std::size_t first = 0; first < drawn.size(); first += lanes) {
      for (std::size_t r = 0; r < weight.size(); ++r)
        for (std::size_t k = 0; k < lanes; ++k) weight[r][k] = drawn[first + k][model.table.row[r]];
      ResampledCoxModel own[lanes];
      validation.resample(weight, own, model.arena);
      for (std::size_t k = 0; k < lanes; ++k) {
        SCOPED_TRACE(table.describe(i + 1 + first + k));
        expect_row(table, i + 1 + first + k, own[k], model);
        means.add(own[k]);
        without += own[k].status != Status::ok;
        no_terms += own[k].status == Status::ok && own[k].terms == 0;
      }
    }
    for (; same_model(of_means, mean_row); ++mean_row) expect_mean(of_means, mean_row, means);
    i += 1 + drawn.size();
  }
  EXPECT_EQ(mean_row, of_means.size());
  EXPECT_GT(without, 10);
  EXPECT_GT(no_terms, 10);
}

TEST(CoxSelection, APartOfAnInteractionStaysWithIt) {
  const ReferenceModel model("veteran", "group x1 group:x1", "");
  Arena arena;
  const CoxOptions options{.tolerance = 1e-12, .initial = {}};
  const CoxFit whole = cox(model.table, model.covariates, {}, options, arena);
  for (const double p_out : {0.9999, 0.5, 0.05, 1e-12}) {
    const std::uint32_t terms =
        eliminate_backward(model.table, model.covariates, model.terms, whole, {}, p_out, options, arena).terms;
    EXPECT_TRUE((terms & 4u) == 0 || (terms & 3u) == 3u) << p_out;
  }
  EXPECT_EQ(eliminate_backward(model.table, model.covariates, model.terms, whole, {}, 1e-300, options, arena).terms,
            0u);
}

}  // namespace
}  // namespace oligosim
