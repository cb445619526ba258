#include <initializer_list>
#include <utility>

#include "models/disease/oligo_hcc/baseline.hpp"

namespace oligosim {
namespace {

ColumnInfo flag(const char* name, const char* meaning) {
  return {name, ColumnKind::number, {}, {0, 1}, "0/1", meaning};
}

ColumnInfo category(const char* name, std::vector<std::string> levels, const char* meaning) {
  return {name, ColumnKind::category, std::move(levels), {}, "", meaning};
}

ColumnInfo measurement(const char* name, const char* unit, const char* meaning) {
  return {name, ColumnKind::number, {}, {}, unit, meaning};
}

std::vector<std::size_t> positions(std::initializer_list<BaselineColumn> columns) {
  std::vector<std::size_t> all;
  for (const BaselineColumn column : columns) all.push_back(static_cast<std::size_t>(column));
  return all;
}

}  // namespace

std::vector<ColumnInfo> oligo_hcc_baseline_columns() {
  return {
      category("grp", {"OP-N", "OP-C", "OM"}, "oligoprogression: next-line or continued therapy; oligometastases"),
      category("cohort", {"OP", "OM"}, "oligoprogressive or oligometastatic"),
      flag("late", "second or later line of systemic therapy"),
      {"line", ColumnKind::number, {}, {1, 2}, "", "line of systemic therapy; 2: second or later"},
      flag("multi", "more than one oligoprogressive or oligometastatic lesion"),
      flag("big", "sum of diameters of the oligoprogressive or oligometastatic lesions above 2.8 cm"),
      measurement("lesions", "count", "oligoprogressive or oligometastatic lesions, which SBRT irradiates"),
      measurement("size_cm", "cm", "sum of diameters of these lesions"),
      flag("untreated", "lesions exist that SBRT does not irradiate"),
      flag("ici_targeted", "immune checkpoint inhibitor with targeted therapy"),
      measurement("age", "years", "age"),
      flag("male", "male sex"),
      flag("ecog", "ECOG performance status 1 (else 0)"),
      category("etiology", {"HBV", "HCV", "alcohol", "other"}, "cause of the liver disease"),
      flag("child_pugh_b", "Child-Pugh class B (else A)"),
      flag("afp_high", "alpha-fetoprotein at least 400 ng/ml"),
      flag("macrovascular_invasion", "macrovascular invasion"),
      flag("prior_local", "local treatment before"),
      measurement("total_lesions", "count", "lesions in all, with those that SBRT does not irradiate"),
      category("total_lesions_group", {"1", "2-5", ">5"}, "lesions in all"),
      measurement("total_size_cm", "cm", "sum of diameters of all lesions"),
      category("regimen", {"ICI+TKI", "TKI", "ICI", "ICI+VEGF"}, "current systemic therapy"),
      flag("prior_intra_arterial", "intra-arterial therapy before"),
      flag("prior_resection", "resection before"),
      flag("prior_radiotherapy", "radiotherapy before"),
      flag("prior_rfa", "radiofrequency ablation before"),
      flag("prior_transplant", "liver transplantation before"),
      flag("intrahepatic", "lesions in the liver"),
  };
}

std::vector<std::size_t> oligo_hcc_course_needs() {
  return positions({BaselineColumn::grp, BaselineColumn::late, BaselineColumn::multi, BaselineColumn::big,
                    BaselineColumn::lesions, BaselineColumn::untreated});
}

std::vector<std::size_t> oligo_hcc_finding_needs() {
  return positions({BaselineColumn::size_cm, BaselineColumn::total_lesions, BaselineColumn::total_size_cm});
}

}  // namespace oligosim
