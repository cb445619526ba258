#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/cohort/data_set.hpp"

namespace oligosim {

/// The row of each lesion's patient among `patients`; both files name the patient in the column `patient`. Refused,
/// each with its place: a file without that column, a lesion without a patient or of one who is not there, patients
/// who have several rows themselves. Empty then.
std::vector<std::uint32_t> patients_of_lesions(const DataSet& lesions, const DataSet& patients,
                                               const std::string& patient, Problems& problems);

}  // namespace oligosim
