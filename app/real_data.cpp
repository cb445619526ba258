#include "app/real_data.hpp"

#include "models/cohort/endpoint_checks.hpp"
#include "models/cohort/lesion_file.hpp"

namespace oligosim {
namespace {

void check_rows(const DataSet& data, const std::vector<std::uint8_t>& needed, const PlanParts& parts, const Plan& plan,
                Problems& problems, Warnings& warnings) {
  data.refuse_texts(needed, problems);
  if (!problems.empty()) return;
  const TimeScale scale{plan.time_unit(), parts.units_per_month};
  check_endpoints(data, endpoint_columns(parts, needed.size()), scale, problems, warnings);
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
  check_rows(patients_, plan.needed_columns(), plan.parts(), plan, problems, warnings);
  if (plan.reads_lesions())
    check_rows(*lesions_, plan.needed_lesion_columns(), plan.parts().lesions->parts, plan, problems, warnings);
}

PlanData RealData::for_plan(const Plan& plan, Arena& arena) const {
  if (!plan.reads_lesions()) return {patients_.cohort(), plan.parts(), arena};
  const LesionData of_lesions{lesions_->cohort(), patient_of_lesion_};
  return {patients_.cohort(), plan.parts(), arena, &of_lesions};
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
