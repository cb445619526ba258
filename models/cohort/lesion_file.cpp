#include "models/cohort/lesion_file.hpp"

#include <optional>
#include <string_view>
#include <unordered_map>

#include "engine/io/csv_value.hpp"
#include "engine/io/words.hpp"

namespace oligosim {
namespace {

std::optional<std::size_t> named_column(const DataSet& data, const std::string& patient, Problems& problems) {
  const auto column = data.find(patient);
  if (!column) problems.add(data.start(), patient, "is no column of this file (the plan's `patient` names it in both)");
  return column;
}

}  // namespace

std::vector<std::uint32_t> patients_of_lesions(const DataSet& lesions, const DataSet& patients,
                                               const std::string& patient, Problems& problems) {
  const auto of_lesion = named_column(lesions, patient, problems);
  const auto of_patient = named_column(patients, patient, problems);
  if (!of_lesion || !of_patient) return {};
  if (patients.rows() != patients.patients()) {
    problems.add(patients.start(), patient, "names patients with several rows (one row each where there are lesions)");
    return {};
  }
  std::unordered_map<std::string_view, std::uint32_t> row_of;
  for (std::uint32_t row = 0; row < patients.rows(); ++row) row_of.emplace(patients.text(*of_patient, row), row);
  std::vector<std::uint32_t> rows;
  MistakeList mistakes(problems);
  bool all_found = true;
  for (std::size_t lesion = 0; lesion < lesions.rows(); ++lesion) {
    const std::string_view name = lesions.text(*of_lesion, lesion);
    const auto found = row_of.find(name);
    if (found != row_of.end()) {
      rows.push_back(found->second);
      continue;
    }
    all_found = false;
    mistakes.add(lesions.place(*of_lesion, lesion), patient,
                 quoted(std::string(name)) + " is not among the patients (a patient of the other file)");
  }
  mistakes.finish();
  if (!all_found) rows.clear();
  return rows;
}

}  // namespace oligosim
