#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "models/analysis/plan.hpp"
#include "models/cohort/data_set.hpp"

namespace oligosim {

/// The patients of a file, and their lesions where there is a file of them.
class RealData {
 public:
  RealData(const std::filesystem::path& patients, const std::optional<std::filesystem::path>& lesions,
           const DataOptions& shape, Problems& problems, Warnings& warnings);

  const DataSet& patients() const { return patients_; }
  const Columns* lesion_columns() const { return lesions_ ? &lesions_->columns() : nullptr; }
  std::size_t lesions() const { return lesions_ ? lesions_->rows() : 0; }

  /// Refuses and warns of what the columns that the plan reads could not mean.
  void check(const Plan& plan, Problems& problems, Warnings& warnings) const;
  PlanData for_plan(const Plan& plan, Arena& arena) const;

 private:
  DataSet patients_;
  std::optional<DataSet> lesions_;
  std::vector<std::uint32_t> patient_of_lesion_;
};

/// A plan and the data that it fits.
struct PlanOnData {
  std::unique_ptr<const RealData> data;
  std::unique_ptr<const Plan> plan;
  YamlNode resolved;  // the plan as understood, every default written out
  Warnings warnings;  // of both
};

/// Throws InputError with all mistakes of the plan and of what it reads.
PlanOnData plan_on_data(const YamlNode& plan, const std::filesystem::path& patients,
                        const std::optional<std::filesystem::path>& lesions);

}  // namespace oligosim
