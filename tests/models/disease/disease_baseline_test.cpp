// Baseline of OP and OM HCC against the published margins (Song et al. 2025, Table 1).
#include "tests/models/disease/disease_support.hpp"

namespace oligosim {
namespace {

constexpr std::size_t n = 200000;

void expect_share(const Simulation& s, const char* column, std::uint8_t grp_from, std::uint8_t grp_to,
                  double published) {
  const auto grp = s.category("grp");
  const auto value = s.number(column);
  const Share seen = share(
      n, [&](std::size_t i) { return value[i] == 1; },
      [&](std::size_t i) { return grp[i] >= grp_from && grp[i] <= grp_to; });
  const double mcse = std::sqrt(published * (1 - published) / seen.patients);
  EXPECT_NEAR(seen.value, published, 4 * mcse) << column << " in groups " << int(grp_from) << " to " << int(grp_to);
}

class Baseline : public testing::Test {
 protected:
  std::unique_ptr<DiseaseModel> model = model_of(oligo_hcc_study("cohort: {OP: 0.6, OM: 0.4}"));
  Simulation s{*model, n};
};

TEST_F(Baseline, StatisticalPublishedMarginsOfOp) {
  const std::pair<const char*, double> published[] = {{"male", 26.0 / 28},
                                                      {"ecog", 13.0 / 28},
                                                      {"child_pugh_b", 2.0 / 28},
                                                      {"afp_high", 16.0 / 28},
                                                      {"macrovascular_invasion", 9.0 / 28},
                                                      {"prior_local", 25.0 / 28},
                                                      {"multi", 10.0 / 28},
                                                      {"late", 20.0 / 28},
                                                      {"ici_targeted", 16.0 / 28}};
  for (const auto& [column, value] : published) expect_share(s, column, 0, 1, value);
  expect_share(s, "ici_targeted", 0, 0, 10.0 / 12);
  expect_share(s, "ici_targeted", 1, 1, 6.0 / 16);
  expect_share(s, "late", 0, 0, 1);
  expect_share(s, "late", 1, 1, 0.5);
}

TEST_F(Baseline, StatisticalPublishedMarginsOfOm) {
  const std::pair<const char*, double> published[] = {{"male", 1},
                                                      {"ecog", 3.0 / 9},
                                                      {"child_pugh_b", 0},
                                                      {"afp_high", 2.0 / 9},
                                                      {"macrovascular_invasion", 4.0 / 9},
                                                      {"prior_local", 7.0 / 9},
                                                      {"multi", 5.0 / 9},
                                                      {"late", 3.0 / 9},
                                                      {"ici_targeted", 5.0 / 9},
                                                      {"untreated", 0.33}};
  for (const auto& [column, value] : published) expect_share(s, column, 2, 2, value);
}

TEST_F(Baseline, StatisticalCohortsAndStrategies) {
  const auto grp = s.category("grp");
  const Share om = share(n, [&](std::size_t i) { return grp[i] == 2; });
  EXPECT_NEAR(om.value, 0.4, 4 * om.mcse());
  const Share switched = share(
      n, [&](std::size_t i) { return grp[i] == 0; }, [&](std::size_t i) { return grp[i] != 2; });
  EXPECT_NEAR(switched.value, 12.0 / 28, 4 * switched.mcse());
  for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(s.category("cohort")[i], grp[i] == 2);
  for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(s.number("line")[i], s.number("late")[i] + 1);
}

TEST_F(Baseline, StatisticalEtiology) {
  const auto grp = s.category("grp"), etiology = s.category("etiology");
  const double op[] = {21.0 / 28, 2.0 / 28, 2.0 / 28, 3.0 / 28}, om[] = {7.0 / 9, 1.0 / 9, 0, 1.0 / 9};
  for (std::uint8_t level = 0; level < 4; ++level) {
    for (const bool in_om : {false, true}) {
      const double published = in_om ? om[level] : op[level];
      const Share seen = share(
          n, [&](std::size_t i) { return etiology[i] == level; },
          [&](std::size_t i) { return (grp[i] == 2) == in_om; });
      EXPECT_NEAR(seen.value, published, 4 * std::sqrt(published * (1 - published) / seen.patients)) << int(level);
    }
  }
}

TEST_F(Baseline, StatisticalAgeHasThePublishedMedianAndRange) {
  for (const bool in_om : {false, true}) {
    std::vector<double> age;
    for (std::size_t i = 0; i < n; ++i)
      if ((s.category("grp")[i] == 2) == in_om) age.push_back(s.number("age")[i]);
    const double median = in_om ? 56 : 60.5, low = in_om ? 48 : 43, high = in_om ? 65 : 79;
    const auto [least, most] = std::ranges::minmax(age);
    EXPECT_GE(least, low);
    EXPECT_LE(most, high);
    EXPECT_LT(least, low + 0.2);
    EXPECT_GT(most, high - 0.2);
    const Share below = share(age.size(), [&](std::size_t i) { return age[i] < median; });
    EXPECT_NEAR(below.value, 0.5, 4 * below.mcse());
  }
}

TEST_F(Baseline, StatisticalLesionsPerPatient) {
  // 48 irradiated lesions in 28 OP patients: 18 solitary, 10 with 3.0 on average; OM 2.636 for 17 - 4 = 13 in 5.
  for (const bool in_om : {false, true}) {
    double sum = 0, squares = 0, count = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double m = s.number("lesions")[i];
      ASSERT_EQ(m > 1, s.number("multi")[i] == 1);
      if ((s.category("grp")[i] == 2) != in_om || m == 1) continue;
      sum += m, squares += m * m, count += 1;
    }
    const double mean = sum / count, sd = std::sqrt(squares / count - mean * mean);
    EXPECT_NEAR(mean, in_om ? 2 + 1.4 / 2.2 : 3.0, 4 * sd / std::sqrt(count));
  }
}

TEST_F(Baseline, StatisticalUntreatedLesionsOfOp) {
  for (const double multi : {0.0, 1.0}) {
    const Share seen = share(
        n, [&](std::size_t i) { return s.number("untreated")[i] == 1; },
        [&](std::size_t i) { return s.category("grp")[i] != 2 && s.number("multi")[i] == multi; });
    EXPECT_NEAR(seen.value, multi == 1 ? 0.6 : 13.0 / 18, 4 * seen.mcse());
  }
}

TEST_F(Baseline, OracleSizeAgainstItsDistributionFunction) {
  const auto phi = [](double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; };
  for (const bool in_om : {false, true}) {
    for (const double multi : {0.0, 1.0}) {
      for (const double cm : {1.5, 1.9, 2.8, 4.6, 9.0, 16.0}) {
        const Share seen = share(
            n, [&](std::size_t i) { return s.number("size_cm")[i] <= cm; },
            [&](std::size_t i) { return (s.category("grp")[i] == 2) == in_om && s.number("multi")[i] == multi; });
        const double z = in_om ? (std::log(cm / 4.6) - 0.25 * (multi - 5.0 / 9)) / 0.91
                               : (std::log((cm - 1) / 0.9) - 0.5 * (multi - 10.0 / 28)) / 1.3;
        EXPECT_NEAR(seen.value, phi(z), 4 * std::sqrt(phi(z) * (1 - phi(z)) / seen.patients)) << cm << " " << in_om;
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double cm = s.number("size_cm")[i];
    ASSERT_TRUE(cm >= 1 && cm <= 18.5);
    ASSERT_EQ(s.number("big")[i], cm > 2.8);
  }
}

TEST(BaselineCounts, PropertyWholeNumbersAreMetExactly) {
  const auto model = model_of(oligo_hcc_study("cohort: {OP-N: 12, OP-C: 16, OM: 9}"), 37);
  std::vector<int> first(3);
  for (std::uint32_t replicate = 1; replicate <= 300; ++replicate) {
    const Simulation s(*model, 2 * 37, 4, replicate);
    for (const std::size_t start : {0, 37}) {
      std::vector<int> count(3);
      for (std::size_t i = start; i < start + 37; ++i) ++count[s.category("grp")[i]];
      ASSERT_EQ(count, (std::vector<int>{12, 16, 9}));
    }
    ++first[s.category("grp")[0]];
  }
  // The order is random: the first patient is of each group in proportion.
  EXPECT_NEAR(first[2] / 300.0, 9.0 / 37, 4 * std::sqrt(9.0 / 37 * 28 / 37 / 300));
}

TEST(BaselineCounts, PropertyOpIsSplitByChance) {
  const auto model = model_of(oligo_hcc_study("cohort: {OP: 28, OM: 9}"), 37);
  double switched = 0;
  for (std::uint32_t replicate = 1; replicate <= 1000; ++replicate) {
    const Simulation s(*model, 37, 4, replicate);
    ASSERT_EQ(std::ranges::count(s.category("grp"), 2), 9);
    switched += static_cast<double>(std::ranges::count(s.category("grp"), 0));
  }
  EXPECT_NEAR(switched / 28000, 12.0 / 28, 4 * std::sqrt(12.0 / 28 * 16 / 28 / 28000));
}

TEST(BaselineColumns, PropertyColumnsLeftOutChangeNoOther) {
  const auto model = model_of(oligo_hcc_study(""));
  const Simulation all(*model, 500);
  Columns columns;
  for (const ColumnInfo& column : model->baseline()) columns.add(column);
  for (std::size_t only = 0; only < columns.size(); ++only) {
    Arena arena;
    std::vector<std::uint8_t> needed(columns.size());
    needed[only] = 1;
    Cohort cohort(columns, 500, needed, arena);
    model->sample_baseline(Streams(1, 1), cohort, arena);
    const std::string name = columns[only].name;
    if (columns[only].kind == ColumnKind::number) {
      EXPECT_TRUE(std::ranges::equal(cohort.numbers(only), all.number(name))) << name;
    } else {
      EXPECT_TRUE(std::ranges::equal(cohort.categories(only), all.category(name))) << name;
    }
  }
}

}  // namespace
}  // namespace oligosim
