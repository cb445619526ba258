#include "app/real_data.hpp"

#include "models/analysis/data_checks.hpp"
#include "models/analysis/derived_checks.hpp"
#include "models/analysis/switching_checks.hpp"
#include "models/cohort/endpoint_checks.hpp"
#include "models/cohort/lesion_file.hpp"

namespace oligosim {
namespace {

void check_rows(const DataSet& data, const std::vector<std::uint8_t>& needed, PlanData& derived, const Plan& plan,
                Problems& problems, Warnings& warnings) {
  data.refuse_texts(needed, problems);
  if (!problems.empty()) return;
  const PlanParts& parts = derived.parts();
  const TimeScale scale{plan.time_unit(), parts.units_per_month};
  check_endpoints(data, endpoint_columns(parts, needed.size()), scale, problems, warnings);
  if (problems.empty()) check_derived_endpoints(data, derived, needed.size(), problems);
  if (problems.empty()) refuse_other_grades(data, derived, problems);
  if (problems.empty()) check_switching_dates(data, derived, problems, warnings);
  if (!problems.empty()) return;
  warn_of_levels(data, derived, warnings);
  warn_of_unseen(data, derived, warnings);
}

}  // namespace

RealData::RealData(const std::filesystem::path& patients, const std::optional<std::filesystem::path>& lesions,
                   const DataOptions& shape, Problems& problems, Warnings& warnings)
    : patients_(read_data(patients, shape, problems, warnings)) {
  if (!lesions || !problems.empty()) return;
  lesions_ = read_data(*lesions, {shape.patient, {}, true}, problems, warnings);
  if (!problems.empty()) return;
  patient_of_lesion_ = patients_of_lesions(*lesions_, patients_, shape.patient.value_or("USUBJID"), problems);
}

void RealData::check(const Plan& plan, Problems& problems, Warnings& warnings) const {
  Arena arena;
  PlanData derived = for_plan(plan, arena);
  check_rows(patients_, plan.needed_columns(), derived, plan, problems, warnings);
  if (problems.empty()) refuse_split_clusters(patients_, plan, derived, problems);
  if (plan.reads_lesions())
    check_rows(*lesions_, plan.needed_lesion_columns(), *derived.lesions(), plan, problems, warnings);
}

PlanData RealData::for_plan(const Plan& plan, Arena& arena) const {
  const std::optional<LesionData> of_lesions =
      plan.reads_lesions() ? std::optional(LesionData{lesions_->cohort(), patient_of_lesion_}) : std::nullopt;
  PlanData data(patients_.cohort(), plan.parts(), arena, of_lesions ? &*of_lesions : nullptr);
  data.join_near_ties();
  return data;
}

PlanOnData plan_on_data(const YamlNode& plan, const std::filesystem::path& patients,
                        const std::optional<std::filesystem::path>& lesions) {
  PlanOnData both;
  Problems problems;
  ConfigNode node(plan, problems);
  const DataOptions shape = read_data_options(node);
  both.data = std::make_unique<const RealData>(patients, lesions, shape, problems, both.warnings);
  problems.refuse();
  both.plan = std::make_unique<const Plan>(node, both.data->patients().columns(), both.data->lesion_columns());
  problems.refuse();
  both.data->check(*both.plan, problems, both.warnings);
  problems.refuse();
  both.resolved = node.resolved();
  return both;
}

}  // namespace oligosim
