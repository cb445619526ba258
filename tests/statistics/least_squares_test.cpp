#include "engine/statistics/least_squares.hpp"

#include <gtest/gtest.h>

#include <Eigen/QR>
#include <cmath>

namespace oligosim {
namespace {

template <class Function>
Residuals each(Function f) {
  return [f](std::span<const Eigen::VectorXd> points) {
    std::vector<std::optional<Eigen::VectorXd>> all;
    for (const Eigen::VectorXd& p : points) all.push_back(f(p));
    return all;
  };
}

TEST(LeastSquares, OracleALinearProblemIsSolvedAsByQr) {
  const Eigen::MatrixXd a = (Eigen::MatrixXd(4, 2) << 1, 2, -1, 0.5, 3, 1, 0.2, -0.7).finished();
  const Eigen::VectorXd b = (Eigen::VectorXd(4) << 1, 2, 3, 4).finished();
  const auto fit =
      least_squares(each([&](const Eigen::VectorXd& x) { return std::optional(Eigen::VectorXd(a * x - b)); }),
                    Eigen::VectorXd::Zero(2), {.iterations = 50, .tolerance = 1e-14});
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->point.isApprox(a.householderQr().solve(b), 1e-6));
  EXPECT_TRUE(fit->jacobian.isApprox(a, 1e-9));
  EXPECT_TRUE(fit->converged);
}

TEST(LeastSquares, OracleTheValleyOfRosenbrock) {
  const auto fit =
      least_squares(each([](const Eigen::VectorXd& x) {
                      return std::optional((Eigen::VectorXd(2) << 10 * (x[1] - x[0] * x[0]), 1 - x[0]).finished());
                    }),
                    (Eigen::VectorXd(2) << -1.2, 1).finished(), {.step = 1e-4, .iterations = 200, .tolerance = 1e-12});
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->point[0], 1, 1e-4);
  EXPECT_NEAR(fit->point[1], 1, 1e-4);
}

TEST(LeastSquares, OraclePointsThatAreNotAllowedAreAvoided) {
  const auto root = each([](const Eigen::VectorXd& x) -> std::optional<Eigen::VectorXd> {
    if (x[0] < 0) return {};
    return Eigen::VectorXd::Constant(1, std::sqrt(x[0]) - 0.1);
  });
  const auto fit =
      least_squares(root, Eigen::VectorXd::Constant(1, 2), {.step = 1e-3, .iterations = 100, .tolerance = 1e-9});
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->point[0], 0.01, 1e-3);
  EXPECT_FALSE(least_squares(root, Eigen::VectorXd::Constant(1, -1), {}));
}

TEST(LeastSquares, OracleWhatNothingDependsOnStays) {
  const auto fit = least_squares(each([](const Eigen::VectorXd& x) {
                                   return std::optional(Eigen::VectorXd(Eigen::VectorXd::Constant(1, x[0] - 3)));
                                 }),
                                 (Eigen::VectorXd(2) << 0, 5).finished(), {.iterations = 50});
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->point[0], 3, 1e-3);
  EXPECT_EQ(fit->point[1], 5);
}

}  // namespace
}  // namespace oligosim
