// What a data cut shows of findings and lesions, what it costs to want none, and visits that are missed.
#include <set>

#include "tests/models/disease/disease_everything.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

const char* const study_text =
    "study: a cohort\n"
    "cohort: {OP: 20, OM: 10}\n"
    "disease: {model: oligo_hcc}\n"
    "arms: {sbrt: {}}\n"
    "trial:\n"
    "  enrollment: {patients: 30, over_months: 24}\n"
    "  visits: {months: [1, 4, 7, 10, 13, 16], then_every_months: 6, jitter_sd_months: 0.5}\n"
    "  dropout: {probability: 0.3, by_month: 12}\n"
    "design: {kind: fixed, primary: p, alpha: 0.025, looks: [{at_month: 48}]}\n"
    "plan:\n"
    "  time_unit: days\n"
    "  days_per_month: 30\n"
    "  endpoints: {pfs: {time: pfs_d, event: pfs_e}}\n"
    "  analyses: [{name: p, method: cox, endpoint: pfs, terms: [male]}]\n";

double known(const Steps& steps, std::size_t count, std::size_t i, double followed) {
  double value = missing;
  for (std::size_t k = 0; k < count; ++k)
    if (steps.day[i * count + k] <= followed) value = steps.value[i * count + k];
  return value;
}

double shown(const Cohort& data, std::size_t column, std::size_t row) {
  if (!data.numbers(column).empty()) return data.numbers(column)[row];
  const std::uint8_t code = data.categories(column)[row];
  return code == missing_category ? missing : code;
}

void expect_same(double a, double b, const std::string& what) {
  EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << what << ": " << a << ", " << b;
}

TEST(Cut, OracleFindingsAndLesionsAsKnownOnTheDay) {
  const Study study = study_from(study_text);
  const Scenario& s = study.scenarios.front();
  s.disease->prepare();
  Trial& trial = *s.trial;
  trial.need(std::vector<std::uint8_t>(trial.columns().size(), 1), true);
  int missing_values = 0, values = 0;
  for (std::uint32_t replicate = 1; replicate <= 20; ++replicate) {
    Arena arena;
    const Streams streams(3, replicate);
    const Patients patients = trial.simulate(streams, arena);
    const Lesions& lesions = patients.course.lesions;
    for (const double day : {300.0, 500.0, 1440.0}) {
      const Cohort data = trial.cut(patients, day, arena);
      const LesionData of_lesions = trial.cut_lesions(patients, day, arena);
      std::size_t row = 0, lesion_row = 0, l = 0;
      for (std::size_t i = 0; i < patients.count(); ++i) {
        const bool enrolled = patients.enrollment_day[i] < day;
        const double followed = std::min(patients.dropout_day[i], day - patients.enrollment_day[i]);
        for (std::size_t k = 0; enrolled && k < s.disease->findings().size(); ++k) {
          const Finding& f = s.disease->findings()[k];
          const double value = known(patients.course.finding[k], f.steps, i, followed);
          expect_same(shown(data, *trial.columns().find(f.column.name), row), value, f.column.name);
          ++(std::isnan(value) ? missing_values : values);
        }
        for (; l < lesions.count() && lesions.patient[l] == i; ++l) {
          if (!enrolled) continue;
          EXPECT_EQ(of_lesions.patient[lesion_row], row);
          for (std::size_t k = 0; k < s.disease->lesion_columns().size(); ++k)
            expect_same(shown(of_lesions.columns, k, lesion_row),
                        known(lesions.column[k], s.disease->lesion_columns()[k].steps, l, followed), "lesion");
          ++lesion_row;
        }
        row += enrolled;
      }
      EXPECT_EQ(data.patients(), row);
      EXPECT_EQ(of_lesions.columns.patients(), lesion_row);
    }
  }
  EXPECT_GT(missing_values, 1000);
  EXPECT_GT(values, 1000);
}

TEST(Cut, PropertyWantedOrNotNothingElseMoves) {
  const Study study = study_from(study_text);
  const Scenario& s = study.scenarios.front();
  s.disease->prepare();
  Arena arena;
  const Patients few = s.trial->simulate(Streams(3, 1), arena);
  EXPECT_TRUE(few.course.finding.empty());  // no plan reads them, so there are none
  EXPECT_TRUE(few.baseline.numbers(*few.baseline.columns().find("total_size_cm")).empty());
  s.trial->need(std::vector<std::uint8_t>(s.trial->columns().size(), 1), true);
  const Patients all = s.trial->simulate(Streams(3, 1), arena);
  EXPECT_TRUE(std::ranges::equal(few.course.event_day[0], all.course.event_day[0]));
  EXPECT_TRUE(std::ranges::equal(few.enrollment_day, all.enrollment_day));
  // One finding alone is what it is among all.
  for (std::size_t k = 0; k < s.disease->findings().size(); ++k) {
    std::vector<std::uint8_t> needed(s.trial->columns().size());
    needed[*s.trial->columns().find(s.disease->findings()[k].column.name)] = 1;
    s.trial->need(needed);
    const Patients one = s.trial->simulate(Streams(3, 1), arena);
    EXPECT_TRUE(std::ranges::equal(one.course.finding[k].day, all.course.finding[k].day));
    EXPECT_TRUE(std::ranges::equal(one.course.finding[k].value, all.course.finding[k].value));
  }
}

TEST(Cut, PropertyTruthIsSimulatedOfFindingsToo) {
  std::string text = study_text;
  text.replace(text.find("analyses: ["), 11,
               "analyses: [{name: late, method: proportion, outcome: discontinued, interval: wilson}, ");
  const Study study = study_from(text);
  const Scenario& s = study.scenarios.front();
  s.disease->prepare();
  const std::vector<TrueValue> truth = simulated_values(s, 1, {20000}, 2);
  EXPECT_NEAR(truth[0].value, 6.0 / 37, 4 * std::sqrt(6.0 / 37 * 31 / 37 / 19000));
}

TEST(MissedVisits, PropertyTheOthersKeepTheirDates) {
  VisitSchedule visits{.months = {1, 4, 7, 10, 13}, .jitter_sd_months = 0.6, .missed_probability = 0.3};
  std::vector<double> all(visits.count()), room(visits.count());
  double attended = 0, planned = 0;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const Streams streams(3, 1);
    visits.actual(streams.stream(Purpose::visits, i), all);
    ActualVisits some(visits, streams, i, room);
    const std::set<double> dates(all.begin(), all.end());
    std::size_t k = 0;
    for (double before = 0; some.month(k) < never; before = some.month(k++)) {
      ASSERT_TRUE(dates.contains(some.month(k)));
      ASSERT_GT(some.month(k), before);
    }
    for (const double month : {0.1, 5.0, 12.0, 1e9}) {
      std::size_t expected = 0;
      while (some.month(expected) < month) ++expected;
      ASSERT_EQ(some.first_from(month), expected);
    }
    attended += static_cast<double>(k), planned += static_cast<double>(all.size());
  }
  EXPECT_NEAR(attended / planned, 0.7, 4 * std::sqrt(0.21 / planned));
}

TEST(MissedVisits, PropertyProgressionIsKnownAtTheNextVisitAttended) {
  const std::string rest = "cohort: {OP: 1}\n", disease = "disease: {model: oligo_hcc}\n";
  std::string missed = published_visits;
  missed.insert(missed.rfind('}'), ", missed_probability: 0.3");
  const auto model = model_of(disease + published_visits + rest), missing_some = model_of(disease + missed + rest);
  constexpr std::size_t n = 20000;
  const Simulation a(*model, n), b(*missing_some, n);
  int later = 0, shown = 0;
  for (std::size_t i = 0; i < n; ++i) {
    ASSERT_EQ(a.day("pfs_true")[i], b.day("pfs_true")[i]);
    ASSERT_GE(b.day("pfs")[i], a.day("pfs")[i]);
    later += b.day("pfs")[i] > a.day("pfs")[i];
    shown += a.day("pfs")[i] < a.day("os")[i];
  }
  // Three in ten of those whom a visit shows progression: nobody else's is.
  EXPECT_NEAR(later, 0.3 * shown, 4 * std::sqrt(0.3 * 0.7 * shown));
}

TEST(MissedVisits, PropertyTheProbabilityIsBelowOne) {
  Problems problems;
  const YamlNode tree = parse_yaml("visits: {months: [1], missed_probability: 1}", "s.yaml", problems);
  ConfigNode root(tree, problems);
  read_visits(root.child("visits"));
  EXPECT_NE(problems.text().find("visits.missed_probability: "), std::string::npos) << problems.text();
}

}  // namespace
}  // namespace oligosim
