#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/models/analysis/plan_support.hpp"

namespace oligosim::test {

/// A row of the data of these tests.
struct Patient {
  double time = missing;
  std::uint8_t event = 0;
  int arm = -1, line = 1;  // arm -1: missing
};

/// Of two arms, with ties, missing times and arms.
inline std::vector<Patient> some_patients(std::uint32_t seed, int n) {
  std::mt19937 random(seed);
  std::vector<Patient> patients(static_cast<std::size_t>(n));
  for (Patient& p : patients) {
    p.arm = random() % 20 == 0 ? -1 : static_cast<int>(random() % 2);
    p.line = 1 + static_cast<int>(random() % 3 == 0);
    p.time = random() % 15 == 0 ? missing : 10.0 * static_cast<double>(1 + random() % (p.arm == 0 ? 40 : 60));
    p.event = random() % 3 != 0;
  }
  return patients;
}

inline std::string csv_of(const std::vector<Patient>& patients) {
  std::string csv = "id,arm,line,t,e,x,cause\n";
  for (std::size_t i = 0; i < patients.size(); ++i) {
    const Patient& p = patients[i];
    csv += "P" + std::to_string(i) + "," +
           (p.arm < 0    ? "NA"
            : p.arm == 0 ? "A"
                         : "B") +
           "," + std::to_string(p.line) + "," + (std::isnan(p.time) ? "NA" : std::to_string(static_cast<int>(p.time))) +
           "," + std::to_string(p.event) + "," + std::to_string(i * 7 % 11) + "," + std::to_string(i % 3) + "\n";
  }
  return csv;
}

inline std::string plan_text(const std::string& bootstrap, const std::string& analyses) {
  return "{time_unit: days, days_per_month: 30, patient: id, endpoints: {pfs: {time: t, event: e}, late: {of: pfs, "
         "landmark_months: 1}, cr: {time: t, cause: cause, causes: {1: a, 2: b}}}, populations: {first: {line: 1}}, "
         "bootstrap: " +
         bootstrap + ", analyses: [" + analyses + "]}";
}

inline AnalysedData analysed(const std::vector<Patient>& patients, const std::string& bootstrap,
                             const std::string& analyses) {
  return AnalysedData(csv_of(patients), plan_text(bootstrap, analyses),
                      {.patient = "id", .parameter = {}, .several_rows = false});
}

inline std::vector<Estimate> resampled(AnalysedData& d) {
  Arena arena;
  std::vector<Estimate> out(d.plan().labels().size());
  d.plan().evaluate(d.data(), arena, out, Resampling::by_seed());
  return out;
}

/// The first row of the bootstrap with these keys.
inline Estimate row_of(const AnalysedData& d, const std::vector<Estimate>& out, const std::string& analysis,
                       const std::string& parameter, const std::string& group = "", const std::string& interval = "") {
  const auto& labels = d.plan().labels();
  for (std::size_t k = 0; k < labels.size(); ++k)
    if (labels[k].analysis == analysis && labels[k].parameter == parameter && labels[k].resampled &&
        labels[k].group == group && (interval.empty() || labels[k].interval == interval))
      return out[k];
  throw std::runtime_error("no row " + analysis + " " + parameter);
}

inline SurvivalTable part(const SurvivalTable& table, const std::vector<Patient>& patients, int arm, Arena& arena) {
  std::vector<std::uint8_t> keep;
  for (const Patient& p : patients) keep.push_back(p.arm == arm);
  return filter(table, keep, arena);
}

/// What the plan is refused with; empty if it is not.
inline std::string refusal(const std::string& bootstrap, const std::string& analysis) {
  try {
    analysed(some_patients(1, 40), bootstrap, analysis);
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

/// Refused with these words at this text of the plan, which stands there once.
inline void expect_refused(const std::string& bootstrap, const std::string& analysis, const std::string& at,
                           const std::string& words) {
  const std::size_t place = plan_text(bootstrap, analysis).find(at);
  EXPECT_THAT(
      refusal(bootstrap, analysis),
      testing::AllOf(testing::HasSubstr("plan.yaml:1:" + std::to_string(place + 1) + ":"), testing::HasSubstr(words)));
}

}  // namespace oligosim::test
