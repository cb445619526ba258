// Toxicity against the published table (Song et al. 2025, Table 3), and the copula against 64-point Gauss-Hermite
// quadrature.
#include <Eigen/Eigenvalues>
#include <map>
#include <numeric>

#include "engine/numeric/normal.hpp"
#include "models/disease/oligo_hcc/toxicity.hpp"
#include "tests/models/disease/disease_everything.hpp"

namespace oligosim {
namespace {

constexpr std::size_t n = 100000;

/// Nodes and weights for E g(F), F standard normal: eigenvalues of the Jacobi matrix (Golub and Welsch 1969).
struct GaussHermite {
  explicit GaussHermite(int points) {
    Eigen::MatrixXd jacobi = Eigen::MatrixXd::Zero(points, points);
    for (int k = 1; k < points; ++k) jacobi(k, k - 1) = jacobi(k - 1, k) = std::sqrt(k);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(jacobi);
    for (int k = 0; k < points; ++k)
      node.push_back(solver.eigenvalues()(k)), weight.push_back(std::pow(solver.eigenvectors()(0, k), 2));
  }
  template <class Function>
  double expectation(const Function& g) const {
    double sum = 0;
    for (std::size_t k = 0; k < node.size(); ++k) sum += weight[k] * g(node[k]);
    return sum;
  }
  std::vector<double> node, weight;
};

double given(double margin, double shared, double f) {
  return normal_cdf((normal_quantile(margin) + std::sqrt(shared) * f) / std::sqrt(1 - shared));
}

double union_of(const ToxicityPeriod& period, double shared) {
  return 1 - GaussHermite(64).expectation([&](double f) {
    double none = 1;
    for (const ToxicityTerm& term : period.terms) none *= 1 - given(term.any_grade, shared, f);
    return none;
  });
}

// The levels stand for a normal factor: its shared variance is 0.1629 early and 0.4145 late.
TEST(ToxicityCopula, OracleLevelsAsANormalFactorByGaussHermite) {
  const ToxicityParameters parameters;
  EXPECT_NEAR(union_of(parameters.early, 0.1629), 36.0 / 37, 5e-5);
  EXPECT_NEAR(union_of(parameters.late, 0.4145), 20.0 / 37, 5e-5);
  EXPECT_NEAR(union_of(parameters.early, 0), 0.9961, 0.00005);
  const ToxicityCopula early(parameters.early), late(parameters.late);
  EXPECT_NEAR(early.shared_variance(), 0.1629, 0.002);  // in steps it varies a little less
  EXPECT_NEAR(late.shared_variance(), 0.4145, 0.002);
  constexpr std::size_t levels = ToxicityCopula::levels;
  const auto expect_levels = [](const ToxicityCopula& copula, const ToxicityPeriod& period, double shared) {
    for (std::size_t l = 0; l < levels; ++l)
      for (std::size_t k = 0; k < copula.terms(); ++k) {
        const double f = normal_quantile((static_cast<double>(l) + 0.5) / levels);
        EXPECT_NEAR(copula.at_level(k)[l], given(period.terms[k].any_grade, shared, f), 0.005) << l;
      }
  };
  expect_levels(early, parameters.early, 0.1629);
  expect_levels(late, parameters.late, 0.4145);
}

TEST(ToxicityCopula, PropertyMarginsAndUnionsAreExact) {
  const ToxicityParameters parameters;
  // Rare and frequent ones, which much in common leaves to a few levels.
  ToxicityPeriod extreme{.any_grade = 0.03};
  for (const double share : {0.0, 0.0005, 0.003, 0.01, 0.015, 0.02})
    extreme.terms.push_back({"term", share, {share / 2, 0}});
  extreme.grade_3 = {ToxicityCopula(extreme).grade_3().op, 0};
  ToxicityPeriod frequent{.any_grade = 0.9995};
  for (const double share : {0.985, 0.99, 0.999}) frequent.terms.push_back({"term", share, {}});
  for (const ToxicityPeriod& period : {parameters.early, parameters.late, extreme, frequent}) {
    const ToxicityCopula copula(period);
    double any = 0;
    for (std::size_t l = 0; l < ToxicityCopula::levels; ++l) {
      double none = 1;
      for (std::size_t k = 0; k < copula.terms(); ++k) none *= 1 - copula.at_level(k)[l];
      any += (1 - none) / ToxicityCopula::levels;
    }
    EXPECT_NEAR(any, period.any_grade, 1e-12);
    EXPECT_NEAR(copula.any_grade(), period.any_grade, 1e-12);
    EXPECT_NEAR(copula.grade_3().op, period.grade_3.op, 1e-12);
    EXPECT_NEAR(copula.grade_3().om, period.grade_3.om, 1e-12);
    for (std::size_t k = 0; k < copula.terms(); ++k) {
      const std::span<const double> chance = copula.at_level(k);
      const double mean = std::accumulate(chance.begin(), chance.end(), 0.0) / ToxicityCopula::levels;
      EXPECT_NEAR(mean, period.terms[k].any_grade, 1e-14) << period.terms[k].name;
    }
  }
}

class Toxicity : public testing::Test {
 protected:
  std::unique_ptr<DiseaseModel> model = model_of(oligo_hcc_study(published_mix));
  Everything s{*model, n, 5};

  Share grade(const std::string& name, double least, double most, const char* cohort = "") const {
    const std::vector<double> all = s.findings(name);
    const std::string of = cohort;
    return share(
        n, [&](std::size_t i) { return all[i] >= least && all[i] <= most; },
        [&](std::size_t i) {
          const bool om = s.category("grp")[i] == 2;
          return !std::isnan(all[i]) && (of.empty() || om == (of == "OM"));
        });
  }
};

TEST_F(Toxicity, StatisticalPublishedMargins) {
  using Counts = std::pair<double, double>;  // any grade and grade 3, of 37
  const std::map<std::string, Counts> published{{"fatigue_early", {10, 0}},
                                                {"nausea_early", {14, 0}},
                                                {"proteinuria_early", {8, 0}},
                                                {"hypothyroidism_early", {1, 0}},
                                                {"hand_foot_syndrome_early", {4, 2}},
                                                {"leukopenia_early", {16, 0}},
                                                {"neutropenia_early", {4, 1}},
                                                {"lymphopenia_early", {29, 11}},
                                                {"anemia_early", {8, 0}},
                                                {"thrombocytopenia_early", {15, 0}},
                                                {"alt_increased_early", {7, 0}},
                                                {"ast_increased_early", {13, 1}},
                                                {"bilirubin_increased_early", {17, 0}},
                                                {"esophagitis_early", {1, 0}},
                                                {"abdominal_pain_early", {1, 0}},
                                                {"diarrhea_early", {3, 1}},
                                                {"pneumonitis_late", {6, 0}},
                                                {"colitis_late", {1, 0}},
                                                {"lymphopenia_late", {15, 1}},
                                                {"anemia_late", {5, 1}},
                                                {"bilirubin_increased_late", {7, 0}}};
  for (const auto& [name, counts] : published) {
    expect_probability(grade(name, 1, 3), counts.first / 37, name + ", any grade");
    expect_probability(grade(name, 3, 3), counts.second / 37, name + ", grade 3");
    expect_probability(grade(name, 2, 2), (counts.first - counts.second) / 74, name + ", grade 2");
  }
}

TEST_F(Toxicity, StatisticalPublishedShareOfPatients) {
  const auto expect = [&](const Share& seen, double published, const char* what) {
    EXPECT_NEAR(seen.value, published, 0.01) << what;
    expect_probability(seen, published, what);
  };
  expect(grade("toxicity_early", 1, 3), 36.0 / 37, "any early");
  expect(grade("toxicity_late", 1, 3), 20.0 / 37, "any late");
  expect(grade("toxicity_early", 3, 3), 15.0 / 37, "grade 3 early");
  expect(grade("toxicity_late", 3, 3), 2.0 / 37, "grade 3 late");
  expect(grade("toxicity_early", 3, 3, "OP"), 10.0 / 28, "grade 3 after SBRT, OP");
  expect(grade("lymphopenia_early", 3, 3, "OP"), 7.0 / 28, "grade 3 lymphopenia after SBRT, OP");
  expect(grade("toxicity_before", 1, 2), 16.0 / 28, "grade 1-2 before SBRT");
  expect(grade("toxicity_before", 3, 3), 1.0 / 28, "grade 3 before SBRT");
  expect(grade("discontinued", 1, 1), 6.0 / 37, "discontinued");
  // 27 of 28 in OP with 36 of 37 in all would need all 9 in OM, which Table 3's margins exclude.
  EXPECT_NEAR(grade("minor_toxicity_early", 1, 1, "OP").value, 27.0 / 28, 0.01);
}

TEST_F(Toxicity, PropertyGradesAgreeWithWorstAndWithFollowUp) {
  std::vector<std::string> early, late;
  for (const Finding& f : model->findings()) {
    const std::string& name = f.column.name;
    if (name.ends_with("_early") && name != "toxicity_early" && name != "minor_toxicity_early") early.push_back(name);
    if (name.ends_with("_late") && name != "toxicity_late") late.push_back(name);
  }
  ASSERT_EQ(early.size(), 16);
  ASSERT_EQ(late.size(), 5);
  std::map<std::string, std::vector<double>> all;
  for (const Finding& f : model->findings()) all[f.column.name] = s.findings(f.column.name);
  int died_early = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double os = s.day("os")[i];
    double worst_early = 0, worst_late = 0;
    bool minor = false;
    for (const std::string& name : early) {
      const double g = all[name][i];
      ASSERT_TRUE(g == 0 || g == 1 || g == 2 || g == 3);
      worst_early = std::max(worst_early, g);
      minor = minor || g == 1 || g == 2;
    }
    ASSERT_EQ(all["toxicity_early"][i], worst_early);
    ASSERT_EQ(all["minor_toxicity_early"][i], minor);
    ASSERT_EQ(s.known_from("toxicity_early", i), std::min(90.0, os));
    const bool has_late = os > 90;
    died_early += !has_late;
    for (const std::string& name : late) {
      ASSERT_EQ(std::isnan(all[name][i]), !has_late) << name;
      if (has_late) worst_late = std::max(worst_late, all[name][i]);
    }
    if (has_late) {
      ASSERT_EQ(all["toxicity_late"][i], worst_late);
      ASSERT_EQ(s.known_from("toxicity_late", i), 91);
    }
    ASSERT_EQ(std::isnan(all["toxicity_before"][i]), s.category("grp")[i] == 2);
  }
  EXPECT_GT(died_early, 50);
}

TEST(ToxicitySampler, PropertyFindingsLeftOutChangeNoOther) {
  const ToxicitySampler sampler{ToxicityParameters()};
  const std::size_t findings = sampler.findings().size(), patients = 203;
  const std::vector<std::uint8_t> grp(patients), arm(patients);
  const std::vector<double> death_day(patients, 1000);
  const std::vector<ArmHazards> arms(1);
  Arena arena;
  const auto sample = [&](auto wanted) {
    const std::span<Steps> steps = arena.take<Steps>(findings, Steps{});
    for (std::size_t k = 0; k < findings; ++k)
      if (wanted(k)) steps[k] = {arena.take<double>(patients), arena.take<double>(patients)};
    sampler.sample(Streams(1, 1), grp, arm, arms, death_day, steps, {}, arena);
    return steps;
  };
  const std::span<const Steps> all = sample([](std::size_t) { return true; });
  for (std::size_t only = 0; only < findings; ++only) {
    const Steps alone = sample([&](std::size_t k) { return k == only; })[only];
    EXPECT_TRUE(std::ranges::equal(alone.value, all[only].value)) << only;
    EXPECT_TRUE(std::ranges::equal(alone.day, all[only].day)) << only;
  }
}

TEST(ToxicityEffect, StatisticalAnArmScalesItsOwnProbabilities) {
  const auto plain = model_of(oligo_hcc_study("cohort: {OP: 1}\narms: {systemic: {without_sbrt: true}, sbrt: {}}\n"));
  const auto scaled = model_of(
      oligo_hcc_study("cohort: {OP: 1}\narms: {systemic: {without_sbrt: true, effects: {toxicity: {any_grade: 0.6, "
                      "grade_3: 0.1}}}, sbrt: {}}\n"));
  const Everything a(*plain, n, 3, 1, 0, 2), b(*scaled, n, 3, 1, 0, 2);
  const std::vector<double> before = a.findings("lymphopenia_early"), after = b.findings("lymphopenia_early");
  for (std::size_t i = 0; i < n; ++i) {
    if (i % 2 == 1) {
      ASSERT_EQ(before[i], after[i]);
    }
    ASSERT_LE(after[i], before[i]);
  }
  const auto control = [](std::size_t i) { return i % 2 == 0; };
  expect_probability(share(
                         n, [&](std::size_t i) { return after[i] > 0; }, control),
                     0.6 * 29 / 37, "any grade");
  expect_probability(share(
                         n, [&](std::size_t i) { return after[i] == 3; }, control),
                     0.1 * 7 / 28, "grade 3");
}

TEST(ToxicityInput, PropertyWhatCannotBeIsRefused) {
  const auto said = [](const std::string& toxicity) {
    const ReadModel read(std::string(published_visits) + "disease: {model: oligo_hcc, toxicity: {" + toxicity + "}}");
    return read.problems.text();
  };
  EXPECT_EQ(said("early: {any_grade: 0.9, grade_3: {OP: 0.3, OM: 0.3}, terms: {pain: {any_grade: 0.7, grade_3: {OP: "
                 "0.3, OM: 0.3}}, cough: {any_grade: 0.72}}}"),
            "");
  EXPECT_NE(said("early: {any_grade: 0.999}").find("disease.toxicity.early.any_grade: cannot be the share"),
            std::string::npos);
  EXPECT_NE(said("early: {any_grade: 0.5}").find("disease.toxicity.early.any_grade: cannot be the share"),
            std::string::npos);
  EXPECT_NE(said("early: {grade_3: {OP: 0.6}}").find("disease.toxicity.early.grade_3: cannot be the share"),
            std::string::npos);
  EXPECT_NE(said("late: {terms: {colitis: {any_grade: 0.5, grade_3: {OP: 0.6}}}}").find("grade_3: is above any_grade"),
            std::string::npos);
  EXPECT_NE(said("late: {any_grade: 0.5, grade_3: {OP: 0, OM: 0}, terms: {toxicity: {any_grade: 0.5}}}")
                .find("terms.toxicity: is the name of another column"),
            std::string::npos);
  EXPECT_NE(said("before_sbrt: {grade_3: 0.9}").find("before_sbrt.grade_1_2: and grade_3 exceed 1"), std::string::npos);
}

TEST(ToxicityInput, PropertyTermsAreTheUsersOwn) {
  const auto model = model_of(std::string(published_visits) +
                              "disease: {model: oligo_hcc, toxicity: {late: {any_grade: 0.5, grade_3: {OP: 0, OM: 0}, "
                              "terms: {cough: {any_grade: 0.5}}}}}");
  const Everything s(*model, n);
  const std::vector<double> cough = s.findings("cough_late");
  expect_probability(
      share(
          n, [&](std::size_t i) { return cough[i] > 0; }, [&](std::size_t i) { return !std::isnan(cough[i]); }),
      0.5, "cough");
}

}  // namespace
}  // namespace oligosim
