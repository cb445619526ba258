#include "models/design/design.hpp"

namespace oligosim {

std::span<const DesignEntry> designs() {
  static constexpr DesignEntry table[] = {
      {"fixed", "one analysis", read_fixed},
      {"group_sequential", "interim looks with alpha spending", read_group_sequential},
      {"promising_zone", "an interim look that may ask for more events", read_promising_zone},
      {"enrichment", "an interim look that may go on with a subgroup alone", read_enrichment},
      {"arm_selection", "interim looks that may drop arms", read_arm_selection},
      {"exact_binomial", "one stage that counts responses", read_exact_binomial},
      {"simon", "stages that count responses", read_simon},
      {"predictive_probability", "stages that ask what the end will be", read_predictive_probability},
      {"response_cohorts", "parallel cohorts that count responses, alone or together", read_response_cohorts},
      {"toxicity_boundary", "stages that stop for too much toxicity", read_toxicity_boundary},
  };
  return table;
}

std::unique_ptr<Design> read_design(DesignInput input) {
  std::vector<std::string> names;
  for (const DesignEntry& d : designs()) names.emplace_back(d.name);
  const std::string kind = input.node.one_of("kind", names, "design", {}, Words::of_program);
  for (const DesignEntry& d : designs())
    if (kind == d.name) return d.read(std::move(input));
  return designs().front().read(std::move(input));
}

}  // namespace oligosim
