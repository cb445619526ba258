#include "engine/resampling/cox_validation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>

#include "tests/statistics/naive.hpp"
#include "tests/statistics/patients.hpp"

// The definitions on rows written out; resamples and data without a model.

namespace oligosim {
namespace {

using test::Patient;
using test::Patients;

CoxModelling modelling(Ties ties, double p_out) {
  CoxModelling m{.cox = {.ties = ties, .tolerance = 1e-12, .initial = {}}, .p_out = {}};
  if (!std::isnan(p_out)) m.p_out = p_out;
  return m;
}

/// A fit by Newton's method on rows written out; nothing where it goes nowhere.
struct NaiveFit {
  std::vector<double> beta;
  std::vector<std::vector<double>> information;
};

std::optional<NaiveFit> naive_fit(const Patients& rows, const std::vector<std::size_t>& columns, Ties ties,
                                  bool strata) {
  NaiveFit fit{std::vector<double>(columns.size()), {}};
  const auto value = [&](const std::vector<double>& beta) {
    return test::naive::log_likelihood<double>(rows, columns, beta, ties, strata);
  };
  for (int step = 0; step < 40; ++step) {
    fit.information = test::naive::information(rows, columns, fit.beta, ties, strata);
    const std::vector<double> score = test::naive::gradient(rows, columns, fit.beta, ties, strata);
    double largest = 0;
    std::vector<double> next = fit.beta;
    for (std::size_t j = 0; j < columns.size(); ++j) {
      std::vector<double> unit(columns.size()), sum = score;
      unit[j] = 1;
      for (std::size_t l = 0; l < columns.size(); ++l) sum[l] += unit[l];
      const auto form = [&](const std::vector<double>& a) { return test::naive::quadratic_form(fit.information, a); };
      const double move = (form(sum) - form(score) - form(unit)) / 2;  // e_j' I^-1 score
      if (std::isnan(move)) return {};
      next[j] += move;
      largest = std::max(largest, std::abs(move));
    }
    if (largest < 1e-11)
      return std::abs(*std::ranges::max_element(fit.beta, {}, [](double b) { return std::abs(b); })) < 9
                 ? std::optional(fit)
                 : std::nullopt;
    for (int half = 0; half < 30 && !(value(next) >= value(fit.beta) - 1e-9); ++half)
      for (std::size_t j = 0; j < next.size(); ++j) next[j] = (next[j] + fit.beta[j]) / 2;
    fit.beta = next;
  }
  return {};
}

/// p value of the columns `first` ... `first + count - 1`, one or two.
double naive_p(const NaiveFit& fit, std::size_t first, std::size_t count) {
  const std::size_t all = fit.beta.size();
  const auto form = [&](std::size_t j, std::size_t l) {
    std::vector<double> a(all);
    a[j] += 1, a[l] += 1;
    return test::naive::quadratic_form(fit.information, a);
  };
  std::vector<std::vector<double>> variance(count, std::vector<double>(count));
  for (std::size_t j = 0; j < count; ++j)
    for (std::size_t l = 0; l < count; ++l) {
      const double vj = form(first + j, first + j) / 4, vl = form(first + l, first + l) / 4;
      variance[j][l] = j == l ? vj : (form(first + j, first + l) - vj - vl) / 2;
    }
  const double chi =
      test::naive::quadratic_form(variance, {fit.beta.begin() + static_cast<std::ptrdiff_t>(first),
                                             fit.beta.begin() + static_cast<std::ptrdiff_t>(first + count)});
  return count == 1 ? std::erfc(std::sqrt(chi / 2)) : std::exp(-chi / 2);
}

double naive_concordance(const Patients& rows, const std::vector<double>& beta, bool strata) {
  const auto score = [&](const Patient& p) {
    double sum = 0;
    for (std::size_t j = 0; j < beta.size(); ++j) sum += beta[j] * p.x[j];
    return sum;
  };
  double good = 0, pairs = 0;
  for (const Patient& a : rows)
    for (const Patient& b : rows) {
      const bool later = b.time > a.time || (b.time == a.time && !b.event);
      if (!a.event || !later || (strata && a.stratum != b.stratum)) continue;
      pairs += 1;
      good += score(a) == score(b) ? 0.5 : score(a) > score(b);
    }
  return good / pairs;
}

// Terms: x0; x1; x2 and x3 together.
const std::vector<std::vector<std::size_t>> naive_terms = {{0}, {1}, {2, 3}};

struct NaiveModel {
  std::uint32_t terms = 7;
  std::vector<double> whole, beta = {0, 0, 0, 0};
};

std::optional<NaiveModel> naive_model(const Patients& rows, Ties ties, bool strata, double p_out) {
  NaiveModel model;
  for (bool first_fit = true; model.terms != 0; first_fit = false) {
    std::vector<std::size_t> columns;
    for (std::size_t t = 0; t < 3; ++t)
      if (model.terms >> t & 1u) columns.insert(columns.end(), naive_terms[t].begin(), naive_terms[t].end());
    const std::optional<NaiveFit> fit = naive_fit(rows, columns, ties, strata);
    if (!fit) return {};
    model.beta = {0, 0, 0, 0};
    for (std::size_t j = 0; j < columns.size(); ++j) model.beta[columns[j]] = fit->beta[j];
    if (first_fit) model.whole = fit->beta;
    if (std::isnan(p_out)) return model;
    double worst = p_out;
    std::size_t out = 3;
    for (std::size_t t = 0, first = 0; t < 3; ++t) {
      if (!(model.terms >> t & 1u)) continue;
      const double p = naive_p(*fit, first, naive_terms[t].size());
      if (p > worst) worst = p, out = t;
      first += naive_terms[t].size();
    }
    if (out == 3) return model;
    model.terms &= ~(1u << out);
  }
  model.beta = {0, 0, 0, 0};
  return model;
}

TEST(CoxValidation, OracleTheDefinitionsOnRowsWrittenOut) {
  std::mt19937_64 random(1996);
  int compared = 0, without = 0, eliminated = 0;
  for (int round = 0; round < 16; ++round) {
    Patients patients = test::random_patients(random, 40, 2);
    const bool strata = round % 2 == 1;
    const Ties ties = round % 4 < 2 ? Ties::efron : Ties::breslow;
    const double p_out = round % 8 < 4 ? 0.3 : missing;
    test::Sorted sorted(patients, 2, strata);
    const CoxCovariates covariates = sorted.terms(patients, {0, 1, 2, 3});
    const std::vector<std::uint16_t> of_column = {0, 1, 2, 2};
    const CoxValidation validation(sorted.table, covariates, {of_column, 3, {}}, modelling(ties, p_out), sorted.arena);
    const std::optional<NaiveModel> of_data = naive_model(patients, ties, strata, p_out);
    ASSERT_EQ(of_data.has_value(), validation.model().status == Status::ok) << round;
    if (!of_data) continue;
    EXPECT_EQ(validation.model().terms, of_data->terms);
    EXPECT_NEAR(validation.apparent_concordance(sorted.arena).estimate,
                naive_concordance(patients, of_data->beta, strata), 1e-12);
    std::vector<Lanes> weight(patients.size());
    std::vector<Patients> drawn(lanes, patients);
    for (std::size_t i = 0; i < weight.size(); ++i)
      for (std::size_t k = 0; k < lanes; ++k)
        weight[i][k] = drawn[k][sorted.table.row[i]].weight = static_cast<double>(random() % (k == 0 ? 2 : 4));
    ResampledCoxModel own[lanes];
    validation.resample(weight, own, sorted.arena);
    for (std::size_t k = 0; k < lanes; ++k) {
      SCOPED_TRACE(round * 8 + static_cast<int>(k));
      const Patients rows = test::written_out(drawn[k]);
      const std::optional<NaiveModel> model = naive_model(rows, ties, strata, p_out);
      ASSERT_EQ(model.has_value(), own[k].status == Status::ok) << name(own[k].status);
      without += !model;
      if (!model) continue;
      ++compared;
      eliminated += model->terms != 7;
      EXPECT_EQ(own[k].terms, model->terms);
      EXPECT_NEAR(own[k].own_concordance, naive_concordance(rows, model->beta, strata), 1e-12);
      EXPECT_NEAR(own[k].concordance, naive_concordance(patients, model->beta, strata), 1e-12);
      for (std::size_t j = 0; j < 4; ++j)
        EXPECT_EQ((own[k].same_sign >> j & 1u) != 0, std::signbit(model->whole[j]) == std::signbit(of_data->whole[j]));
      Patients with_predictor = patients;
      for (Patient& p : with_predictor) {
        double sum = 0;
        for (std::size_t j = 0; j < 4; ++j) sum += model->beta[j] * p.x[j];
        p.x[0] = sum;
      }
      const std::optional<NaiveFit> slope =
          model->terms == 0 ? std::nullopt : naive_fit(with_predictor, {0}, ties, strata);
      ASSERT_EQ(slope.has_value(), !std::isnan(own[k].calibration_slope));
      if (slope) {
        EXPECT_NEAR(own[k].calibration_slope, slope->beta[0], 1e-8);
      }
    }
  }
  EXPECT_GT(compared, 60);
  EXPECT_GT(eliminated, 20);
  RecordProperty("without", without);
}

TEST(CoxValidation, ResamplesWithoutAModelHaveItsStatusAndNoNumbers) {
  Patients patients;
  for (int i = 0; i < 24; ++i) {
    Patient p;
    p.time = 1 + (i * 7) % 24;
    p.event = i % 3 != 0;
    p.x = {double(i % 2), double((i * 5) % 11), double(i % 4), 0};
    patients.push_back(p);
  }
  test::Sorted s(patients);
  const CoxCovariates covariates = s.terms(patients, {0, 1, 2});
  const std::vector<std::uint16_t> of_column = {0, 1, 2};
  const CoxValidation validation(s.table, covariates, {of_column, 3, {}}, modelling(Ties::efron, 0.157), s.arena);
  ASSERT_EQ(validation.model().status, Status::ok);
  std::vector<Lanes> weight(24);
  for (std::size_t i = 0; i < 24; ++i) {
    const Patient& p = patients[s.table.row[i]];
    weight[i] = Lanes{p.event ? 0.0 : 3.0, p.x[0] == 1 ? 2.0 : 0.0, i == 5 ? 24.0 : 0.0, 1.0, 1.0, 1.0, 1.0, 1.0};
  }
  ResampledCoxModel own[4];
  validation.resample(weight, own, s.arena);
  EXPECT_EQ(own[0].status, Status::no_events);
  EXPECT_EQ(own[1].status, Status::singular);
  EXPECT_NE(own[2].status, Status::ok);
  EXPECT_EQ(own[3].status, Status::ok);
  EXPECT_EQ(own[3].optimism(), 0.0);
  if (own[3].terms != 0) {
    EXPECT_NEAR(own[3].calibration_slope, 1.0, 1e-8);
  }
  CoxValidationMeans means(3, 3, s.arena);
  for (const ResampledCoxModel& m : own) {
    EXPECT_EQ(std::isnan(m.optimism()), m.status != Status::ok);
    means.add(m);
  }
  EXPECT_EQ(means.optimism.n, 1u);
  EXPECT_EQ(means.optimism.missing, 3u);
  EXPECT_EQ(means.kept[0].missing, 3u);
  EXPECT_EQ(means.same_sign[2].mean, 1.0);
}

TEST(CoxValidation, DataWithoutAModelSayWhy) {
  for (const bool events : {false, true}) {
    Patients patients;
    for (int i = 0; i < 12; ++i) {
      Patient p;
      p.time = i + 1, p.event = events;
      p.x = {double(i < 6), double(2 * (i < 6)), 0, 0};
      patients.push_back(p);
    }
    test::Sorted s(patients);
    const CoxCovariates covariates = s.terms(patients, {0, 1});
    const std::vector<std::uint16_t> of_column = {0, 1};
    const CoxValidation validation(s.table, covariates, {of_column, 2, {}}, modelling(Ties::efron, 0.5), s.arena);
    EXPECT_EQ(validation.model().status, events ? Status::singular : Status::no_events);
    EXPECT_TRUE(std::isnan(validation.apparent_concordance(s.arena).estimate));
    std::vector<Lanes> weight(12, broadcast<Lanes>(1.0));
    ResampledCoxModel own[lanes];
    validation.resample(weight, own, s.arena);
    EXPECT_EQ(own[7].status, validation.model().status);
  }
}

}  // namespace
}  // namespace oligosim
