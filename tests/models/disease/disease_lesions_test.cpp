// Best response, changes of diameters and lesions: what must hold in every patient, and the published margins.
#include <array>

#include "tests/models/disease/disease_everything.hpp"

namespace oligosim {
namespace {

constexpr std::size_t n = 100000;
constexpr std::size_t followed = 30000;  // where something must hold in every patient
constexpr double CR = 0, PR = 1, SD = 2, PD = 3;

/// First lesion of each patient, and one past the last.
std::vector<std::size_t> starts(const Everything& s) {
  std::vector<std::size_t> start(s.arm().size() + 1);
  for (const std::uint32_t i : s.lesions().patient) ++start[i + 1];
  for (std::size_t i = 0; i < s.arm().size(); ++i) start[i + 1] += start[i];
  return start;
}

double class_of(double change, double partial = -30, double progression = 20) {
  return change <= -100 ? CR : change <= partial ? PR : change >= progression ? PD : SD;
}

class LesionsOf : public testing::TestWithParam<const char*> {
 protected:
  std::unique_ptr<DiseaseModel> model = model_of(oligo_hcc_study(std::string(published_mix) + GetParam()));
};
INSTANTIATE_TEST_SUITE_P(Arms, LesionsOf, testing::Values("", "arms: {systemic: {without_sbrt: true}}\n"));

TEST_P(LesionsOf, PropertyBestOverallResponseAgreesWithTheOutcomes) {
  const Everything s(*model, followed);
  std::array<int, 4> seen{};
  for (std::size_t i = 0; i < followed; ++i) {
    const double best = s.finding("best_overall_response", i), irradiated = s.finding("best_irradiated_response", i);
    if (s.evaluable("response")[i] == never) {
      ASSERT_TRUE(std::isnan(best));
      continue;
    }
    ++seen[static_cast<std::size_t>(best)];
    ASSERT_EQ(best == CR, s.success("complete_response")[i] < never);
    ASSERT_EQ(best <= PR, s.success("response")[i] < never);
    ASSERT_EQ(best <= SD, s.success("disease_control")[i] < never);
    ASSERT_EQ(std::isnan(irradiated), s.evaluable("or")[i] == never);
    if (!std::isnan(irradiated)) {
      ASSERT_EQ(irradiated <= PR, s.success("or")[i] < never);
      ASSERT_LE(irradiated, SD);
    }
    for (const double day : {100.0, 200.0, 400.0}) {
      const double then = s.finding("best_overall_response", i, day);
      ASSERT_EQ(then == CR, s.success("complete_response")[i] <= day);
      ASSERT_EQ(then <= PR, s.success("response")[i] <= day);
      ASSERT_FALSE(then < best);
    }
  }
  for (const int count : seen) EXPECT_GT(count, 100);
}

TEST_P(LesionsOf, PropertyChangesAgreeWithTheClassesAtEveryDay) {
  const Everything s(*model, followed);
  for (std::size_t i = 0; i < followed; ++i)
    for (const double day : {45.0, 150.0, 250.0, 500.0, never}) {
      const double best = s.finding("best_overall_response", i, day), change = s.finding("best_change", i, day);
      ASSERT_EQ(std::isnan(best), std::isnan(change));
      if (std::isnan(best)) continue;
      ASSERT_GE(change, -100);
      ASSERT_TRUE(change == -100 || change > -100 + 1e-9) << change;  // gone is gone
      if (best != PD) {
        ASSERT_EQ(class_of(change), best) << i << " " << change;
      }
      const bool otherwise = s.day("new_lesions")[i] < never || s.day("lf")[i] < never;
      if (best == PD && !otherwise) {
        ASSERT_GE(change, 20) << i;
      }
      const double irradiated = s.finding("irradiated_change", i, day);
      ASSERT_EQ(std::isnan(irradiated), std::isnan(s.finding("best_irradiated_response", i, day)));
      if (!std::isnan(irradiated)) {
        ASSERT_EQ(class_of(irradiated), s.finding("best_irradiated_response", i, day));
      }
    }
}

TEST_P(LesionsOf, PropertySumsOverLesionsAreThePatients) {
  const Everything s(*model, followed);
  const std::vector<std::size_t> start = starts(s);
  const bool sbrt = std::string(GetParam()).empty();
  int left_out = 0;
  for (std::size_t i = 0; i < followed; ++i) {
    double all_cm = 0, irradiated_cm = 0, irradiated_sum = 0, target_cm = 0, target_sum = 0, failed = never;
    std::size_t irradiated = 0;
    bool liver = false, all_known = true;
    for (std::size_t l = start[i]; l < start[i + 1]; ++l) {
      const double cm = s.lesion("diameter_cm", l), change = s.lesion("change", l), target = s.lesion("target", l);
      ASSERT_GT(cm, 0);
      all_cm += cm;
      liver = liver || s.lesion("site", l) == 2;
      ASSERT_EQ(s.lesion("bone", l), s.lesion("site", l) == 1);
      if (s.lesion("irradiated", l) == 1) {
        ++irradiated, irradiated_cm += cm, irradiated_sum += cm * change;
        if (const double day = s.lesion("lf_d", l); !std::isnan(day)) failed = std::min(failed, day);
      } else {
        ASSERT_TRUE(std::isnan(s.lesion("lf_d", l)));
      }
      if (!std::isnan(target)) {
        if (target == 1) target_cm += cm, target_sum += cm * change;
        left_out += target == 0;
      }
      all_known = all_known && !std::isnan(change);
      if (std::isnan(change)) continue;
      ASSERT_GE(change, -100);
      ASSERT_TRUE(change == -100 || change > -100 + 1e-9) << change;  // gone is gone
      const bool bone = s.lesion("bone", l) == 1;
      ASSERT_EQ(s.lesion("response", l), class_of(change, bone ? -50 : -30, bone ? 25 : 20));
    }
    ASSERT_EQ(start[i + 1] - start[i], s.number("total_lesions")[i]);
    ASSERT_EQ(irradiated, sbrt ? s.number("lesions")[i] : 0);
    ASSERT_NEAR(all_cm, s.number("total_size_cm")[i], 1e-9);
    ASSERT_EQ(liver, s.number("intrahepatic")[i] == 1);
    ASSERT_EQ(failed, s.day("lf")[i]);
    if (sbrt) {
      ASSERT_NEAR(irradiated_cm, s.number("size_cm")[i], 1e-9);
    }
    if (sbrt && !std::isnan(s.finding("irradiated_change", i))) {
      ASSERT_NEAR(irradiated_sum / irradiated_cm, s.finding("irradiated_change", i), 1e-8);
    }
    if (all_known && target_cm > 0) {
      ASSERT_NEAR(target_sum / target_cm, s.finding("best_change", i), 1e-8) << i;
    }
  }
  if (sbrt) {
    EXPECT_GT(left_out, 100);
  }
  if (sbrt) {
    EXPECT_LT(left_out, 0.15 * followed);
  }
}

TEST(LesionMargins, StatisticalSitesOfIrradiatedLesions) {
  const auto model = model_of(oligo_hcc_study("cohort: {OP: 0.5, OM: 0.5}"));
  const Everything s(*model, n);
  const double published[2][8] = {{20, 15, 4, 4, 0, 1, 1, 3}, {0, 0, 9, 2, 2, 1, 0, 3}}, total[2] = {48, 17};
  const auto irradiated = [&](std::size_t l, std::size_t cohort) {
    return s.lesion("irradiated", l) == 1 && (s.category("grp")[s.lesions().patient[l]] == 2) == (cohort == 1);
  };
  for (std::size_t cohort = 0; cohort < 2; ++cohort)
    for (std::size_t site = 0; site < 8; ++site)
      expect_probability(
          share(
              s.lesions().count(), [&](std::size_t l) { return s.lesion("site", l) == static_cast<double>(site); },
              [&](std::size_t l) { return irradiated(l, cohort); }),
          published[cohort][site] / total[cohort], "site " + std::to_string(site));
}

TEST(LesionMargins, StatisticalUntreatedLesionsThatShrink) {
  const auto model = model_of(oligo_hcc_study(published_mix));
  const Everything s(*model, n);
  const std::vector<double> change = s.findings("untreated_change");
  expect_probability(
      share(
          n, [&](std::size_t i) { return change[i] < 0; }, [&](std::size_t i) { return !std::isnan(change[i]); }),
      28.0 / 37, "untreated lesions that shrink");
}

TEST(LesionMargins, StatisticalLesionsOfAPatientAreAlikeAsSaid) {
  // The lesions' agreement grows with r; at 1 all of a patient change alike.
  double spread[3];
  int at = 0;
  for (const char* r : {"0", "0.5", "1"}) {
    const auto model = model_of(std::string(published_visits) +
                                "disease: {model: oligo_hcc, lesions: {correlation: " + r + "}}\ncohort: {OP: 1}\n");
    const Everything s(*model, 20000);
    const std::vector<std::size_t> start = starts(s);
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < 20000; ++i) {
      if (s.number("lesions")[i] < 2 || std::isnan(s.finding("irradiated_change", i))) continue;
      sum += std::abs(s.lesion("change", start[i]) - s.lesion("change", start[i] + 1)), count += 1;
    }
    spread[at++] = sum / count;
  }
  EXPECT_GT(spread[0], spread[1] * 1.2);
  EXPECT_GT(spread[1], 5);
  EXPECT_NEAR(spread[2], 0, 1e-6);
}

TEST(LesionStreams, PropertyAnArmMovesNoDiameterOrSite) {
  const auto model = model_of(oligo_hcc_study("arms: {systemic: {without_sbrt: true}, sbrt: {}}\n"));
  const Everything a(*model, 3000, 1, 1, 0), b(*model, 3000, 1, 1, 1);
  ASSERT_EQ(a.lesions().count(), b.lesions().count());
  for (std::size_t l = 0; l < a.lesions().count(); ++l) {
    ASSERT_EQ(a.lesion("diameter_cm", l), b.lesion("diameter_cm", l));
    ASSERT_EQ(a.lesion("site", l), b.lesion("site", l));
  }
}

TEST(LesionFailures, StatisticalEachLesionFailsAtItsOwnRate) {
  // Nobody dies or progresses otherwise: P(lesion failed by t) = 1 - exp(-rate t), for every lesion.
  const auto model = model_of(std::string("visits: {months: [1], then_every_months: 1}\n") +
                              "disease: {model: oligo_hcc, progression: {new_lesions: 1e-12, untreated_lesions: 1e-12, "
                              "local_failure: 0.02}, death: {before_progression: 1e-12, after_progression: 1e-12}}\n");
  const Everything s(*model, n);
  const std::vector<std::size_t> start = starts(s);
  for (const std::size_t place : {0, 1}) {
    for (const double month : {6.0, 24.0}) {
      const Share failed = share(
          n, [&](std::size_t i) { return s.lesion("lf_d", start[i] + place) <= month * 30; },
          [&](std::size_t i) { return s.number("lesions")[i] >= 2; });
      expect_probability(failed, 1 - std::exp(-0.02 * month), "failed by month " + std::to_string(month));
    }
  }
}

}  // namespace
}  // namespace oligosim
