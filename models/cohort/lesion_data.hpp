#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/cohort/cohort.hpp"

namespace oligosim {

/// Lesions of the patients of a data set: a row a lesion.
struct LesionData {
  Cohort columns;
  std::span<const std::uint32_t> patient;  // row of its patient
};

/// Lesions with what is known of their patients: the lesions' own columns; `patient`, the row of its patient, which
/// names the clusters; then the patients' columns. A name that lesions have themselves keeps the lesions' column.
class LesionJoin {
 public:
  LesionJoin(const Columns& lesions, const Columns& patients);

  const Columns& columns() const { return columns_; }
  std::size_t own_columns() const { return own_; }
  /// The patients' columns that a choice of columns() rests on.
  std::vector<std::size_t> patient_columns(std::span<const std::uint8_t> needed) const;
  /// The needed columns of the joined data; the lesions' own share their memory.
  Cohort join(const LesionData& lesions, const Cohort& patients, std::span<const std::uint8_t> needed,
              Arena& arena) const;

 private:
  Columns columns_;
  std::size_t own_;                      // the lesions'
  bool numbered_ = false;                // the column after those is the patient's row
  std::vector<std::size_t> of_patient_;  // position among the patients' columns of each of the others
};

}  // namespace oligosim
