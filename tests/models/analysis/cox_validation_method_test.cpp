// The method `cox_validation` of a plan against the plan's own `cox` on files with the rows of each resample written
// out. The numbers themselves are tested in tests/resampling.
#include <gmock/gmock.h>

#include <cstdio>
#include <map>

#include "engine/montecarlo/moments.hpp"
#include "engine/resampling/resamples.hpp"
#include "tests/models/analysis/plan_support.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

constexpr std::size_t resamples = 56;
const DataOptions by_id = {.patient = "id", .parameter = {}, .several_rows = false};

/// Eighty patients; some lack a covariate.
struct Row {
  std::string text;  // arm, age, site, half, t, e
  bool complete;
};

std::vector<Row> rows() {
  std::vector<Row> all;
  const char* const sites[] = {"lung", "liver", "bone"};
  for (int i = 0; i < 80; ++i) {
    const bool complete = i % 11 != 3;
    const int age = 40 + (i * 29) % 31, arm = (i * 7) % 5 < 2;
    const int time = 30 + (i * 37) % 90 - age + (arm != 0 ? 25 : 0) + 40;
    all.push_back({std::string(arm != 0 ? "A" : "B") + "," + (complete ? std::to_string(age) : "NA") + "," +
                       sites[(i * 13) % 7 % 3] + "," + std::to_string(i % 2) + "," + std::to_string(time) + "," +
                       std::to_string(int((i * 11) % 4 != 0)),
                   complete});
  }
  return all;
}

std::vector<Row> complete_rows() {
  std::vector<Row> all = rows();
  std::erase_if(all, [](const Row& row) { return !row.complete; });
  return all;
}

/// The resamples of a seed, written out.
std::vector<std::vector<Row>> drawn(const std::vector<Row>& all, std::uint64_t seed) {
  Arena arena;
  const Resamples by_number({all.size(), {}, 1}, CaseKind::multinomial, Streams(seed, 0), arena);
  std::vector<Lanes> weight(all.size());
  std::vector<std::vector<Row>> written(resamples);
  for (std::uint32_t b = 0; b < resamples; ++b) {
    if (b % lanes == 0) by_number.weights(b, weight);
    for (std::size_t i = 0; i < all.size(); ++i)
      for (double w = weight[i][b % lanes]; w > 0; --w) written[b].push_back(all[i]);
  }
  return written;
}

std::string file_of(const std::vector<Row>& all) {
  std::string csv = "id,arm,age,site,half,t,e\n";
  for (std::size_t i = 0; i < all.size(); ++i) csv += std::to_string(i) + "," + all[i].text + "\n";
  return csv;
}

std::string plan(const std::string& analyses, const std::string& besides = "") {
  return "{time_unit: days, patient: id, endpoints: {os: {time: t, event: e}}, " + besides + "analyses: [" + analyses +
         "]}";
}

std::vector<Estimate> evaluated(AnalysedData& d, const Resampling& by = Resampling::by_seed()) {
  Arena arena;
  std::vector<Estimate> out(d.plan().labels().size());
  d.plan().evaluate(d.data(), arena, out, by);
  return out;
}

const Estimate& find(const AnalysedData& d, const std::vector<Estimate>& all, const std::string& parameter,
                     const std::string& term = "") {
  for (std::size_t k = 0; k < all.size(); ++k)
    if (d.plan().labels()[k].parameter == parameter && d.plan().labels()[k].term == term) return all[k];
  throw std::runtime_error("no row " + parameter + " " + term);
}

TEST(CoxValidationMethod, OracleTheCoxMethodOnFilesOfTheResamples) {
  const std::vector<Row> all = rows();
  const std::string terms =
      "endpoint: os, terms: [arm, age, site], strata: [half], levels: {arm: [A, B], site: [lung, liver, bone]}";
  AnalysedData d(file_of(all), plan("{name: v, method: cox_validation, resamples: 56, seed: 4, " + terms + "}"), by_id);
  const std::vector<Estimate> found = evaluated(d);
  const std::string with_cox = plan("{name: c, method: cox, concordance: true, " + terms + "}");
  const AnalysedData whole(file_of(all), with_cox, by_id);
  const std::vector<std::string> columns = {"arm=B", "age", "site=bone", "site=liver"};

  const std::vector<Row> complete = complete_rows();
  Moments optimism, slope;
  std::vector<Moments> same(columns.size());
  for (const std::vector<Row>& resample : drawn(complete, 4)) {
    const AnalysedData own(file_of(resample), with_cox, by_id);
    const double c = own.row("c", "concordance").estimate;
    if (std::isnan(c)) continue;
    std::string csv = "id,lp,half,t,e\n";
    for (std::size_t i = 0; i < complete.size(); ++i) {
      std::stringstream fields(complete[i].text);
      std::string arm, age, site, rest;
      std::getline(fields, arm, ','), std::getline(fields, age, ','), std::getline(fields, site, ',');
      std::getline(fields, rest);
      double predictor = own.row("c", "log_hazard_ratio", "", "age").estimate * std::stod(age);
      for (const std::string& column : columns)
        if (column == "arm=" + arm || column == "site=" + site)
          predictor += own.row("c", "log_hazard_ratio", "", column).estimate;
      char text[40];
      std::snprintf(text, sizeof text, "%.17g", predictor);
      csv += std::to_string(i) + "," + text + "," + rest + "\n";
    }
    const AnalysedData on_data(
        csv, plan("{name: c, method: cox, endpoint: os, terms: [lp], strata: [half], concordance: true}"), by_id);
    const double log_ratio = on_data.row("c", "log_hazard_ratio").estimate;
    ASSERT_GT(log_ratio, 0.0);  // the concordance of the predictor itself
    slope.add(log_ratio);
    optimism.add(c - on_data.row("c", "concordance").estimate);
    for (std::size_t j = 0; j < columns.size(); ++j)
      same[j].add(own.row("c", "log_hazard_ratio", "", columns[j]).estimate *
                      whole.row("c", "log_hazard_ratio", "", columns[j]).estimate >
                  0);
  }
  ASSERT_GT(optimism.n, 50u);
  const double used = static_cast<double>(optimism.n);
  const Estimate& of_optimism = find(d, found, "optimism");
  const double apparent = whole.row("c", "concordance").estimate;
  EXPECT_EQ(find(d, found, "apparent_concordance").estimate, apparent);
  EXPECT_EQ(find(d, found, "apparent_concordance").standard_error, whole.row("c", "concordance").standard_error);
  EXPECT_NEAR(of_optimism.estimate, optimism.mean, 1e-12);
  EXPECT_NEAR(of_optimism.standard_error, std::sqrt(optimism.variance() / used), 1e-12);
  EXPECT_NEAR(of_optimism.degenerate, 1 - used / double(resamples), 1e-12);
  EXPECT_EQ(of_optimism.n, static_cast<double>(complete.size()));
  EXPECT_NEAR(find(d, found, "corrected_concordance").estimate, apparent - optimism.mean, 1e-12);
  EXPECT_EQ(find(d, found, "apparent_slope").estimate, 1.0);
  // The fits of `cox` stop where coxph stops, at 1e-9 of the log likelihood.
  EXPECT_NEAR(find(d, found, "calibration_slope").estimate, slope.mean, 1e-6);
  EXPECT_NEAR(find(d, found, "calibration_slope").standard_error, std::sqrt(slope.variance() / used), 1e-6);
  for (std::size_t j = 0; j < columns.size(); ++j)
    EXPECT_NEAR(find(d, found, "sign_frequency", columns[j]).estimate, same[j].mean, 1e-12) << columns[j];
  EXPECT_THROW(find(d, found, "selection_frequency", "age"), std::runtime_error);
}

TEST(CoxValidationMethod, OracleEliminationByTheCoxMethod) {
  const std::vector<Row> all = complete_rows();
  AnalysedData d(file_of(all),
                 plan("{name: v, method: cox_validation, resamples: 56, endpoint: os, terms: [arm, age, half], levels: "
                      "{arm: [A, B]}, "
                      "selection: backward, p_out: 0.2}"),
                 by_id);
  const std::vector<Estimate> found = evaluated(d);
  std::map<std::string, Moments> kept;
  for (const std::vector<Row>& resample : drawn(all, 1)) {
    std::vector<std::string> in = {"arm", "age", "half"};
    while (!in.empty()) {
      std::string terms, out;
      const std::string levels = std::ranges::find(in, "arm") == in.end() ? "{}" : "{arm: [A, B]}";
      for (const std::string& t : in) terms += (terms.empty() ? "" : ", ") + t;
      const AnalysedData own(
          file_of(resample),
          plan("{name: c, method: cox, endpoint: os, levels: " + levels + ", terms: [" + terms + "]}"), by_id);
      double largest = 0.2;
      for (const std::string& t : in) {
        const double p = own.row("c", "hazard_ratio", "", t == "arm" ? "arm=B" : t).p_value;
        if (p > largest) largest = p, out = t;
      }
      if (out.empty()) break;
      std::erase(in, out);
    }
    for (const char* t : {"arm", "age", "half"}) kept[t].add(std::ranges::find(in, t) != in.end());
  }
  EXPECT_EQ(d.plan().labels().size(), 5u + 3u + 3u);
  int uncertain = 0;
  for (const auto& [term, m] : kept) {
    EXPECT_NEAR(find(d, found, "selection_frequency", term).estimate, m.mean, 1e-12) << term;
    EXPECT_NEAR(find(d, found, "selection_frequency", term).standard_error, std::sqrt(m.variance() / double(resamples)),
                1e-12);
    uncertain += m.mean > 0 && m.mean < 1;
  }
  EXPECT_GT(uncertain, 0);
}

TEST(CoxValidationMethod, OracleLesionsGoWithTheirPatient) {
  const std::vector<Row> all = rows();
  std::string once = "id,l\n", twice = "id,l\n";
  for (int i = 0; i < 80; ++i)
    once += std::to_string(i) + ",1\n", twice += std::to_string(i) + ",1\n" + std::to_string(i) + ",2\n";
  const std::string entry =
      "{name: v, method: cox_validation, endpoint: os, terms: [arm, age], ties: breslow, "
      "selection: backward, resamples: 64}";
  AnalysedData patients(file_of(all), plan(entry), by_id);
  const std::vector<Estimate> expected = evaluated(patients);
  const std::string of_lesions =
      "{time_unit: days, patient: id, analyses: [], lesions: {endpoints: {os: {time: t, event: e}}, analyses: [" +
      entry + "]}}";
  AnalysedData one(file_of(all), of_lesions, by_id, once), two(file_of(all), of_lesions, by_id, twice);
  const std::vector<Estimate> found = evaluated(one), doubled = evaluated(two);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t k = 0; k < found.size(); ++k) {
    EXPECT_TRUE(found[k].estimate == expected[k].estimate || std::isnan(expected[k].estimate)) << k;
    EXPECT_EQ(doubled[k].n, 2 * expected[k].n);
  }
  // Wald tests of doubled rows are sharper, so that without elimination alone all numbers stay.
  const std::size_t at = of_lesions.find("selection: backward, ");
  std::string plain = of_lesions, plain_entry = entry;
  plain.erase(at, 21), plain_entry.erase(entry.find("selection: backward, "), 21);
  AnalysedData all_terms(file_of(all), plan(plain_entry), by_id), both(file_of(all), plain, by_id, twice);
  const std::vector<Estimate> single = evaluated(all_terms), pairs = evaluated(both);
  for (std::size_t k = 0; k < single.size(); ++k) EXPECT_NEAR(pairs[k].estimate, single[k].estimate, 1e-9) << k;
}

TEST(CoxValidationMethod, ReproducibilityResamplesAreThoseOfTheSeedOrTheReplicate) {
  AnalysedData d(file_of(rows()),
                 plan("{name: v, method: cox_validation, endpoint: os, terms: [arm, age], resamples: 50, seed: 3}, "
                      "{name: km, method: kaplan_meier, endpoint: os, at_months: [2]}",
                      "bootstrap: {resamples: 50}, "),
                 by_id);
  const std::vector<Estimate> seed = evaluated(d), again = evaluated(d),
                              replicate = evaluated(d, Resampling::of({3, 1})),
                              of_seed = evaluated(d, Resampling::of({3, 0})), nobody = evaluated(d, Resampling::none());
  EXPECT_EQ(d.plan().labels().size(), 7u + 2u + 2u);  // no bootstrap of the validation
  for (std::size_t k = 0; k < 7; ++k) {
    EXPECT_EQ(seed[k].estimate, again[k].estimate);
    EXPECT_EQ(seed[k].estimate, of_seed[k].estimate);
    EXPECT_EQ(nobody[k].status, Status::ok);
    EXPECT_EQ(std::isnan(nobody[k].estimate), k != 0 && k != 3) << k;
  }
  EXPECT_NE(seed[1].estimate, replicate[1].estimate);
  EXPECT_EQ(seed[0].estimate, replicate[0].estimate);
}

TEST(CoxValidationMethod, DegenerateData) {
  const std::string entry = "{name: v, method: cox_validation, endpoint: os, terms: [arm, age], resamples: 50}";
  std::string none = "id,arm,age,t,e\n", apart = none;
  for (int i = 0; i < 20; ++i) {
    const std::string id = std::to_string(i), x = (i < 10 ? ",A," : ",B,") + std::to_string(30 + (i * 7) % 20);
    none += id + x + "," + std::to_string(i + 1) + ",0\n";
    apart += id + x + "," + std::to_string(i + 1) + "," + std::to_string(i < 10) + "\n";
  }
  AnalysedData without_events(none, plan(entry), by_id), separated(apart, plan(entry), by_id);
  for (const Estimate& e : evaluated(without_events)) {
    EXPECT_EQ(e.status, Status::no_events);
    EXPECT_TRUE(std::isnan(e.estimate));
    EXPECT_EQ(e.n, 20);
  }
  for (const Estimate& e : evaluated(separated)) EXPECT_EQ(e.status, Status::separation);
  // Everything leaves: no pair is told apart, there is no slope.
  AnalysedData empty(file_of(rows()),
                     plan("{name: v, method: cox_validation, endpoint: os, terms: [half], selection: backward, "
                          "p_out: 0.0000001, resamples: 50}"),
                     by_id);
  const std::vector<Estimate> found = evaluated(empty);
  EXPECT_EQ(found[0].estimate, 0.5);
  EXPECT_EQ(found[1].estimate, 0.0);
  EXPECT_EQ(found[3].status, Status::singular);
  EXPECT_EQ(found[4].status, Status::degenerate_resamples);
  EXPECT_EQ(found[4].degenerate, 1.0);
  EXPECT_EQ(find(empty, found, "selection_frequency", "half").estimate, 0.0);
}

std::string refusal(const std::string& keys, const std::string& terms = "[age]") {
  try {
    AnalysedData(file_of(rows()),
                 plan("{name: v, method: cox_validation, endpoint: os, terms: " + terms + ", " + keys + "}"), by_id);
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

TEST(CoxValidationMethod, OracleMistakesHaveTheirPlace) {
  EXPECT_EQ(refusal("selection: backward, p_out: 0.05, ties: breslow, seed: 5, strata: [half]"), "");
  EXPECT_THAT(refusal("selection: forward"), HasSubstr("selection: 'forward' is not a choice"));
  EXPECT_THAT(refusal("p_out: 0.05"), HasSubstr("p_out: is of elimination (selection: backward)"));
  EXPECT_THAT(refusal("selection: backward, p_out: 1.5"), HasSubstr("p_out: 1.5 is"));
  EXPECT_THAT(refusal("resamples: 10"), HasSubstr("resamples: 10 is"));
  EXPECT_THAT(refusal("bootstrap: {resamples: 100}"), HasSubstr("bootstrap: has no part in a method that resamples"));
  EXPECT_THAT(refusal("levels: {site: [lung]}", "[age, site]"), HasSubstr("terms: 'site' has one level only"));
  EXPECT_THAT(refusal("time_dependent: {late: half}"), HasSubstr("time_dependent: unknown key (accepted: "));
  EXPECT_THAT(refusal("penalty: firth"), HasSubstr("penalty"));
}

}  // namespace
}  // namespace oligosim
