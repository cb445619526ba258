// Closed forms of the survival models against R, and simulated patients against a second simulation.
#include <gmock/gmock.h>

#include <random>

#include "engine/numeric/normal.hpp"
#include "models/disease/illness_death/model.hpp"
#include "tests/models/disease/disease_support.hpp"
#include "tests/models/kolmogorov.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

constexpr std::size_t n = 100000;

/// A model and the arm that a case of the reference file is about.
struct Case {
  const char* name;
  std::uint8_t arm;
};

const char* const weibull = "disease: {os: {median_months: 10, shape: 1.4}}\n";
const char* const hazards =
    "disease: {model: illness_death, hazards_per_month: {progression: 0.1, death_before_progression: 0.02, "
    "death_after_progression: 0.08}}\n";
const std::string late_effect = "effects: {progression: {hazard_ratio: 0.5, from_month: 4}}";

std::vector<std::pair<Case, std::unique_ptr<DiseaseModel>>> cases() {
  std::vector<std::pair<Case, std::unique_ptr<DiseaseModel>>> all;
  const auto add = [&](const char* name, const std::string& study, std::uint8_t arm) {
    all.emplace_back(Case{name, arm}, model_of(study));
  };
  add("weibull", weibull, 0);
  add("cure", "disease: {os: {median_months: 10, shape: 1.4, cured: 0.3}}\n", 0);
  add("time_ratio", std::string(weibull) + "arms: {a: {}, b: {effects: {os: {time_ratio: 1.5}}}}\n", 1);
  add("crossing",
      std::string(weibull) +
          "arms: {a: {}, b: {effects: {os: {hazard_ratio: [{from_month: 0, ratio: 1.6}, "
          "{from_month: 5, ratio: 0.5}]}}}}\n",
      1);
  add("illness_death", hazards, 0);
  add("illness_death_late_effect", std::string(hazards) + "arms: {a: {}, b: {" + late_effect + "}}\n", 1);
  add("illness_death_crossover",
      std::string(hazards) + "arms: {a: {}, b: {" + late_effect + ", crossover: {share: 0.4, hazard_ratio: 0.6}}}\n",
      1);
  return all;
}

TEST(SurvivalModels, ReferenceClosedForms) {
  const test::ReferenceTable reference("survival_models.csv");
  std::size_t compared = 0;
  for (const auto& [c, model] : cases())
    for (std::size_t row = 0; row < reference.size(); ++row) {
      if (reference.text(row, "case") != c.name) continue;
      const auto form = model->distribution(c.arm, reference.text(row, "endpoint"));
      ASSERT_TRUE(form) << c.name;
      const double month = reference.number(row, "month");
      EXPECT_TRUE(test::close(form->survival(month), reference.number(row, "survival"), 1e-9))
          << reference.describe(row);
      EXPECT_TRUE(test::close(form->density(month), reference.number(row, "density"), 1e-9)) << reference.describe(row);
      ++compared;
    }
  EXPECT_EQ(compared, reference.size());
}

TEST(SurvivalModels, StatisticalPatientsFollowTheClosedForms) {
  for (const auto& [c, model] : cases()) {
    const Simulation s(*model, n, 5, 1, c.arm);
    for (const Endpoint& endpoint : model->endpoints()) {
      const auto form = model->distribution(c.arm, endpoint.name);
      if (form) {
        EXPECT_LT(kolmogorov(s.day(endpoint.name), form->survival), kolmogorov_limit) << c.name << endpoint.name;
      }
    }
  }
}

TEST(SurvivalModels, OracleMediansAndScale) {
  const auto at = [](const std::string& os, double month) {
    return model_of("disease: {os: {" + os + "}}")->distribution(0, "os")->survival(month);
  };
  EXPECT_NEAR(at("median_months: 7, shape: 0.8", 7), 0.5, 1e-14);
  EXPECT_NEAR(at("scale_months: 9, shape: 2.5", 9), std::exp(-1.0), 1e-14);
  EXPECT_NEAR(at("survival: {at_months: 24, probability: 0.4}, shape: 1.7, cured: 0.1", 24), 0.4, 1e-14);
  const auto cure = model_of(
      "disease: {os: {scale_months: 9, shape: 2, cured: 0.1}}\n"
      "arms: {a: {}, b: {effects: {os: {cured: 0.4}}}, c: {effects: {os: {cured: 0.4, hazard_ratio: 0.5}}}}\n");
  EXPECT_NEAR(cure->distribution(1, "os")->survival(6), 0.4 + 0.6 * std::exp(-4.0 / 9), 1e-14);
  EXPECT_NEAR(cure->distribution(2, "os")->survival(6), 0.4 + 0.6 * std::exp(-2.0 / 9), 1e-14);
}

double correlation(std::span<const double> x, std::span<const double> y) {
  const auto mean = [](std::span<const double> v) {
    double sum = 0;
    for (const double value : v) sum += value;
    return sum / static_cast<double>(v.size());
  };
  const double a = mean(x), b = mean(y);
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    xx += (x[i] - a) * (x[i] - a), yy += (y[i] - b) * (y[i] - b), xy += (x[i] - a) * (y[i] - b);
  return xy / std::sqrt(xx * yy);
}

class Solved : public testing::TestWithParam<std::tuple<double, double, double>> {};

// Correlation of independent parts PFS and survival after progression, and the curve itself, solved or not.
TEST_P(Solved, StatisticalMediansAndCorrelation) {
  const auto [pfs, os, wanted] = GetParam();
  const auto text = [](double x) { return std::to_string(x); };
  const auto model = model_of("disease: {model: illness_death, pfs: {median_months: " + text(pfs) +
                              "}, os: {median_months: " + text(os) + "}, correlation: " + text(wanted) + "}");
  EXPECT_NEAR(model->distribution(0, "pfs")->survival(pfs), 0.5, 1e-12);
  EXPECT_NEAR(model->distribution(0, "os")->survival(os), 0.5, 1e-12);
  const std::vector<SolvedValue> h = model->solved();
  ASSERT_EQ(h.size(), 3u);
  EXPECT_NEAR(pfs_os_correlation({0, h[0].value, h[1].value, h[2].value}), wanted, 1e-12);
  // Correlations of parts of the patients: their mean has the Monte Carlo error of their spread.
  double sum = 0, squares = 0;
  constexpr int parts = 40;
  for (std::uint32_t k = 1; k <= parts; ++k) {
    const Simulation s(*model, 5000, 9, k);
    const double r = correlation(s.day("pfs"), s.day("os"));
    sum += r, squares += r * r;
  }
  const double mean = sum / parts, error = std::sqrt((squares / parts - mean * mean) / (parts - 1));
  EXPECT_LT(error, 0.01);
  EXPECT_NEAR(mean, wanted, 4 * error + 0.001);  // a sample correlation is biased by about 1/n
}

INSTANTIATE_TEST_SUITE_P(IllnessDeath, Solved,
                         testing::Values(std::tuple{5.2, 12.0, 0.5}, std::tuple{5.2, 14.0, 0.6},
                                         std::tuple{11.2, 32.6, 0.3}, std::tuple{4.0, 6.0, 0.8}));

TEST(IllnessDeath, MistakesHaveTheirPlace) {
  const auto told = [](const std::string& text) {
    return ReadModel("disease: {model: illness_death, " + text, 160).problems.text();
  };
  const std::string medians = "pfs: {median_months: 6}, os: {median_months: 12}";
  EXPECT_EQ(told(medians + ", correlation: 0.5}\n"), "");
  EXPECT_THAT(told("pfs: {median_months: 6}, os: {median_months: 6}, correlation: 0.5}\n"),
              testing::HasSubstr("os: has a median that is not above that of pfs (6 months)"));
  EXPECT_THAT(told("pfs: {median_months: 6}, os: {median_months: 60}, correlation: 0.9}\n"),
              testing::HasSubstr("does not go with the correlation 0.9 (above 6 and at most "));
  EXPECT_THAT(told("pfs: {median_months: 6}, os: {median_months: 60}, death_first: 0.6}\n"),
              testing::HasSubstr("has a median that is never reached, as so many die before they progress"));
  EXPECT_THAT(
      told("hazards_per_month: {progression: 0.1, death_before_progression: 0.02, death_after_progression: 0.08}}\n"
           "arms: {a: {}, b: {effects: {pfs: {median_months: 8}}}}\n"),
      testing::HasSubstr("pfs: has a median of its own, but the disease is not given by medians"));
  EXPECT_THAT(told(medians + ", correlation: 0.5, known_at: visit}\n"),
              testing::HasSubstr("known_at: is visit, but there are no trial.visits"));
}

TEST(IllnessDeath, OracleShareOfDeathsAmongPfsEvents) {
  const auto model = model_of(
      "disease: {model: illness_death, pfs: {median_months: 5.2}, os: {median_months: 12}, death_first: 0.15}\n"
      "arms: {a: {}, b: {effects: {pfs: {median_months: 8}, os: {median_months: 15}}}}\n");
  EXPECT_NEAR(model->distribution(0, "os")->survival(12), 0.5, 1e-12);
  EXPECT_NEAR(model->distribution(1, "pfs")->survival(8), 0.5, 1e-12);
  EXPECT_NEAR(model->distribution(1, "os")->survival(15), 0.5, 1e-12);
  for (const std::uint8_t arm : {std::uint8_t{0}, std::uint8_t{1}}) {
    const Simulation s(*model, n, 5, 1, arm);
    const Share deaths = share(n, [&](std::size_t i) { return s.day("progression")[i] == never; });
    EXPECT_NEAR(deaths.value, 0.15, 4 * deaths.mcse());
  }
}

/// What a second, plain simulation with another generator says of patients with everything that the model has.
struct Naive {
  double pfs_12 = 0, os_18 = 0, discontinued = 0, new_therapy = 0, before_progression = 0;
};

Naive naive_simulation(std::size_t patients, double visit_every) {
  std::mt19937_64 random(77);
  std::exponential_distribution<double> unit(1);
  std::uniform_real_distribution<double> uniform(0, 1);
  Naive sum;
  constexpr double step = 1.0 / 512;  // of a month: the course is walked through
  for (std::size_t i = 0; i < patients; ++i) {
    const double stop = unit(random) / (-std::log(0.7) / 6);
    double t = 0, death = 0, progressed = never;
    while (true) {  // until death
      const double seen = progressed < never ? std::ceil(progressed / visit_every) * visit_every : never;
      double hazard = progressed < never ? 0.08 : 0.02;
      if (progressed == never && uniform(random) < 0.1 * (t >= stop ? 1.8 : 1) * step) progressed = t;
      if (progressed < never && t >= seen && std::fmod(static_cast<double>(i), 10) < 4) hazard *= 0.5;  // crossed over
      if (uniform(random) < hazard * step) break;
      t += step;
    }
    death = t;
    double known = progressed < never ? std::ceil(progressed / visit_every) * visit_every : never;
    if (known > death) known = never;
    const bool stopped = stop < std::min(known, death);
    const bool early = stopped && uniform(random) < 0.25;
    const bool crossed = known < never && std::fmod(static_cast<double>(i), 10) < 4;
    sum.pfs_12 += std::min(known, death) > 12;
    sum.os_18 += death > 18;
    sum.discontinued += stopped;
    sum.new_therapy += early || crossed;
    sum.before_progression += early;
  }
  for (double* value : {&sum.pfs_12, &sum.os_18, &sum.discontinued, &sum.new_therapy, &sum.before_progression})
    *value /= static_cast<double>(patients);
  return sum;
}

TEST(IllnessDeath, StatisticalAgainstASecondSimulation) {
  const auto model = model_of(std::string("visits: {months: [2], then_every_months: 2}\n") +
                              "disease: {model: illness_death, known_at: visit, hazards_per_month: {progression: 0.1, "
                              "death_before_progression: 0.02, death_after_progression: 0.08}}\n"
                              "arms: {a: {crossover: {share: 0.4, hazard_ratio: 0.5}, discontinuation: {probability: "
                              "0.3, by_month: 6, hazard_ratio: 1.8, new_therapy: 0.25}}}\n");
  EXPECT_FALSE(model->distribution(0, "pfs"));
  EXPECT_FALSE(model->distribution(0, "os"));
  const std::size_t patients = 20000;
  const Naive naive = naive_simulation(patients, 2);
  const Simulation s(*model, n);
  const auto pfs = s.day("pfs"), os = s.day("os"), stop = s.day("discontinued"), other = s.day("new_therapy");
  const auto agrees = [&](const char* what, const std::function<bool(std::size_t)>& is, double expected) {
    const Share mine = share(n, is);
    const double error = std::sqrt(mine.value * (1 - mine.value) * (1.0 / n + 1.0 / patients));
    EXPECT_NEAR(mine.value, expected, 4 * error) << what;
  };
  agrees(
      "pfs", [&](std::size_t i) { return pfs[i] > 360; }, naive.pfs_12);
  agrees(
      "os", [&](std::size_t i) { return os[i] > 540; }, naive.os_18);
  agrees(
      "discontinued", [&](std::size_t i) { return stop[i] < never; }, naive.discontinued);
  agrees(
      "new therapy", [&](std::size_t i) { return other[i] < never; }, naive.new_therapy);
  agrees(
      "before progression", [&](std::size_t i) { return other[i] < pfs[i]; }, naive.before_progression);
  for (std::size_t i = 0; i < n; ++i) {
    ASSERT_LE(pfs[i], os[i]);
    ASSERT_TRUE(stop[i] == never || stop[i] < pfs[i]);
    ASSERT_TRUE(other[i] == never || other[i] == s.day("progression")[i] || other[i] == stop[i]);
  }
}

TEST(IllnessDeath, StatisticalResponseAndItsAssociationWithPfs) {
  const auto model = model_of(std::string(hazards).substr(0, std::string(hazards).size() - 2) +
                              ", response: {probability: 0.3, median_months: 2, log_sd: 0.5, correlation: 0.7}}\n"
                              "arms: {a: {}, b: {effects: {response: {probability: 0.5}}}}\n");
  for (const std::uint8_t arm : {std::uint8_t{0}, std::uint8_t{1}}) {
    const double p = arm == 0 ? 0.3 : 0.5;
    const Simulation s(*model, n, 3, 1, arm);
    const auto responds = [&](std::size_t i) { return s.success("response")[i] < never; };
    EXPECT_NEAR(share(n, responds).value, p, 4 * std::sqrt(p * (1 - p) / n));
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_TRUE(!responds(i) || s.success("response")[i] <= s.day("pfs")[i]);
    }
    // Responders still free of progression at month 12: an orthant of the normal pair, by the trapezoidal rule, as
    // death before progression is independent of both.
    const double late = normal_quantile(1 - std::exp(-0.1 * 12)), above = -normal_quantile(p);
    double sum = 0, step = 1e-3;
    for (double z = late; z < late + 10; z += step) {
      const auto f = [&](double x) {
        return std::exp(-x * x / 2) / std::sqrt(2 * M_PI) * normal_cdf((0.7 * x - above) / std::sqrt(1 - 0.49));
      };
      sum += (f(z) + f(z + step)) / 2 * step;
    }
    const double expected = sum * std::exp(-0.02 * 12);
    const Share both = share(n, [&](std::size_t i) { return responds(i) && s.day("pfs")[i] > 360; });
    EXPECT_NEAR(both.value, expected, 4 * both.mcse());
  }
}

}  // namespace
}  // namespace oligosim
