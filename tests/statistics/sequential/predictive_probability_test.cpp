#include "engine/statistics/sequential/predictive_probability.hpp"

#include <gtest/gtest.h>

#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;

TEST(PredictiveProbability, ReferenceLeeAndLiu2008) {
  EXPECT_NEAR(predictive_probability({.5, .5, .3, .95, 37}, 10, 20), .860903819621, 5.1e-13);
}

TEST(PredictiveProbability, ReferenceIntegralsOverThePosterior) {
  const test::ReferenceTable reference("predictive_probability.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const auto count = [&](const char* name) { return static_cast<std::size_t>(reference.number(r, name)); };
    const BetaRule rule{reference.number(r, "a"), reference.number(r, "b"), reference.number(r, "p0"),
                        reference.number(r, "certainty"), count("total")};
    EXPECT_EQ(most_not_enough(rule), count("most"));
    EXPECT_TRUE(close(predictive_probability(rule, count("responses"), count("patients")),
                      reference.number(r, "probability"), 1e-9));
  }
}

/// Patient by patient: the next one responds with the mean of what is known by then.
double urn(const BetaRule& rule, std::size_t responses, std::size_t patients, std::size_t most) {
  if (patients == rule.patients) return responses > most ? 1 : 0;
  const double next = (rule.prior_successes + static_cast<double>(responses)) /
                      (rule.prior_successes + rule.prior_failures + static_cast<double>(patients));
  return next * urn(rule, responses + 1, patients + 1, most) + (1 - next) * urn(rule, responses, patients + 1, most);
}

TEST(PredictiveProbability, OraclePatientByPatient) {
  for (const BetaRule& rule : {BetaRule{.5, .5, .3, .95, 16}, {.2, .8, .2, .9, 14}, {3, 1, .6, .8, 15}}) {
    const std::size_t most = most_not_enough(rule);
    for (std::size_t patients = 1; patients <= rule.patients; patients += 3)
      for (std::size_t responses = 0; responses <= patients; ++responses)
        EXPECT_NEAR(predictive_probability(rule, responses, patients), urn(rule, responses, patients, most), 1e-12);
  }
}

TEST(PredictiveProbability, PropertyThresholds) {
  const BetaRule rule{.5, .5, .3, .95, 37};
  const std::size_t most = most_without_prospect(rule, 20, .1).value();
  EXPECT_LT(predictive_probability(rule, most, 20), .1);
  EXPECT_GE(predictive_probability(rule, most + 1, 20), .1);
  EXPECT_FALSE(most_without_prospect(rule, 1, .01));
  EXPECT_EQ(most_not_enough({.5, .5, .9, .999, 3}), 3u);  // no number of three patients is so certain
}

}  // namespace
}  // namespace oligosim
