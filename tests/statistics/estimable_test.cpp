// Against Eigen: a coefficient is estimable where no vector of the null space has a part in it; a column is kept where
// it raises the rank of those before it.
#include "engine/statistics/estimable.hpp"

#include <gmock/gmock.h>

#include <Eigen/Dense>
#include <random>

namespace oligosim {
namespace {

/// Columns of small whole numbers; every second one at random a combination of two before it, or 0.
Eigen::MatrixXd random_columns(std::mt19937_64& random, Eigen::Index rows, Eigen::Index columns) {
  Eigen::MatrixXd x = Eigen::MatrixXd::Zero(rows, columns);
  const auto one_of = [&](Eigen::Index n) {
    return static_cast<Eigen::Index>(random() % static_cast<std::uint64_t>(n));
  };
  for (Eigen::Index j = 0; j < columns; ++j) {
    const auto kind = random() % 8;
    if (j > 1 && kind < 3) {
      x.col(j) = x.col(one_of(j)) - static_cast<double>(1 + kind) * x.col(one_of(j));
    } else if (kind > 3) {
      for (double& v : x.col(j)) v = static_cast<double>(random() % 7) - 3;
    }
  }
  return x;
}

TEST(Estimable, OracleNullSpaceAndRanksOfEigen) {
  std::mt19937_64 random(71);
  int whole = 0, estimable_beside_a_combination = 0, drawn_in = 0;
  for (int set = 0; set < 2000; ++set) {
    const auto columns = static_cast<Eigen::Index>(1 + random() % 7);
    const Eigen::MatrixXd x = random_columns(random, 25, columns), information = x.transpose() * x;
    Arena arena;
    const std::span<const double> values(information.data(), static_cast<std::size_t>(information.size()));
    const EstimableColumns found = estimable_columns(values, static_cast<std::size_t>(columns), 1e-8, arena);
    std::vector<std::uint16_t> kept;
    Eigen::Index rank = 0;
    for (Eigen::Index j = 0; j < columns; ++j) {
      const Eigen::Index now = x.leftCols(j + 1).fullPivLu().rank();
      if (now > rank) kept.push_back(static_cast<std::uint16_t>(j));
      rank = now;
    }
    EXPECT_THAT(found.kept, testing::ElementsAreArray(kept)) << set;
    const Eigen::FullPivLU<Eigen::MatrixXd> lu(x);
    const Eigen::MatrixXd null_space = lu.kernel();  // a column of zeros where there is none
    for (Eigen::Index j = 0; j < columns; ++j) {
      const auto column = static_cast<std::size_t>(j);
      const bool expected = null_space.row(j).cwiseAbs().maxCoeff() < 1e-9;
      EXPECT_EQ(found.estimable[column] == 1, expected) << set << " " << j;
      EXPECT_EQ(found.place(column).has_value(), expected);
      if (expected) {
        EXPECT_EQ(found.kept[*found.place(column)], j);
      }
      estimable_beside_a_combination += expected && !found.all();
      drawn_in += !expected && std::ranges::count(kept, j) == 1;
    }
    whole += found.all();
  }
  EXPECT_GT(whole, 200);
  EXPECT_GT(estimable_beside_a_combination, 1000);
  EXPECT_GT(drawn_in, 500);
}

}  // namespace
}  // namespace oligosim
