// Every large-sample hazard ratio of the responder study against a second implementation, at 100 000 patients.
#include "tests/models/study/responder_bias.hpp"

namespace oligosim {
namespace {

TEST(StatisticalLongResponderBias, HazardRatiosAreThoseOfPlainLoops) {
  for (const Scenario& scenario : responder_study().scenarios) expect_agreement(scenario, 1000000, 100000);
}

}  // namespace
}  // namespace oligosim
