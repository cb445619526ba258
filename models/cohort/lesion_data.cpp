#include "models/cohort/lesion_data.hpp"

namespace oligosim {
namespace {

template <class T>
void spread(std::span<const T> of_patient, std::span<const std::uint32_t> patient, std::span<T> out) {
  for (std::size_t l = 0; l < out.size(); ++l) out[l] = of_patient[patient[l]];
}

}  // namespace

LesionJoin::LesionJoin(const Columns& lesions, const Columns& patients) : columns_(lesions), own_(lesions.size()) {
  if (!columns_.find("patient")) {
    columns_.add({.name = "patient", .meaning = "row of the lesion's patient"});
    numbered_ = true;
  }
  for (std::size_t k = 0; k < patients.size(); ++k) {
    if (columns_.find(patients[k].name)) continue;
    columns_.add(patients[k]);
    of_patient_.push_back(k);
  }
}

std::vector<std::size_t> LesionJoin::patient_columns(std::span<const std::uint8_t> needed) const {
  std::vector<std::size_t> columns;
  for (std::size_t k = 0; k < of_patient_.size(); ++k)
    if (needed[own_ + numbered_ + k]) columns.push_back(of_patient_[k]);
  return columns;
}

Cohort LesionJoin::join(const LesionData& lesions, const Cohort& patients, std::span<const std::uint8_t> needed,
                        Arena& arena) const {
  const Cohort all(columns_, lesions.columns, needed, arena);
  if (numbered_ && needed[own_])
    for (std::size_t l = 0; l < lesions.patient.size(); ++l) all.numbers(own_)[l] = lesions.patient[l];
  for (std::size_t k = 0; k < of_patient_.size(); ++k) {
    const std::size_t column = own_ + numbered_ + k;
    if (!needed[column]) continue;
    if (columns_[column].kind == ColumnKind::number)
      spread<double>(patients.numbers(of_patient_[k]), lesions.patient, all.numbers(column));
    else
      spread<std::uint8_t>(patients.categories(of_patient_[k]), lesions.patient, all.categories(column));
  }
  return all;
}

}  // namespace oligosim
