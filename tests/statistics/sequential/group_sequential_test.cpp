#include "engine/statistics/sequential/group_sequential.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "engine/numeric/normal.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

constexpr Spending both[] = {Spending::obrien_fleming, Spending::pocock};

struct Design {
  Spending spending;
  double alpha, drift;
  std::vector<double> information, boundary, spent, crossing;
};

std::vector<Design> rpact_designs() {
  const test::ReferenceTable reference("group_sequential.csv");
  std::vector<Design> designs;
  for (std::size_t r = 0; r < reference.size(); ++r) {
    if (reference.number(r, "look") == 1) {
      designs.push_back({reference.text(r, "spending") == "pocock" ? Spending::pocock : Spending::obrien_fleming,
                         reference.number(r, "alpha"),
                         reference.number(r, "drift"),
                         {},
                         {},
                         {},
                         {}});
    }
    designs.back().information.push_back(reference.number(r, "information"));
    designs.back().boundary.push_back(reference.number(r, "boundary"));
    designs.back().spent.push_back(reference.number(r, "spent"));
    designs.back().crossing.push_back(reference.number(r, "crossing"));
  }
  return designs;
}

TEST(GroupSequential, ReferenceBoundariesAndPowerOfRpact) {
  const std::vector<Design> designs = rpact_designs();
  ASSERT_EQ(designs.size(), 60u);
  for (const Design& d : designs) {
    const std::vector<double> boundary = efficacy_boundaries(d.spending, d.alpha, d.information);
    const std::vector<double> crossing = crossing_probabilities(boundary, d.information, d.drift);
    for (std::size_t k = 0; k < d.information.size(); ++k) {
      EXPECT_NEAR(boundary[k], d.boundary[k], 1e-6);
      EXPECT_NEAR(crossing[k], d.crossing[k], 1e-6);
      EXPECT_NEAR(spent(d.spending, d.alpha, d.information[k]), d.spent[k], 2e-8);  // rpact's own tolerance
    }
  }
}

TEST(GroupSequential, ReferencePrintedBoundaries) {
  const std::vector<double> thirds = {1.0 / 3, 2.0 / 3, 1};
  const std::vector<double> of = efficacy_boundaries(Spending::obrien_fleming, .025, thirds);
  EXPECT_NEAR(of[0], 3.710302873, 1e-6);
  EXPECT_NEAR(of[1], 2.511427484, 1e-6);
  EXPECT_NEAR(of[2], 1.993047483, 1e-6);
  const std::vector<double> pocock = efficacy_boundaries(Spending::pocock, .025, thirds);
  EXPECT_NEAR(pocock[0], 2.279428239, 1e-6);
  EXPECT_NEAR(pocock[1], 2.294911139, 1e-6);
  EXPECT_NEAR(pocock[2], 2.295939587, 1e-6);
  const std::vector<double> two = efficacy_boundaries(Spending::obrien_fleming, .025, std::vector<double>{.6, 1});
  EXPECT_NEAR(two[0], 2.668630143, 1e-6);
  EXPECT_NEAR(two[1], 1.980965026, 1e-6);
}

// P(Z1 < b1, Z2 >= b2) as one integral over z1 of Simpson's rule on a fine grid.
double naive_second_crossing(double b1, double b2, double t, double drift) {
  const int steps = 200000;
  const double low = -12, width = (b1 - low) / steps;
  double sum = 0;
  for (int i = 0; i <= steps; ++i) {
    const double z = low + i * width, mean = drift * std::sqrt(t);
    const double density = std::exp(-0.5 * (z - mean) * (z - mean)) / std::sqrt(2 * M_PI);
    const double later = (b2 - z * std::sqrt(t) - drift * (1 - t)) / std::sqrt(1 - t);
    sum += (i == 0 || i == steps ? 1 : i % 2 ? 4 : 2) * density * 0.5 * std::erfc(later / std::sqrt(2.0));
  }
  return sum * width / 3;
}

TEST(GroupSequential, OracleTwoLooksByOneIntegral) {
  for (const double t : {.01, .3, .5, .9, .999}) {
    for (const double drift : {0.0, 1.5, -2.0, 4.0}) {
      const std::vector<double> information = {t, 1}, boundary = {2.4, 2.1};
      const std::vector<double> crossing = crossing_probabilities(boundary, information, drift);
      EXPECT_NEAR(crossing[0], normal_cdf(drift * std::sqrt(t) - 2.4), 1e-14);
      EXPECT_NEAR(crossing[1], naive_second_crossing(2.4, 2.1, t, drift), 1e-11) << t << " " << drift;
    }
  }
}

// The chain of sub-densities of z on one fine grid for all looks, with Simpson's rule.
std::vector<double> naive_crossing(const std::vector<double>& boundary, const std::vector<double>& information) {
  const int steps = 3000;
  std::vector<double> density, crossing, z, weight;
  for (std::size_t k = 0; k < information.size(); ++k) {
    const double keep = k == 0 ? 0 : std::sqrt(information[k - 1] / information[k]),
                 spread = std::sqrt(1 - keep * keep);
    const auto after = [&](auto use) {
      if (k == 0) return use(0.0);
      double sum = 0;
      for (std::size_t i = 0; i < z.size(); ++i) sum += weight[i] * density[i] * use(keep * z[i]);
      return sum;
    };
    crossing.push_back(after([&](double m) { return 0.5 * std::erfc((boundary[k] - m) / spread / std::sqrt(2.0)); }));
    std::vector<double> next, nodes, weights;
    const double low = -8.5, width = (boundary[k] - low) / steps;
    for (int i = 0; i <= steps; ++i) {
      const double to = low + i * width;
      nodes.push_back(to);
      weights.push_back((i == 0 || i == steps ? 1 : i % 2 ? 4 : 2) * width / 3);
      next.push_back(after([&](double m) { return std::exp(-0.5 * std::pow((to - m) / spread, 2)); }) /
                     (spread * std::sqrt(2 * M_PI)));
    }
    density = next, z = nodes, weight = weights;
  }
  return crossing;
}

TEST(GroupSequential, OracleLooksTooCloseOrTooEarlyForRpact) {
  for (const std::vector<double>& information : {std::vector<double>{.25, .4, .95, 1}, {.1, .3, .9, .99}}) {
    for (const Spending spending : both) {
      const std::vector<double> boundary = efficacy_boundaries(spending, .01, information);
      const std::vector<double> naive = naive_crossing(boundary, information);
      const std::vector<double> crossing = crossing_probabilities(boundary, information, 0);
      double before = 0;
      for (std::size_t k = 0; k < information.size(); ++k) {
        const double now = spent(spending, .01, information[k]);
        EXPECT_NEAR(naive[k], now - before, 1e-11);
        EXPECT_NEAR(crossing[k], naive[k], 1e-11);
        before = now;
      }
    }
  }
}

TEST(GroupSequential, StatisticalFourUnequalLooksByMonteCarlo) {
  const std::vector<double> information = {.2, .35, .8, 1};
  const std::vector<double> boundary = efficacy_boundaries(Spending::pocock, .05, information);
  const double drift = 1.2;
  const std::vector<double> crossing = crossing_probabilities(boundary, information, drift);
  std::mt19937_64 random(51);
  std::vector<double> count(4);
  const int paths = 1000000;
  for (int i = 0; i < paths; ++i) {
    double score = 0, before = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const double step = information[k] - before;
      before = information[k];
      const double u = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
      score += drift * step + std::sqrt(step) * normal_quantile(u);
      if (score >= boundary[k] * std::sqrt(before)) {
        ++count[k];
        break;
      }
    }
  }
  for (std::size_t k = 0; k < 4; ++k) {
    const double mcse = std::sqrt(crossing[k] * (1 - crossing[k]) / paths);
    EXPECT_NEAR(count[k] / paths, crossing[k], 4 * mcse);
  }
}

TEST(GroupSequential, PropertyTheLevelIsSpentExactly) {
  for (const Spending spending : both) {
    for (int looks = 1; looks <= 12; ++looks) {
      std::vector<double> information;
      for (int k = 1; k <= looks; ++k) information.push_back(std::pow(static_cast<double>(k) / looks, 1.3));
      const std::vector<double> boundary = efficacy_boundaries(spending, .025, information);
      const std::vector<double> crossing = crossing_probabilities(boundary, information, 0);
      double sum = 0;
      for (std::size_t k = 0; k < information.size(); ++k) {
        sum += crossing[k];
        EXPECT_NEAR(sum, spent(spending, .025, information[k]), 1e-12) << looks << " " << k;
      }
    }
  }
}

TEST(GroupSequential, PropertyOneLookIsTheFixedTest) {
  for (const Spending spending : both) {
    EXPECT_NEAR(efficacy_boundaries(spending, .025, std::vector<double>{1})[0], 1.959963984540054, 1e-12);
  }
  const double power = crossing_probabilities(std::vector<double>{1.959963984540054}, std::vector<double>{1}, 2.8)[0];
  EXPECT_NEAR(power, normal_cdf(2.8 - 1.959963984540054), 1e-14);
}

TEST(GroupSequential, ContractAnInfiniteBoundaryIsNeverCrossed) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> information = {.3, .6, 1};
  const std::vector<double> crossing =
      crossing_probabilities(std::vector<double>{infinity, infinity, 2}, information, 1.5);
  EXPECT_EQ(crossing[0], 0.0);
  EXPECT_EQ(crossing[1], 0.0);
  EXPECT_NEAR(crossing[2], normal_cdf(-.5), 1e-13);
}

TEST(GroupSequential, PropertySpendingRisesFromZeroToAlpha) {
  for (const Spending spending : both) {
    EXPECT_EQ(spent(spending, .025, 0), 0.0);
    EXPECT_EQ(spent(spending, .025, 1), .025);
    EXPECT_NEAR(spent(spending, .025, 1 - 1e-12), .025, 1e-12);
    for (double t = .01; t < 1; t += .01) EXPECT_LT(spent(spending, .025, t), spent(spending, .025, t + .01));
  }
}

TEST(GroupSequential, PropertyVeryEarlyLookNeedsAnEnormousZ) {
  const std::vector<double> boundary =
      efficacy_boundaries(Spending::obrien_fleming, .025, std::vector<double>{.02, .5, 1});
  EXPECT_GT(boundary[0], 15);
  EXPECT_NEAR(boundary[1], efficacy_boundaries(Spending::obrien_fleming, .025, std::vector<double>{.5, 1})[0], 1e-9);
}

}  // namespace
}  // namespace oligosim
