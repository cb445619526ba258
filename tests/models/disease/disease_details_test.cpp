// Baseline columns that the course does not depend on, against the published margins (Song et al. 2025, Table 1).
#include "engine/numeric/normal.hpp"
#include "tests/models/disease/disease_everything.hpp"

namespace oligosim {
namespace {

constexpr std::size_t n = 200000;  // 10^5 of each cohort

class Details : public testing::Test {
 protected:
  std::unique_ptr<DiseaseModel> model = model_of(oligo_hcc_study("cohort: {OP: 0.5, OM: 0.5}"));
  Simulation s{*model, n};
  bool om(std::size_t i) const { return s.category("grp")[i] == 2; }

  template <class Is>
  void expect_share(bool in_om, double published, const Is& is, const std::string& what) const {
    expect_probability(share(n, is, [&](std::size_t i) { return om(i) == in_om; }), published,
                       what + (in_om ? " OM" : " OP"));
  }
};

TEST_F(Details, StatisticalLesionsInAll) {
  const auto group = s.category("total_lesions_group");
  const double op[] = {5.0 / 28, 18.0 / 28, 5.0 / 28};
  // The published 3 of 9 OM patients with one lesion would need untreated lesions in 1 of 4 with a solitary one; the
  // course has 0.33.
  const double om_single = 4.0 / 9 * (1 - 0.33), om[] = {om_single, 1 - om_single, 0};
  for (std::uint8_t level = 0; level < 3; ++level)
    for (const bool in_om : {false, true})
      expect_share(
          in_om, in_om ? om[level] : op[level], [&](std::size_t i) { return group[i] == level; }, "lesions in all");
  const auto total = s.number("total_lesions"), lesions = s.number("lesions"), untreated = s.number("untreated");
  for (std::size_t i = 0; i < n; ++i) {
    ASSERT_EQ(group[i], total[i] == 1 ? 0 : total[i] <= 5 ? 1 : 2);
    ASSERT_EQ(total[i] > lesions[i], untreated[i] == 1);
    ASSERT_GE(total[i], lesions[i]);
    ASSERT_LE(total[i], 10);
  }
}

TEST_F(Details, StatisticalSumOfAllDiameters) {
  const auto total = s.number("total_size_cm"), size = s.number("size_cm");
  expect_share(
      false, 0.5, [&](std::size_t i) { return total[i] < 4.45; }, "median of all diameters");
  // In OM both published medians are 4.60, which more lesions than those can only give by chance in 9 patients.
  const Share below = share(
      n, [&](std::size_t i) { return total[i] < 4.6; }, [&](std::size_t i) { return om(i); });
  EXPECT_LT(below.value, 0.5);
  EXPECT_GT(below.value, 0.45);
  for (std::size_t i = 0; i < n; ++i) {
    if (s.number("untreated")[i] == 1) {
      ASSERT_GE(total[i], size[i] + 0.1);
    } else {
      ASSERT_EQ(total[i], size[i]);
    }
    ASSERT_LE(total[i], 18.6);
  }
}

TEST_F(Details, StatisticalRegimens) {
  const auto regimen = s.category("regimen");
  const double op[] = {15.0 / 28, 11.0 / 28, 1.0 / 28, 1.0 / 28}, om[] = {5.0 / 9, 3.0 / 9, 1.0 / 9, 0};
  for (std::uint8_t level = 0; level < 4; ++level)
    for (const bool in_om : {false, true})
      expect_share(
          in_om, in_om ? om[level] : op[level], [&](std::size_t i) { return regimen[i] == level; },
          "regimen " + std::to_string(level));
  for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(regimen[i] == 0 || regimen[i] == 3, s.number("ici_targeted")[i] == 1);
}

TEST_F(Details, StatisticalPriorTreatments) {
  struct Published {
    const char* column;
    double op, om;
  };
  const Published all[] = {{"prior_intra_arterial", 14.0 / 28, 7.0 / 9},
                           {"prior_resection", 12.0 / 28, 6.0 / 9},
                           {"prior_radiotherapy", 14.0 / 28, 2.0 / 9},
                           {"prior_rfa", 8.0 / 28, 2.0 / 9},
                           {"prior_transplant", 3.0 / 28, 0}};
  for (const Published& p : all)
    for (const bool in_om : {false, true})
      expect_share(
          in_om, in_om ? p.om : p.op, [&](std::size_t i) { return s.number(p.column)[i] == 1; }, p.column);
  int several = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double kinds = 0;
    for (const Published& p : all) kinds += s.number(p.column)[i];
    ASSERT_EQ(kinds > 0, s.number("prior_local")[i] == 1);
    several += kinds > 1;
  }
  EXPECT_GT(several, 0.4 * n);
}

TEST(DetailsOfThePaper, StatisticalIntrahepaticLesions) {
  const auto model = model_of(oligo_hcc_study(published_mix));
  const Simulation s(*model, n);
  expect_probability(share(n, [&](std::size_t i) { return s.number("intrahepatic")[i] == 1; }), 22.0 / 37,
                     "intrahepatic lesions");
}

const char* const correlated =
    "disease: {model: oligo_hcc, baseline: {correlations: [{between: [ecog, afp_high], correlation: 0.5}, {between: "
    "[size_cm, ecog], correlation: -0.4}, {between: [prior_local, male], correlation: 0.3}]}}\n";

TEST(Correlation, StatisticalMarginsStayAndPairsAreBivariateNormal) {
  const auto model = model_of(std::string(published_visits) + correlated + "cohort: {OP: 1}\n");
  const auto plain = model_of(oligo_hcc_study("cohort: {OP: 1}\n"));
  const Simulation s(*model, n), independent(*plain, n);
  const auto ecog = s.number("ecog"), afp = s.number("afp_high"), size = s.number("size_cm");
  expect_probability(share(n, [&](std::size_t i) { return ecog[i] == 1; }), 13.0 / 28, "ecog");
  expect_probability(share(n, [&](std::size_t i) { return afp[i] == 1; }), 16.0 / 28, "afp");
  // P(both) of two normal scores with the correlation r above their cuts, integrated over the first.
  const auto both = [](double p, double q, double r) {
    const double a = normal_quantile(1 - p), b = normal_quantile(1 - q);
    double sum = 0;
    const double step = 1e-4;
    for (double x = a + step / 2; x < 9; x += step)
      sum += step * std::exp(-x * x / 2) / std::sqrt(2 * 3.14159265358979323846) *
             normal_cdf((r * x - b) / std::sqrt(1 - r * r));
    return sum;
  };
  expect_probability(share(n, [&](std::size_t i) { return ecog[i] == 1 && afp[i] == 1; }),
                     both(13.0 / 28, 16.0 / 28, 0.5), "ecog and afp");
  const auto sorted = [&] {
    std::vector<double> all(size.begin(), size.end());
    std::ranges::sort(all);
    return all;
  }();
  const double median = sorted[n / 2];
  EXPECT_LT(share(
                n, [&](std::size_t i) { return size[i] > median; }, [&](std::size_t i) { return ecog[i] == 1; })
                .value,
            0.42);
  // What is not correlated keeps its numbers; of a pair, so does the characteristic that comes first.
  for (const char* column : {"age", "late", "size_cm", "macrovascular_invasion"})
    EXPECT_TRUE(std::ranges::equal(s.number(column), independent.number(column))) << column;
  EXPECT_FALSE(std::ranges::equal(s.number("ecog"), independent.number("ecog")));
}

TEST(Correlation, PropertyContradictionsAreRefused) {
  const ReadModel read(std::string(published_visits) +
                       "disease: {model: oligo_hcc, baseline: {correlations: [{between: [ecog, male], correlation: "
                       "0.9}, {between: [age, male], correlation: 0.9}, {between: [ecog, age], correlation: -0.9}]}}");
  EXPECT_NE(read.problems.text().find("disease.baseline.correlations: contradict each other"), std::string::npos)
      << read.problems.text();
  const ReadModel same(std::string(published_visits) +
                       "disease: {model: oligo_hcc, baseline: {correlations: [{between: [ecog, ecog], correlation: "
                       "0.9}]}}");
  EXPECT_NE(same.problems.text().find("between: is not two characteristics"), std::string::npos);
}

}  // namespace
}  // namespace oligosim
