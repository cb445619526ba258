#include <array>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/words.hpp"
#include "models/disease/disease_model.hpp"
#include "models/disease/oligo_hcc/model.hpp"
#include "models/disease/plain_survival/model.hpp"
#include "models/disease/response_timing/model.hpp"

namespace oligosim {
namespace {

constexpr std::array<DiseaseModelEntry, 3> models{{
    {"survival", "endpoints with given distributions, independent of each other", read_plain_survival},
    {"oligo_hcc", "oligoprogressive and oligometastatic HCC, with or without SBRT", read_oligo_hcc},
    {"response_timing", "response and progression of a cohort, both known at visits only", read_response_timing},
}};

}  // namespace

std::span<const DiseaseModelEntry> disease_models() { return models; }

std::unique_ptr<DiseaseModel> read_disease_model(DiseaseInput input) {
  std::vector<std::string> names;
  for (const DiseaseModelEntry& entry : disease_models()) names.emplace_back(entry.name);
  const bool given = input.disease.has("model");
  std::string name = input.disease.one_of("model", names, "disease model", given ? "" : names.front());
  // After a slip the model that was probably meant reads on, so that the messages below it make sense.
  if (name.empty()) name = nearest(input.disease.raw("model").scalar, names);
  for (const DiseaseModelEntry& entry : disease_models())
    if (name == entry.name) return entry.read(std::move(input));
  return disease_models().front().read(std::move(input));
}

}  // namespace oligosim
