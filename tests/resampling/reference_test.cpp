#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "engine/resampling/intervals.hpp"
#include "engine/resampling/resamples.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "tests/statistics/patients.hpp"

// R boot on the same resamples: scripts/reference/bootstrap.R.

namespace oligosim {
namespace {

using test::ReferenceTable;

/// One data set and one statistic of it, of eight resamples at once by the weights of rows.
class Subject {
 public:
  Subject(const std::string& data, const std::string& statistic)
      : patients_(test::read_patients(data)), sorted_(patients_), statistic_(statistic) {
    for (const test::Patient& p : patients_) x_.push_back(data == "aml" ? p.time : p.x[1]);
  }

  std::size_t rows() const { return patients_.size(); }
  std::uint16_t group(std::size_t row) const { return patients_[row].group; }

  Lanes value(std::span<const Lanes> weight) {
    const Arena::Scope scope(sorted_.arena);
    if (statistic_ == "mean") {
      Lanes sum{}, n{};
      for (std::size_t i = 0; i < rows(); ++i) sum += weight[i] * x_[i], n += weight[i];
      return sum / n;
    }
    const std::span<const Lanes> ordered = in_table_order<Lanes>(sorted_.table, weight, sorted_.arena);
    if (statistic_ == "median") {
      return quantile_values(kaplan_meier<Lanes>(sorted_.table, ordered, sorted_.arena), 0.5);
    }
    const CoxOptions options{Ties::efron, 20, 1e-12};
    const auto fits = CoxResamples(sorted_.table, sorted_.terms(patients_, {0}), {}, sorted_.arena)
                          .fits({ordered}, options, sorted_.arena);
    Lanes value;
    for (std::size_t k = 0; k < lanes; ++k) value[k] = fits[k].status == Status::ok ? fits[k].coefficient[0] : missing;
    return value;
  }

 private:
  test::Patients patients_;
  test::Sorted sorted_;
  std::string statistic_;
  std::vector<double> x_;
};

struct Replicates {
  std::vector<double> value, variance;      // as R has them
  std::vector<std::vector<double>> weight;  // one resample each
};

Replicates read_replicates(const std::string& data, const std::string& statistic, const std::string& stratified,
                           std::size_t rows) {
  const ReferenceTable table("bootstrap_" + data + ".csv");
  Replicates all;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.text(i, "statistic") != statistic || table.text(i, "stratified") != stratified) continue;
    all.value.push_back(table.number(i, "value"));
    all.variance.push_back(table.number(i, "variance"));
    all.weight.emplace_back();
    for (std::size_t j = 1; j <= rows; ++j) all.weight.back().push_back(table.number(i, "w" + std::to_string(j)));
  }
  return all;
}

BootstrapInterval interval_of(const std::string& kind, const Replicates& r, double estimate, double variance,
                              double acceleration, double confidence, Arena& arena) {
  if (kind == "studentized") {
    return studentized_interval(r.value, r.variance, estimate, variance, confidence, arena);
  }
  const BootstrapDistribution distribution(r.value, estimate, arena);
  if (kind == "normal") return normal_interval(distribution, confidence);
  if (kind == "basic") return basic_interval(distribution, confidence);
  if (kind == "percentile") return percentile_interval(distribution, confidence);
  return bca_interval(distribution, acceleration, kind == "bca" ? 0.0 : 0.5, confidence);
}

TEST(BootstrapReference, IntervalsOfBootOnTheSameResamples) {
  const ReferenceTable table("bootstrap.csv");
  int compared = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    SCOPED_TRACE(table.describe(i));
    const std::string data = table.text(i, "data"), statistic = table.text(i, "statistic"),
                      kind = table.text(i, "interval"), stratified = table.text(i, "stratified");
    Subject subject(data, statistic);
    const std::size_t n = subject.rows();
    Arena arena;
    std::vector<std::uint16_t> stratum(n, 0);
    for (std::size_t j = 0; j < n && stratified == "1"; ++j) stratum[j] = subject.group(j);
    const ResampleFrame frame{n, stratum, 2};
    const Resamples resamples(frame, CaseKind::multinomial, Streams(1, 1), arena);
    std::vector<Lanes> weight(n, broadcast<Lanes>(1.0));
    const double estimate = subject.value(weight)[0];
    ASSERT_TRUE(test::close(estimate, table.number(i, "estimate"), 1e-10));
    std::vector<double> without(n);
    for (std::size_t first = 0; first < n; first += lanes) {
      resamples.leave_one_out(first, weight);
      const Lanes value = subject.value(weight);
      for (std::size_t k = 0; k < lanes && first + k < n; ++k) without[first + k] = value[k];
    }
    const double acceleration = jackknife_acceleration(estimate, without, frame, arena);
    ASSERT_TRUE(test::close(acceleration, table.number(i, "acceleration"), 1e-8));
    const Replicates replicates = read_replicates(data, statistic, stratified, n);
    const BootstrapInterval interval =
        interval_of(kind, replicates, table.number(i, "estimate"), table.number(i, "variance"), acceleration,
                    table.number(i, "confidence"), arena);
    const double tolerance = kind.starts_with("bca") ? 1e-8 : 1e-10;
    EXPECT_TRUE(test::close(interval.lower, table.number(i, "lower"), tolerance));
    EXPECT_TRUE(test::close(interval.upper, table.number(i, "upper"), tolerance));
    EXPECT_EQ(std::isnan(interval.lower), interval.status != BootstrapStatus::ok);
    EXPECT_EQ(std::isnan(interval.lower_mcse), interval.status != BootstrapStatus::ok);
    if (interval.status == BootstrapStatus::ok) ++compared;
    if (kind == "studentized") continue;
    EXPECT_TRUE(test::close(interval.bias, table.number(i, "bias"), 1e-10));
    EXPECT_TRUE(test::close(interval.standard_error, table.number(i, "standard_error"), 1e-10));
    EXPECT_EQ(static_cast<double>(interval.n_used), table.number(i, "used"));
  }
  EXPECT_EQ(compared, 64);
}

TEST(BootstrapReference, ValuesOfTheSameResamplesByWeights) {
  for (const std::string data : {"aml", "ovarian"}) {
    for (const std::string statistic : {"mean", "median", "log_hazard_ratio"}) {
      for (const std::string stratified : {"0", "1"}) {
        SCOPED_TRACE(data + " " + statistic + " " + stratified);
        Subject subject(data, statistic);
        const Replicates replicates = read_replicates(data, statistic, stratified, subject.rows());
        ASSERT_EQ(replicates.value.size(), 399u);
        for (std::size_t first = 0; first < replicates.value.size(); first += lanes) {
          std::vector<Lanes> weight(subject.rows(), broadcast<Lanes>(1.0));
          const std::size_t last = std::min(first + lanes, replicates.value.size());
          for (std::size_t b = first; b < last; ++b) {
            for (std::size_t i = 0; i < weight.size(); ++i) weight[i][b - first] = replicates.weight[b][i];
          }
          const Lanes value = subject.value(weight);
          for (std::size_t b = first; b < last; ++b) {
            ASSERT_TRUE(test::close(value[b - first], replicates.value[b], statistic == "median" ? 0.0 : 1e-9)) << b;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace oligosim
