// The study of guarantee-time bias against a second implementation; tests/long has it at 100 000 patients.
#include "tests/models/study/responder_bias.hpp"

#include "tests/models/disease/disease_support.hpp"

namespace oligosim {
namespace {

TEST(StatisticalResponderBias, SolvedHazardAndShareShowTheTargetInPlainLoops) {
  constexpr std::size_t n = 100000;
  for (const Scenario& scenario : responder_study().scenarios) {
    scenario.disease->prepare();
    const auto patients = naive::simulate(mechanism_of(scenario.name, *scenario.disease), n, 3);
    const Share progressed = share(n, [&](std::size_t i) { return patients[i].scan <= 11.2; });
    const Share responded = share(
        n, [&](std::size_t i) { return patients[i].response <= patients[i].scan && patients[i].response < never; },
        [&](std::size_t i) { return !patients[i].not_evaluable; });
    EXPECT_NEAR(progressed.value, 0.5, 4 * progressed.mcse()) << scenario.name;
    EXPECT_NEAR(responded.value, 22.0 / 34, 4 * responded.mcse()) << scenario.name;
  }
}

TEST(StatisticalResponderBias, LargeSampleHazardRatiosAreThoseOfPlainLoops) {
  for (const Scenario& scenario : responder_study().scenarios) expect_agreement(scenario, 50000, 20000);
}

TEST(ResponderBias, RefusesATargetThatNothingShows) {
  ReadModel read(std::string("disease: {model: response_timing, match: {progressed: 0.9, responded: 0.9}}\n") +
                 published_visits);
  EXPECT_EQ(read.problems.text(), "");
  try {
    read.model->prepare();
    FAIL() << "accepted";
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("study.yaml:1:42: disease.match: no hazard and share of responders show 90 %"),
              std::string::npos)
        << e.what();
  }
}

}  // namespace
}  // namespace oligosim
