// What a targets file may say, and where its mistakes are.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/models/calibration/calibration_support.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

using testing::HasSubstr;

TEST(CalibrationPrior, OracleQuantilesAndTheirInverse) {
  const Prior normal(Prior::Kind::normal, 1, 2, -infinity, infinity);
  EXPECT_DOUBLE_EQ(normal.at(1.5), 4);
  const Prior lognormal(Prior::Kind::lognormal, 3, 0.5, 0, infinity);
  EXPECT_DOUBLE_EQ(lognormal.at(-2), 3 * std::exp(-1));
  const Prior uniform(Prior::Kind::uniform, -1, 3, -infinity, infinity);
  EXPECT_DOUBLE_EQ(uniform.at(0), 1);
  const Prior beta(Prior::Kind::beta, 2, 1, 0, 1);  // distribution function x^2
  EXPECT_NEAR(beta.at(0), std::sqrt(0.5), 1e-12);
  const Prior cut(Prior::Kind::normal, 0, 1, 0, infinity);  // half normal: its median is the 0.75 quantile
  EXPECT_NEAR(cut.at(0), 0.6744897501960817, 1e-12);
  for (const Prior& prior : {normal, lognormal, uniform, beta, cut})
    for (const double u : {-3.0, -0.4, 0.0, 1.3, 2.5}) EXPECT_NEAR(prior.coordinate(prior.at(u)), u, 1e-9);
  EXPECT_EQ(cut.coordinate(-5), -8);
  EXPECT_GE(cut.at(-100), 0);
}

TEST(CalibrationInput, OracleTheShippedTargetsAreRead) {
  const Calibration c = load_calibration(OLIGOSIM_SOURCE_DIR "/configs/targets/song2025.yaml");
  EXPECT_EQ(c.patients, 37u);
  EXPECT_EQ(c.parameters.size(), 29u);
  EXPECT_EQ(std::ranges::count_if(c.targets, &Target::used_in_fit), 25);
  // Parameters start where the disease file has them.
  EXPECT_EQ(c.parameters[1].start, 0.168664);
  EXPECT_EQ(c.parameters.back().start, 1.32064);
  const TargetSimulator simulator(c, true);
  Arena arena;
  std::vector<double> values(25);
  simulator.simulate(simulator.model(c.start()).value(), Streams(1, 1), arena, values);
}

TEST(CalibrationInput, OracleTheResolvedDocumentIsRead) {
  const Calibration c = calibration_from(tiny_targets());
  const Calibration again = calibration_from(to_yaml(c.document));
  EXPECT_EQ(to_yaml(again.document), to_yaml(c.document));
  EXPECT_EQ(calibration_hash(again), calibration_hash(c));
}

TEST(CalibrationInput, OracleHeldParametersAreNotFreeAndHeldOutTargetsAreChecks) {
  const Calibration c = load_calibration(OLIGOSIM_SOURCE_DIR "/configs/targets/bias_only.yaml");
  EXPECT_EQ(c.parameters.size(), 25u);
  EXPECT_EQ(number_at(c.document, "irradiated_response.frailty_correlation"), 0);
  EXPECT_EQ(std::ranges::count_if(c.targets, &Target::used_in_fit), 24);
  const auto ratio = std::ranges::find(c.targets, "hazard ratio of responders, PFS", &Target::name);
  EXPECT_TRUE(ratio->held_out && !ratio->used_in_fit);
  EXPECT_EQ(ratio->weight, 50);
  EXPECT_EQ(c.posterior.design_points, 700u);
  const Calibration again = calibration_from(to_yaml(c.document));
  EXPECT_EQ(to_yaml(again.document), to_yaml(c.document));
}

TEST(CalibrationInput, OracleMistakesOfHeldValuesHaveTheirPlace) {
  EXPECT_THAT(mistakes_of(tiny_targets("", "held: {os.hazard_per_mont: 0.05}\n")), HasSubstr("targets.yaml:18:28: "));
  EXPECT_THAT(mistakes_of(tiny_targets("", "held: {os.hazard_per_month: -1}\n")),
              HasSubstr("targets.yaml:18:29: disease.os.hazard_per_month: "));
  EXPECT_THAT(mistakes_of(tiny_targets("", "held_out: [respons]\n")), HasSubstr("did you mean response?"));
  EXPECT_THAT(mistakes_of(tiny_targets("", "held_out: [response, survival]\n")), HasSubstr("none is used in the fit"));
  EXPECT_THAT(mistakes_of(tiny_targets("", "held: {os.hazard_per_month: 0.05, outcomes.response.probability: 0.4}\n")),
              HasSubstr("parameters: is empty (at least one free parameter)"));
}

TEST(CalibrationInput, OracleMistakesHaveTheirPlace) {
  const auto target = [](const std::string& text) {
    return mistakes_of(tiny_targets("  - {name: x, source: s, " + text + "}\n"));
  };
  EXPECT_THAT(
      target("analysis: oss, published: 1, used_in_fit: false"),
      HasSubstr(
          "targets.yaml:15:36: targets[2].analysis: 'oss' is not an analysis (os or response; did you mean os?)"));
  EXPECT_THAT(target("analysis: os, published: 1, used_in_fit: false"),
              HasSubstr("targets.yaml:15:5: targets[2].parameter: missing (survival or quantile)"));
  EXPECT_THAT(target("analysis: os, parameter: survival, at: 13, published: 1, used_in_fit: false"),
              HasSubstr("targets.yaml:15:65: targets[2].at: is not a month or probability of this analysis (12)"));
  EXPECT_THAT(target("analysis: response, group: OP, published: 1, used_in_fit: false"),
              HasSubstr("targets[2].group: does not apply to this analysis"));
  EXPECT_THAT(target("analysis: response, used_in_fit: false"),
              HasSubstr("by one of published, published_p and not_reached"));
  EXPECT_THAT(target("analysis: response, not_reached: false, used_in_fit: false"),
              HasSubstr("targets[2].not_reached: is true or left out"));
  EXPECT_THAT(target("analysis: response, published: [5, 4], used_in_fit: true"),
              HasSubstr("is not a number or [count, of how many]"));
  EXPECT_THAT(target("analysis: os, parameter: quantile, not_reached: true, used_in_fit: true"),
              HasSubstr("can be a check only"));
  EXPECT_THAT(target("analysis: os, parameter: quantile, field: lower, published: 3, used_in_fit: true"),
              HasSubstr("the limit of an interval can be a check only"));
  EXPECT_THAT(mistakes_of(tiny_targets(
                  "  - {name: survival, source: s, analysis: response, published: 1, used_in_fit: true}\n")),
              HasSubstr("'survival' names an earlier target too"));
}

TEST(CalibrationInput, OracleTheFieldOfAnEstimateThatATargetIsOf) {
  const Estimate known{.estimate = 2, .lower = 1, .upper = 8, .n_events = 5};
  Estimate open_end = known, endless{.status = Status::not_reached}, wide{.lower = 3, .status = Status::not_reached};
  open_end.upper = missing;
  const auto value = [](TargetField field, bool log_scale, const Estimate& e) {
    Target target;
    target.field = field, target.log_scale = log_scale;
    return target.value(e);
  };
  EXPECT_EQ(value(TargetField::estimate, false, known), 2);
  EXPECT_EQ(value(TargetField::estimate, true, known), std::log(2.0));
  EXPECT_EQ(value(TargetField::lower, true, known), 0);
  EXPECT_EQ(value(TargetField::upper, true, known), std::log(8.0));
  EXPECT_EQ(value(TargetField::n_events, false, known), 5);
  // A limit that is not reached is beyond all months; one of a median that is reached may be missing below.
  EXPECT_EQ(value(TargetField::upper, false, open_end), infinity);
  EXPECT_EQ(value(TargetField::estimate, false, endless), infinity);
  EXPECT_EQ(value(TargetField::lower, false, endless), infinity);
  EXPECT_EQ(value(TargetField::lower, false, wide), 3);
  Estimate without = known;
  without.lower = missing;
  EXPECT_TRUE(std::isnan(value(TargetField::lower, false, without)));
  EXPECT_TRUE(std::isnan(value(TargetField::estimate, false, Estimate{.estimate = 2, .status = Status::singular})));
}

TEST(CalibrationInput, OracleMistakesOfParametersHaveTheirPlace) {
  const auto parameter = [](const std::string& text) { return mistakes_of(tiny_targets("", "  " + text + "\n")); };
  EXPECT_THAT(
      parameter("os.hazard_per_mont: {distribution: normal, mean: 0, sd: 1}"),
      HasSubstr("targets.yaml:18:23: parameters.os.hazard_per_mont: 'os.hazard_per_mont' leads to no number of the "
                "disease model (did you mean os.hazard_per_month?)"));
  EXPECT_THAT(parameter("os.cured: {distribution: beta, alpha: 1, beta: 1, start: 2}"),
              HasSubstr("the start 2 lies outside the prior (0 to 1)"));
  EXPECT_THAT(parameter("os.cured: {distribution: gamma}"), HasSubstr("normal, lognormal, beta or uniform"));
  EXPECT_THAT(parameter("os.cured: {distribution: uniform, from: 1, to: 0}"), HasSubstr("is not above from"));
  EXPECT_THAT(parameter("os.cured: {distribution: normal, mean: 0, sd: 1, between: [50, 60]}"),
              HasSubstr("leaves none of the distribution"));
  EXPECT_THAT(
      mistakes_of(tiny_targets("", "posterior: {design_points: 20, cohorts: 20, draws: 10000, iterations: 1000}\n")),
      HasSubstr("draws: are more than half of the iterations"));
  EXPECT_THAT(mistakes_of(tiny_targets("", "fits: {}\n")), HasSubstr("fits: unknown key"));
}

}  // namespace
}  // namespace oligosim
