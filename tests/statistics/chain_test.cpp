#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/statistics/chain_diagnostics.hpp"
#include "engine/statistics/metropolis.hpp"

namespace oligosim {
namespace {

/// Autoregressive chains: x' = r x + sqrt(1 - r^2) e, whose effective share of draws is (1 - r) / (1 + r).
std::vector<std::vector<double>> chains(double r, std::size_t count, std::size_t length, double apart = 0) {
  std::vector<std::vector<double>> all;
  for (std::size_t c = 0; c < count; ++c) {
    Stream stream(11, static_cast<std::uint32_t>(c), Purpose::chain);
    double x = stream.normal();
    all.emplace_back();
    for (std::size_t i = 0; i < length; ++i) {
      x = r * x + std::sqrt(1 - r * r) * stream.normal();
      all.back().push_back(x + apart * static_cast<double>(c));
    }
  }
  return all;
}

TEST(ChainDiagnostics, OracleEffectiveSizeOfAutoregressiveChains) {
  for (const double r : {0.0, 0.5, 0.9}) {
    const ChainDiagnostics d = chain_diagnostics(chains(r, 4, 20000));
    const double expected = 80000 * (1 - r) / (1 + r);
    EXPECT_NEAR(d.effective_size / expected, 1, 0.12) << r;
    EXPECT_NEAR(d.r_hat, 1, 0.002) << r;
  }
}

TEST(ChainDiagnostics, OracleChainsApartAreSeen) {
  const ChainDiagnostics d = chain_diagnostics(chains(0.3, 4, 1000, 1));
  EXPECT_GT(d.r_hat, 1.1);
  EXPECT_LT(d.effective_size, 100);
}

TEST(ChainDiagnostics, OracleSplitRHatByHand) {
  // Two chains of four draws; ranks 1 ... 8, Blom's scores, halves of two.
  const std::vector<std::vector<double>> given = {{1, 3, 5, 7}, {2, 4, 6, 8}};
  const double a = 1.4342001596863, b = 0.8520137585, c = 0.4724945, e = 0.1525060;  // -q((k - 3/8) / 8.25)
  const std::vector<std::vector<double>> halves = {{-a, -c}, {e, b}, {-b, -e}, {c, a}};
  double within = 0, all = 0;
  std::vector<double> means;
  for (const auto& h : halves) {
    means.push_back((h[0] + h[1]) / 2);
    within += (h[0] - h[1]) * (h[0] - h[1]) / 2 / 4;
  }
  all = std::accumulate(means.begin(), means.end(), 0.0) / 4;
  double between = 0;
  for (const double m : means) between += (m - all) * (m - all) / 3;
  EXPECT_NEAR(chain_diagnostics(given).r_hat, std::sqrt((within / 2 + between) / within), 1e-3);
}

TEST(ChainDiagnostics, OracleNothingVaries) {
  const ChainDiagnostics d = chain_diagnostics({std::vector<double>(20, 1.0), std::vector<double>(20, 1.0)});
  EXPECT_TRUE(std::isnan(d.r_hat));
  EXPECT_TRUE(std::isnan(d.effective_size));
}

TEST(Metropolis, OracleAnExponentialDensityWithAnEdge) {
  const auto density = [](const Eigen::VectorXd& x) { return x[0] < 0 ? -INFINITY : -x[0]; };
  const Chain chain = metropolis(density, Eigen::VectorXd::Constant(1, 1), Eigen::MatrixXd::Identity(1, 1),
                                 {400000, 20000, 20000}, Stream(2, 1, Purpose::chain));
  EXPECT_GE(chain.draws.minCoeff(), 0);
  EXPECT_NEAR(chain.draws.mean(), 1, 0.04);
  EXPECT_NEAR((chain.draws.array() < std::log(2.0)).cast<double>().mean(), 0.5, 0.02);
}

TEST(Metropolis, OracleTheSameStreamGivesTheSameChain) {
  const auto density = [](const Eigen::VectorXd& x) { return -0.5 * x.squaredNorm(); };
  const auto run = [&] {
    return metropolis(density, Eigen::VectorXd::Zero(3), Eigen::MatrixXd::Identity(3, 3), {2000, 400, 100},
                      Stream(2, 1, Purpose::chain));
  };
  EXPECT_EQ(run().draws, run().draws);
}

}  // namespace
}  // namespace oligosim
