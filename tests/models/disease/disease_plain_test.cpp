// Plain survival models against their closed forms.
#include "tests/models/disease/disease_support.hpp"
#include "tests/models/kolmogorov.hpp"

namespace oligosim {
namespace {

constexpr std::size_t n = 100000;

class Forms : public testing::TestWithParam<const char*> {};

TEST_P(Forms, StatisticalTimesFollowTheClosedForm) {
  const auto model = model_of(std::string("disease: {os: {") + GetParam() +
                              "}}\narms: {a: {}, b: {effects: {os: {hazard_ratio: 0.6, from_month: 3}}}}\n");
  for (const std::uint8_t arm : {std::uint8_t{0}, std::uint8_t{1}}) {
    const Simulation s(*model, n, 5, 1, arm);
    const auto form = model->distribution(arm, "os");
    ASSERT_TRUE(form);
    EXPECT_LT(kolmogorov(s.day("os"), form->survival), kolmogorov_limit);
  }
}

INSTANTIATE_TEST_SUITE_P(Plain, Forms,
                         testing::Values("median_months: 10", "hazard_per_month: 0.1",
                                         "survival: {at_months: 24, probability: 0.4}",
                                         "piecewise: [{from_month: 0, hazard_per_month: 0.02}, {from_month: 6, "
                                         "hazard_per_month: 0.3}, {from_month: 12, hazard_per_month: 0.05}]",
                                         "median_months: 10, cured: 0.3"));

TEST(PlainSurvival, ReferenceClosedForms) {
  const auto model = model_of(
      "disease: {os: {median_months: 10}, pfs: {survival: {at_months: 6, probability: 0.7}, cured: 0.2}}\n"
      "arms: {a: {}, b: {effects: {os: {hazard_ratio: 0.7, from_month: 4}, pfs: {median_months: 9}}}}\n");
  const double rate = std::log(2.0) / 10;
  EXPECT_NEAR(model->distribution(0, "os")->survival(10), 0.5, 1e-15);
  EXPECT_NEAR(model->distribution(0, "os")->density(3), rate * std::exp(-3 * rate), 1e-15);
  EXPECT_NEAR(model->distribution(1, "os")->survival(9), std::exp(-4 * rate - 0.7 * 5 * rate), 1e-15);
  EXPECT_NEAR(model->distribution(1, "os")->density(9), 0.7 * rate * std::exp(-4 * rate - 0.7 * 5 * rate), 1e-15);
  EXPECT_EQ(model->distribution(1, "os")->breaks, std::vector<double>{4});
  EXPECT_NEAR(model->distribution(0, "pfs")->survival(6), 0.7, 1e-15);
  EXPECT_NEAR(model->distribution(0, "pfs")->survival(1e6), 0.2, 1e-15);
  EXPECT_NEAR(model->distribution(1, "pfs")->survival(9), 0.5, 1e-15);
  EXPECT_FALSE(model->distribution(0, "nothing"));
}

TEST(PlainSurvival, StatisticalEndpointsAndOutcomesAreIndependent) {
  const auto model = model_of(
      "disease: {a: {median_months: 5}, b: {median_months: 10}, c: {median_months: 8}, outcomes: {response: "
      "{probability: "
      "0.4}, control: {probability: 0.7}}}");
  const Simulation s(*model, n);
  const auto late = [&](const char* name, double median) {
    return share(n, [&, days = s.day(name)](std::size_t i) { return days[i] > median * 30; });
  };
  EXPECT_NEAR(late("a", 5).value, 0.5, 4 * 0.5 / std::sqrt(n));
  const auto joint = [&](const std::function<bool(std::size_t)>& x, const std::function<bool(std::size_t)>& y,
                         double p) {
    const Share both = share(n, [&](std::size_t i) { return x(i) && y(i); });
    EXPECT_NEAR(both.value, p, 4 * std::sqrt(p * (1 - p) / n));
  };
  const auto a = [&](std::size_t i) { return s.day("a")[i] > 150; };
  const auto b = [&](std::size_t i) { return s.day("b")[i] > 300; };
  const auto c = [&](std::size_t i) { return s.day("c")[i] > 240; };
  const auto response = [&](std::size_t i) { return s.success("response")[i] < never; };
  const auto control = [&](std::size_t i) { return s.success("control")[i] < never; };
  joint(a, b, 0.25), joint(a, c, 0.25), joint(b, c, 0.25), joint(a, response, 0.2), joint(response, control, 0.28);
}

TEST(PlainSurvival, StatisticalOutcomeOfAnArm) {
  const auto model = model_of(
      "disease: {os: {median_months: 5}, outcomes: {response: {probability: 0.4, known_months: 2}}}\n"
      "arms: {a: {}, b: {effects: {response: {probability: 0.6}}}}\n");
  EXPECT_EQ(model->probability(0, "response"), 0.4);
  EXPECT_EQ(model->probability(1, "response"), 0.6);
  EXPECT_FALSE(model->probability(1, "os"));
  for (const std::uint8_t arm : {std::uint8_t{0}, std::uint8_t{1}}) {
    const Simulation s(*model, n, 1, 1, arm);
    const double p = *model->probability(arm, "response");
    const Share success = share(n, [&](std::size_t i) { return s.success("response")[i] == 60; });
    EXPECT_NEAR(success.value, p, 4 * std::sqrt(p * (1 - p) / n));
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_EQ(s.evaluable("response")[i], 60);
    }
  }
}

TEST(PlainSurvival, StatisticalCovariateMultipliesTheHazard) {
  const auto model = model_of(
      "disease: {os: {median_months: 10}, covariates: {line: {values: [1, 2], probability: [0.3, 0.7], hazard_ratio: "
      "1.5}}}");
  EXPECT_FALSE(model->distribution(0, "os"));
  EXPECT_EQ(model->baseline()[0].values, (std::vector<double>{1, 2}));
  const Simulation s(*model, n);
  const auto line = s.number("line");
  const Share second = share(n, [&](std::size_t i) { return line[i] == 2; });
  EXPECT_NEAR(second.value, 0.7, 4 * second.mcse());
  const double rate = std::log(2.0) / 10;
  for (const double value : {1.0, 2.0}) {
    std::vector<double> days;
    for (std::size_t i = 0; i < n; ++i)
      if (line[i] == value) days.push_back(s.day("os")[i]);
    const double ratio = value == 2 ? 1.5 : 1;
    EXPECT_LT(kolmogorov(days, [&](double t) { return std::exp(-rate * ratio * t); }), kolmogorov_limit);
  }
}

TEST(PlainSurvival, PropertyVisitsAndWholeDays) {
  const std::string visits = "visits: {months: [2, 4, 8], then_every_months: 4}\n";
  const auto exact = model_of(visits + "disease: {pfs: {median_months: 6}}");
  const auto seen = model_of(visits + "disease: {pfs: {median_months: 6, known_at: visit}}");
  const auto whole = model_of("disease: {pfs: {median_months: 6}, whole_days: true}");
  EXPECT_FALSE(seen->distribution(0, "pfs"));
  EXPECT_FALSE(whole->distribution(0, "pfs"));
  EXPECT_TRUE(whole->whole_days());
  EXPECT_FALSE(exact->whole_days());
  const Simulation a(*exact, 5000), b(*seen, 5000), c(*whole, 5000);
  const double plan[] = {60, 120, 240};
  for (std::size_t i = 0; i < 5000; ++i) {
    const double day = a.day("pfs")[i];
    double expected = 240;
    for (const double visit : plan)
      if (visit >= day) expected = std::min(expected, visit);
    if (day > 240) expected = 240 + std::ceil((day - 240) / 120) * 120;
    ASSERT_EQ(b.day("pfs")[i], expected);
    ASSERT_EQ(c.day("pfs")[i], std::ceil(day));
  }
}

TEST(PlainSurvival, PropertyAnArmsEffectMovesNoOtherArm) {
  const std::string disease = "disease: {os: {median_months: 10}, pfs: {median_months: 5}}\n";
  const auto none = model_of(disease + "arms: {a: {}, b: {}}\n");
  const auto one = model_of(disease + "arms: {a: {}, b: {effects: {os: {hazard_ratio: 1}}}}\n");
  const auto half = model_of(disease + "arms: {a: {}, b: {effects: {os: {hazard_ratio: 0.5, from_month: 6}}}}\n");
  const Simulation x(*none, 4000, 1, 1, 0, 2), y(*one, 4000, 1, 1, 0, 2), z(*half, 4000, 1, 1, 0, 2);
  EXPECT_TRUE(std::ranges::equal(x.day("os"), y.day("os")));
  EXPECT_TRUE(std::ranges::equal(x.day("pfs"), z.day("pfs")));
  for (std::size_t i = 0; i < 4000; ++i) {
    const double before = x.day("os")[i], after = z.day("os")[i];
    if (i % 2 == 0 || before <= 180) {
      ASSERT_DOUBLE_EQ(before, after);
    }
    if (i % 2 == 1 && before > 180) {
      ASSERT_NEAR(after, 180 + 2 * (before - 180), 1e-9 * after);
    }
  }
}

}  // namespace
}  // namespace oligosim
