// Mistakes in what the disease models read, each with the line that the user sees.
#include <tuple>

#include "tests/models/disease/disease_support.hpp"

namespace oligosim {
namespace {

class Mistake : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(Mistake, PropertyIsNamedWithItsPlace) {
  const auto& [text, expected] = GetParam();
  const ReadModel read(std::string(published_visits) + text, 37);
  const std::string said = read.problems.text();
  EXPECT_NE(said.find(expected), std::string::npos) << "said:\n" << said << "wanted: " << expected;
  EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
}

INSTANTIATE_TEST_SUITE_P(
    OligoHcc, Mistake,
    testing::Values(
        std::tuple{"disease: {model: oligo_hcc}\ncohort: {OP: 0.5, OM: 0.4}",
                   "cohort: is neither shares with the sum 1 nor whole numbers with the sum 37"},
        std::tuple{"disease: {model: oligo_hcc}\ncohort: {OP: 28, OM: 8}", "cohort: is neither shares"},
        std::tuple{"disease: {model: oligo_hcc}\ncohort: {OP: 1, ON: 0}", "cohort.ON: unknown key"},
        std::tuple{"disease: {model: oligo_hc}", "disease.model: "},
        std::tuple{"disease: {model: oligo_hcc, progression: {shap: 1}}", "disease.progression.shap: unknown key"},
        std::tuple{"disease: {model: oligo_hcc, progression: {shape: 0}}", "disease.progression.shape: "},
        std::tuple{"disease: {model: oligo_hcc, baseline: {OP: {male: [29, 28]}}}",
                   "disease.baseline.OP.male: is not a probability"},
        std::tuple{"disease: {model: oligo_hcc, baseline: {OM: {hbv: 0.9, hcv: 0.2}}}",
                   "disease.baseline.OM.hbv: and hcv and alcohol exceed 1"},
        std::tuple{"disease: {model: oligo_hcc, baseline: {OM: {age_years: {median: 30}}}}",
                   "disease.baseline.OM.age_years: is not ordered"},
        std::tuple{"disease: {model: oligo_hcc, irradiated_response: {assessment: never}}",
                   "disease.irradiated_response.assessment: "},
        std::tuple{"disease: {model: oligo_hcc, irradiated_response: {partial_above: 2}}",
                   "disease.irradiated_response.partial_above: is above complete_above"},
        std::tuple{"disease: {model: oligo_hcc}\narms: {a: {match: {same_as: b}}, c: {}}", "arms.a.match.same_as: "},
        std::tuple{"disease: {model: oligo_hcc}\narms: {a: {match: {same_as: a}}, b: {}}",
                   "arms.a.match.same_as: leads back to the arm itself"},
        std::tuple{"disease: {model: oligo_hcc}\narms: {a: {match: {}}, b: {}}",
                   "arms.a.match: says how the arm should"},
        std::tuple{
            "disease: {model: oligo_hcc}\narms: {a: {}, b: {match: {pfs_median_months: 5}, effects: {progression: "
            "{hazard_ratio: 0.5}}}}",
            "arms.b.match: solves the hazards of progression"},
        std::tuple{"disease: {model: oligo_hcc}\narms: {a: {}, b: {match: {same_as: a}, effects: {new_lesions: "
                   "{hazard_ratio: 0.5}}}}",
                   "arms.b.effects: has no meaning beside match.same_as"},
        std::tuple{"disease: {model: oligo_hcc}\narms: {a: {match: {same_as: b}}, b: {effects: {progression: "
                   "{from_month: 3}}}}",
                   "arms.a.match.same_as: names an arm that fares as this one before effects.progression.from_month"},
        std::tuple{"disease: {model: oligo_hcc}\narms: {a: {effects: {progresion: {hazard_ratio: 1}}}}",
                   "arms.a.effects.progresion: unknown key"},
        std::tuple{"disease: {model: oligo_hcc}\narms: {a: {effects: {progression: {hazard_ratio: -1}}}}",
                   "arms.a.effects.progression.hazard_ratio: "}));

INSTANTIATE_TEST_SUITE_P(
    PlainSurvival, Mistake,
    testing::Values(
        std::tuple{"disease: {}", "has neither an endpoint"},
        std::tuple{"disease: {os: {}}", "disease.os: is given by one of median_months, hazard_per_month"},
        std::tuple{"disease: {os: {median_months: 5, hazard_per_month: 1}}", "disease.os: is given by one of"},
        std::tuple{"disease: {os: {median_months: 0}}", "disease.os.median_months: "},
        std::tuple{"disease: {os: {median_months: 5, cured: 0.5}}", "disease.os.median_months: is never reached"},
        std::tuple{"disease: {os: {survival: {at_months: 5, probability: 0.1}, cured: 0.2}}",
                   "disease.os.survival.probability: is never reached"},
        std::tuple{"disease: {os: {piecewise: [{from_month: 1, hazard_per_month: 1}]}}",
                   "disease.os.piecewise[0].from_month: of the first piece is not 0"},
        std::tuple{"disease: {os: {piecewise: [{from_month: 0, hazard_per_month: 1}, {from_month: 0, hazard_per_month: "
                   "1}]}}",
                   "disease.os.piecewise[1].from_month: is not above the piece before"},
        std::tuple{"disease: {1st: {median_months: 5}}", "disease.1st: is not a name"},
        std::tuple{"disease: {os: {median_months: 5, known_at: never}}", "disease.os.known_at: "},
        std::tuple{"disease: {os: {median_months: 5}, outcomes: {os: {probability: 0.5}}}",
                   "disease.outcomes: has the name of an endpoint, 'os'"},
        std::tuple{"disease: {os: {median_months: 5}, outcomes: {os_d: {probability: 0.5}}}",
                   "disease: has two columns named 'os_d'"},
        std::tuple{"disease: {os: {median_months: 5}, covariates: {line: {values: [1], probability: [0.5, 0.5]}}}",
                   "disease.covariates.line.values: are not two different numbers"},
        std::tuple{"disease: {os: {median_months: 5}, covariates: {line: {probability: [0.5, 0.6]}}}",
                   "disease.covariates.line.probability: is not one share for each"},
        std::tuple{"disease: {os: {median_months: 5}}\narms: {a: {}, b: {effects: {pfs: {hazard_ratio: 0.5}}}}",
                   "arms.b.effects.pfs: unknown key"},
        std::tuple{"disease: {os: {median_months: 5}}\narms: {a: {effects: {os: {median_months: 5, hazard_ratio: 1}}}}",
                   "arms.a.effects.os.hazard_ratio: cannot stand beside a distribution"},
        std::tuple{"disease: {os: {median_months: 5}}\narms: {a: {without_sbrt: true}}",
                   "arms.a.without_sbrt: unknown key"}));

TEST(Input, PropertyModelsNeedTheVisitsTheyShow) {
  const ReadModel hcc("disease: {model: oligo_hcc}");
  EXPECT_NE(hcc.problems.text().find("disease.model: oligo_hcc needs trial.visits"), std::string::npos);
  const ReadModel plain("disease: {os: {median_months: 5, known_at: visit}}");
  EXPECT_NE(plain.problems.text().find("disease.os.known_at: is visit, but there are no trial.visits"),
            std::string::npos);
}

TEST(Input, PropertyTheResolvedStudyIsTheSameStudy) {
  const std::string texts[] = {
      oligo_hcc_study("cohort: {OP: 0.5, OM: 0.5}\narms: {a: {without_sbrt: true, match: {pfs_median_months: 5}}, "
                      "b: {effects: {progression: {from_month: 3}}}}\n"),
      "disease: {os: {median_months: 10}, outcomes: {response: {probability: 0.4}}, covariates: {line: {probability: "
      "[0.3, 0.7], hazard_ratio: 2}}}\narms: {a: {}, b: {effects: {os: {hazard_ratio: 0.5}}}}\n"};
  for (const std::string& text : texts) {
    Problems problems;
    const YamlNode tree = parse_yaml(text, "a.yaml", problems);
    ConfigNode root(tree, problems);
    const auto read = [&](ConfigNode node) {
      std::vector<DiseaseInput::Arm> arms;
      for (auto& [name, arm] : node.named_children("arms")) arms.push_back({name, arm});
      const VisitSchedule visits = read_visits(node.child("visits", false));
      auto model = read_disease_model({node, node.child("disease"), arms, visits, 30, 160});
      model->prepare();
      return model;
    };
    const auto first = read(root);
    const std::string resolved = to_yaml(root.resolved());
    const YamlNode tree_again = parse_yaml(resolved, "b.yaml", problems);
    ConfigNode again(tree_again, problems);
    const auto second = read(again);
    ASSERT_TRUE(problems.empty()) << problems.text() << resolved;
    EXPECT_EQ(to_yaml(again.resolved()), resolved);
    const Simulation a(*first, 500, 1, 1, 0, 2), b(*second, 500, 1, 1, 0, 2);
    EXPECT_TRUE(std::ranges::equal(a.day("os"), b.day("os")));
  }
}

TEST(Input, PropertyEveryModelOfTheRegistryIsRead) {
  for (const DiseaseModelEntry& entry : disease_models()) {
    const ReadModel read(std::string(published_visits) + "disease: {model: " + entry.name +
                         ", os: {median_months: 5}}");
    EXPECT_EQ(read.problems.empty(), std::string(entry.name) == "survival") << read.problems.text();
    // These two have the endpoints that the study names, here none.
    const bool named = std::string(entry.name) == "cohorts" || std::string(entry.name) == "resample";
    EXPECT_EQ(read.model->endpoints().empty(), named) << entry.name;
  }
}

}  // namespace
}  // namespace oligosim
