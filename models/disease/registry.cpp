#include <string>
#include <utility>
#include <vector>

#include "engine/io/words.hpp"
#include "models/disease/disease_model.hpp"
#include "models/disease/illness_death/model.hpp"
#include "models/disease/oligo_hcc/model.hpp"
#include "models/disease/parallel_cohorts/model.hpp"
#include "models/disease/plain_survival/model.hpp"
#include "models/disease/resample/model.hpp"
#include "models/disease/response_timing/model.hpp"

namespace oligosim {
namespace {

using enum UseOfVisits;

constexpr DiseaseModelEntry models[] = {
    {"survival", "endpoints with given distributions, independent of each other", read_plain_survival, if_known_at,
     false},
    {"cohorts", "several cohorts, each with endpoints and effects of its own", read_parallel_cohorts, never, true},
    {"illness_death", "progression and death of the same patients, from two medians and their correlation",
     read_illness_death, if_known_at, false},
    {"resample", "patients drawn with replacement from a file", read_resample, never, false},
    {"oligo_hcc", "oligoprogressive and oligometastatic HCC, with or without SBRT", read_oligo_hcc, always, true},
    {"response_timing", "response and progression of a cohort, both known at visits only", read_response_timing, always,
     false},
};

}  // namespace

std::span<const DiseaseModelEntry> disease_models() { return models; }

std::vector<VisitSchedule> DiseaseInput::visits_by_arm() const {
  std::vector<VisitSchedule> schedules;
  for (const Arm& arm : arms) schedules.push_back(arm.visits.value_or(visits));
  if (schedules.empty()) schedules.push_back(visits);
  return schedules;
}

std::unique_ptr<DiseaseModel> read_disease_model(DiseaseInput input) {
  std::vector<std::string> names;
  for (const DiseaseModelEntry& entry : disease_models()) names.emplace_back(entry.name);
  const bool given = input.disease.has("model");
  std::string name =
      input.disease.one_of("model", names, "disease model", given ? "" : names.front(), Words::of_program);
  // After a slip the model that was probably meant reads on, so that the messages below it make sense.
  if (name.empty()) name = nearest(input.disease.raw("model").scalar, names);
  for (const DiseaseModelEntry& entry : disease_models())
    if (name == entry.name) return entry.read(std::move(input));
  return disease_models().front().read(std::move(input));
}

}  // namespace oligosim
