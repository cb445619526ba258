// What happens without visits: the first visit that a patient attends from that day on shows it, if he lives until
// then.
#include "models/trial/visits.hpp"
#include "tests/models/disease/disease_support.hpp"

namespace oligosim {
namespace {

constexpr std::size_t n = 20000;

struct Case {
  const char* study;
  std::vector<const char*> dated;     // by visits: survival endpoints and dates
  std::vector<const char*> the_same;  // with and without visits
  bool dies;                          // perhaps before a visit
};

const Case cases[] = {
    {"disease: {model: oligo_hcc}\ncohort: {OP: 0.7, OM: 0.3}\n",
     {"pfs", "progression", "lf"},
     {"os", "pfs_true", "best_response", "new_therapy", "grade_3", "death_before_scan"},
     true},
    {"disease: {model: illness_death, known_at: visit, pfs: {median_months: 6}, os: {median_months: 11}, correlation: "
     "0.5, response: {probability: 0.4}}\narms: {a: {crossover: {share: 0.6, hazard_ratio: 0.5}, "
     "discontinuation: {probability: 0.2, by_month: 6}}}\n",
     {"pfs", "progression"},
     {"os", "new_therapy", "discontinued", "death_before_scan"},
     true},
    {"disease: {pfs: {median_months: 6, known_at: visit}, os: {median_months: 12}}\n", {"pfs"}, {"os"}, false},
    {"disease: {model: response_timing}\n", {"pfs", "response"}, {}, false}};

/// Days of the visits that patient i attends.
std::vector<double> visit_days(const VisitSchedule& schedule, std::uint32_t i, bool whole_days) {
  std::vector<double> room(schedule.count()), days;
  ActualVisits visits(schedule, Streams(1, 1), i, room);
  for (std::size_t k = 0; visits.month(k) < never; ++k)
    days.push_back(whole_days ? std::ceil(visits.month(k) * 30) : visits.month(k) * 30);
  return days;
}

std::span<const double> deaths(const DiseaseModel& model, const Simulation& simulation, std::vector<double>& none) {
  const bool dies = std::ranges::any_of(model.endpoints(), &Endpoint::ends_visits);
  none.assign(n, never);
  return dies ? simulation.day("os") : std::span<const double>(none);
}

TEST(WithoutVisits, OracleTheNextVisitShowsIt) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.study);
    const auto model = model_of(c.study + std::string("visits: {months: [1, 2.5, 4], then_every_months: 2, "
                                                      "jitter_sd_months: 0.4, missed_probability: 0.2}\n"));
    const std::shared_ptr<DiseaseModel> watched = model->without_visits();
    ASSERT_TRUE(watched);
    const Simulation seen(*model, n), real(*watched, n);
    std::vector<double> none;
    const std::span<const double> death = deaths(*model, seen, none);
    const VisitSchedule& schedule = model->visits().front();
    for (const char* endpoint : c.dated) {
      std::size_t later = 0, unseen = 0;
      for (std::uint32_t i = 0; i < n; ++i) {
        const double shown = seen.day(endpoint)[i], happens = real.day(endpoint)[i];
        ASSERT_LE(happens, shown) << endpoint << " of patient " << i;
        if (happens == never || happens == death[i]) continue;
        const std::vector<double> days = visit_days(schedule, i, model->whole_days());
        // Of a visit on the very day it is not said whether it was before, nor on that of a death.
        const auto first = std::ranges::lower_bound(days, happens - (model->whole_days() ? 0 : 1e-9));
        const auto second = first != days.end() && *first - happens < 1e-9 ? first + 1 : first;
        const auto expected = [&](auto visit) {
          const double day = visit == days.end() || *visit > death[i] ? never : *visit;
          return std::string(endpoint) == "pfs" ? std::min(day, death[i]) : day;
        };
        const bool on_death = first != days.end() && *first == death[i] && shown == never;
        ASSERT_TRUE(std::abs(shown - expected(first)) < 1e-9 || shown == expected(first) || shown == expected(second) ||
                    on_death)
            << endpoint << " of patient " << i << ": " << happens << ", shown " << shown;
        later += shown < never && shown > happens, unseen += shown == never || shown == death[i];
      }
      EXPECT_GT(later, n / 20) << endpoint;
      EXPECT_TRUE(unseen > 100 || !c.dies) << endpoint;
    }
    for (const char* endpoint : c.the_same)
      EXPECT_TRUE(std::ranges::equal(seen.day(endpoint), real.day(endpoint))) << endpoint;
    for (const Outcome& o : model->outcomes())
      EXPECT_TRUE(std::ranges::equal(seen.success(o.name), real.success(o.name))) << o.name;
  }
}

TEST(WithoutVisits, OracleOfTheModelsOwnTrueProgression) {
  const auto model = model_of(oligo_hcc_study("cohort: {OP: 0.7, OM: 0.3}"));
  const auto watched = model->without_visits();
  const Simulation real(*watched, n);
  EXPECT_TRUE(std::ranges::equal(real.day("pfs"), real.day("pfs_true")));
  for (std::size_t i = 0; i < n; ++i) {
    const double first = std::min(real.day("untreated")[i], real.day("new_lesions")[i]);
    if (first < never) {
      EXPECT_EQ(first, real.day("progression")[i]) << i;
    }
  }
}

TEST(WithoutVisits, NoneWhereVisitsShowNothing) {
  for (const char* study : {"disease: {pfs: {median_months: 6}}\n",
                            "disease: {model: illness_death, pfs: {median_months: 6}, os: {median_months: 11}, "
                            "correlation: 0.5}\n"})
    EXPECT_FALSE(model_of(study)->without_visits()) << study;
}

}  // namespace
}  // namespace oligosim
