#include "engine/statistics/categorical/fisher_exact.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <numeric>

#include "engine/numeric/normal.hpp"
#include "tests/statistics/oracle_sets.hpp"
#include "tests/statistics/samples.hpp"

namespace oligosim {
namespace {

using test::close;
using Counts = std::vector<std::uint32_t>;

FourfoldTable fourfold(const Counts& n) { return {n[0], n[1], n[2], n[3]}; }

TEST(FisherExact, ReferenceFisherTestOfR) {
  const test::ReferenceTable reference("fisher_two_by_two.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const FourfoldTable table = fourfold(test::numbers<std::uint32_t>(reference.text(r, "counts")));
    const double confidence = reference.number(r, "confidence");
    const FisherPValues p = fisher_p_values(table);
    EXPECT_TRUE(close(p.two_sided, reference.number(r, "p_value"), 1e-10));
    EXPECT_TRUE(close(p.less, reference.number(r, "less"), 1e-10));
    EXPECT_TRUE(close(p.greater, reference.number(r, "greater"), 1e-10));
    const Estimate as_r = fisher_exact(table, confidence);
    EXPECT_EQ(as_r.p_value, p.two_sided);
    EXPECT_TRUE(close(as_r.estimate, reference.number(r, "odds_ratio"), 1e-8));
    EXPECT_TRUE(close(as_r.lower, reference.number(r, "lower"), 1e-8));
    EXPECT_TRUE(close(as_r.upper, reference.number(r, "upper"), 1e-8));
    const Estimate exact = fisher_exact(table, confidence, FisherRoots::exact);
    EXPECT_TRUE(close(exact.estimate, reference.number(r, "exact_odds_ratio"), 1e-10));
    EXPECT_TRUE(close(exact.lower, reference.number(r, "exact_lower"), 1e-10));
    EXPECT_TRUE(close(exact.upper, reference.number(r, "exact_upper"), 1e-10));
  }
}

TEST(FisherExact, ReferenceLargerTablesOfR) {
  const test::ReferenceTable reference("fisher_larger.csv");
  Arena arena;
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Counts counts = test::numbers<std::uint32_t>(reference.text(r, "counts"));
    const auto rows = static_cast<std::size_t>(reference.number(r, "rows"));
    const auto columns = static_cast<std::size_t>(reference.number(r, "columns"));
    EXPECT_TRUE(close(fisher_exact(counts, rows, columns, arena).p_value, reference.number(r, "p_value"), 1e-8));
  }
}

double choose(double n, double k) {
  double ways = 1;
  for (double i = 1; i <= k; ++i) ways *= (n - k + i) / i;
  return ways;
}

// P(A = u) at an odds ratio, from binomial coefficients.
std::map<double, double> first_cell(const FourfoldTable& t, double odds_ratio) {
  std::map<double, double> p;
  const double row = t.a + t.b, other = t.c + t.d, column = t.a + t.c;
  double all = 0;
  for (double u = 0; u <= row; ++u) {
    if (column - u < 0 || column - u > other) continue;
    all += p[u] = choose(row, u) * choose(other, column - u) * std::pow(odds_ratio, u);
  }
  for (auto& [u, probability] : p) probability /= all;
  return p;
}

double sum_where(const std::map<double, double>& p, const std::function<bool(double, double)>& counts) {
  double sum = 0;
  for (const auto& [u, probability] : p)
    if (counts(u, probability)) sum += probability;
  return sum;
}

TEST(FisherExact, OracleBinomialCoefficientsOn10000Tables) {
  std::mt19937_64 random(71);
  for (int set = 0; set < 10000; ++set) {
    Counts n(4);
    for (std::uint32_t& count : n) count = static_cast<std::uint32_t>(random() % (set % 2 ? 4 : 16));
    const FourfoldTable t = fourfold(n);
    const double a = t.a;
    const Estimate e = fisher_exact(t, .9, FisherRoots::exact);
    if ((t.a + t.b) * (t.c + t.d) * (t.a + t.c) * (t.b + t.d) == 0) {
      ASSERT_EQ(e.status, Status::empty_group);
      ASSERT_TRUE(std::isnan(e.estimate) && std::isnan(e.p_value) && std::isnan(e.signed_statistic));
      continue;
    }
    const auto null = first_cell(t, 1);
    const FisherPValues p = fisher_p_values(t);
    ASSERT_NEAR(p.two_sided, sum_where(null, [&](double, double q) { return q <= null.at(a) * (1 + 1e-7); }), 1e-12);
    ASSERT_NEAR(p.less, sum_where(null, [&](double u, double) { return u <= a; }), 1e-12);
    ASSERT_NEAR(p.greater, sum_where(null, [&](double u, double) { return u >= a; }), 1e-12);
    // The roots solve their equations.
    if (e.lower > 0) {
      ASSERT_NEAR(sum_where(first_cell(t, e.lower), [&](double u, double) { return u >= a; }), .05, 1e-11);
    }
    if (std::isfinite(e.upper)) {
      ASSERT_NEAR(sum_where(first_cell(t, e.upper), [&](double u, double) { return u <= a; }), .05, 1e-11);
    }
    if (e.estimate > 0 && std::isfinite(e.estimate)) {
      double mean = 0;
      for (const auto& [u, q] : first_cell(t, e.estimate)) mean += u * q;
      ASSERT_NEAR(mean, a, 1e-10);
    } else {
      ASSERT_EQ(e.estimate == 0, a == null.begin()->first);
      ASSERT_EQ(std::isinf(e.estimate), a == null.rbegin()->first);
    }
  }
}

// The two-sided p value by visiting every table with these margins.
double enumerated(const Counts& counts, std::size_t rows, std::size_t columns) {
  std::vector<int> row(rows), column(columns);
  double log_constant = 0, observed = 0;
  const auto factorial = [](double n) { return std::lgamma(n + 1); };
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      const auto n = static_cast<int>(counts[i * columns + j]);
      row[i] += n, column[j] += n, observed -= factorial(n);
    }
  for (const int r : row) log_constant += factorial(r);
  for (const int c : column) log_constant += factorial(c);
  log_constant -= factorial(std::accumulate(row.begin(), row.end(), 0));
  double tail = 0;
  std::function<void(std::size_t, double)> fill = [&](std::size_t cell, double log_p) {
    if (cell == rows * columns) {
      if (log_p <= observed + std::log1p(1e-7)) tail += std::exp(log_constant + log_p);
      return;
    }
    const std::size_t i = cell / columns, j = cell % columns;
    const int least = j + 1 == columns ? row[i] : 0, most = i + 1 == rows ? column[j] : row[i];
    for (int n = i + 1 == rows ? std::max(least, most) : least; n <= std::min({row[i], column[j], most}); ++n) {
      row[i] -= n, column[j] -= n;
      fill(cell + 1, log_p - factorial(n));
      row[i] += n, column[j] += n;
    }
  };
  fill(0, 0);
  return tail;
}

TEST(FisherExact, OracleEveryTableWithTheseMargins) {
  std::mt19937_64 random(73);
  Arena arena;
  for (int set = 0; set < test::oracle_sets(3000); ++set) {
    const std::size_t rows = 2 + random() % 3, columns = 2 + random() % 3;
    Counts counts(rows * columns);
    const std::uint64_t n = 1 + random() % (rows * columns > 9 ? 10 : 18);
    for (std::uint64_t i = 0; i < n; ++i) ++counts[random() % (set % 2 ? counts.size() : 1 + counts.size() / 2)];
    const Estimate e = fisher_exact(counts, rows, columns, arena);
    if (e.status == Status::empty_group) continue;
    ASSERT_EQ(e.status, Status::ok);
    ASSERT_NEAR(e.p_value, enumerated(counts, rows, columns), 1e-11);
  }
}

TEST(FisherExact, PropertyTheTwoAlgorithmsAgreeOnFourCells) {
  std::mt19937_64 random(79);
  Arena arena;
  for (int set = 0; set < 2000; ++set) {
    Counts n(4);
    for (std::uint32_t& count : n) count = 1 + static_cast<std::uint32_t>(random() % 60);
    ASSERT_NEAR(fisher_exact(n, 2, 2, arena).p_value, fisher_p_values(fourfold(n)).two_sided, 1e-12);
  }
}

TEST(FisherExact, PropertyRowsAndColumnsChangedOver) {
  std::mt19937_64 random(83);
  Arena arena;
  for (int set = 0; set < 500; ++set) {
    FourfoldTable t;
    for (std::uint32_t* count : {&t.a, &t.b, &t.c, &t.d}) *count = 1 + static_cast<std::uint32_t>(random() % 12);
    const Estimate e = fisher_exact(t, .95, FisherRoots::exact);
    const Estimate other = fisher_exact(FourfoldTable{t.b, t.a, t.d, t.c}, .95, FisherRoots::exact);
    const Estimate turned = fisher_exact(FourfoldTable{t.a, t.c, t.b, t.d}, .95, FisherRoots::exact);
    EXPECT_TRUE(close(other.estimate, 1 / e.estimate, 1e-11) && close(other.lower, 1 / e.upper, 1e-11));
    EXPECT_TRUE(close(turned.estimate, e.estimate, 1e-11) && close(turned.upper, e.upper, 1e-11));
    EXPECT_NEAR(other.signed_statistic, -e.signed_statistic, 1e-10);
    EXPECT_NEAR(other.p_value, e.p_value, 1e-12);

    Counts counts(12), transposed(12), reversed(12);
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 4; ++j)
        transposed[j * 3 + i] = reversed[(2 - i) * 4 + 3 - j] = counts[i * 4 + j] =
            static_cast<std::uint32_t>(random() % 4);
    const double p = fisher_exact(counts, 3, 4, arena).p_value;
    EXPECT_TRUE(close(fisher_exact(transposed, 4, 3, arena).p_value, p, 1e-11));
    EXPECT_TRUE(close(fisher_exact(reversed, 3, 4, arena).p_value, p, 1e-11));
  }
}

// One-sided at level alpha: signed_statistic reaches the normal quantile exactly where the one-sided p value is at most
// alpha.
TEST(FisherExact, PropertySignedStatisticIsTheOneSidedTest) {
  for (std::uint32_t a = 0; a <= 12; ++a)
    for (std::uint32_t c = 0; c <= 15; ++c) {
      const FourfoldTable t{a, 12 - a, c, 15 - c};
      if (a + c == 0 || a + c == 27) continue;
      const Estimate e = fisher_exact(t, .95);
      const FisherPValues p = fisher_p_values(t);
      for (const double alpha : {.0249, .051, .1}) {
        EXPECT_EQ(e.signed_statistic >= normal_quantile(1 - alpha), p.greater <= alpha);
        EXPECT_EQ(e.signed_statistic <= normal_quantile(alpha), p.less <= alpha);
      }
    }
}

// Power of the exact test of a response rate (two-sided .05), summed over all outcomes.
TEST(FisherExact, ReferencePowerOfTheResponseComparison) {
  const auto power = [](double p1, double p2) {
    double sum = 0;
    for (std::uint32_t a = 0; a <= 15; ++a)
      for (std::uint32_t c = 0; c <= 12; ++c) {
        const FourfoldTable t{a, 15 - a, c, 12 - c};
        const double probability = choose(15, a) * std::pow(p1, a) * std::pow(1 - p1, 15 - a) * choose(12, c) *
                                   std::pow(p2, c) * std::pow(1 - p2, 12 - c);
        if (a + c > 0 && a + c < 27 && fisher_p_values(t).two_sided <= .05) sum += probability;
      }
    return sum;
  };
  EXPECT_NEAR(power(7. / 15, 5. / 12), .03351691675, 1e-10);
  EXPECT_NEAR(power(.2, .7), .6775072582, 1e-9);
  EXPECT_NEAR(power(12. / 27, 12. / 27), .02730435354, 1e-10);
}

TEST(FisherExact, DegenerateEmptyRowsAndColumns) {
  Arena arena;
  EXPECT_EQ(fisher_exact(Counts{0, 0, 3, 4}, 2, 2, arena).status, Status::empty_group);
  EXPECT_EQ(fisher_exact(Counts{0, 0, 0, 0}, 2, 2, arena).status, Status::empty_group);
  EXPECT_EQ(fisher_exact(FourfoldTable{0, 0, 3, 4}, .95).status, Status::empty_group);
  EXPECT_EQ(fisher_exact(FourfoldTable{}, .95).status, Status::empty_group);
  const Estimate e = fisher_exact(Counts{5, 0, 7, 0, 0, 0, 7, 0, 8}, 3, 3, arena);  // 2 x 2 without its empty lines
  EXPECT_NEAR(e.p_value, fisher_p_values({5, 7, 7, 8}).two_sided, 1e-12);
  EXPECT_EQ(e.n, 27);
}

// One column alone has more ways than may be gone through: it ends while it is gone through.
TEST(FisherExact, DegenerateColumnsWithTooManyWays) {
  Arena arena;
  const Counts counts(36, 30);
  EXPECT_EQ(fisher_exact(counts, 6, 6, arena).status, Status::did_not_converge);
}

TEST(FisherExact, DegenerateTablesTooLarge) {
  Arena arena;
  EXPECT_EQ(fisher_exact(Counts(81, 1), 9, 9, arena).status, Status::did_not_converge);
  Counts heavy(64, 0);
  for (std::size_t i = 0; i < 8; ++i) heavy[9 * i] = 300;  // a margin above 8 bits
  EXPECT_EQ(fisher_exact(heavy, 8, 8, arena).status, Status::did_not_converge);
  EXPECT_TRUE(std::isnan(fisher_exact(heavy, 8, 8, arena).p_value));
}

}  // namespace
}  // namespace oligosim
