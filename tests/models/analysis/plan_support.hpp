#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "models/analysis/plan.hpp"
#include "models/cohort/data_set.hpp"
#include "models/cohort/lesion_file.hpp"

namespace oligosim {

/// Patients from text, and a plan run on them.
class AnalysedData {
 public:
  AnalysedData(const std::string& csv, const std::string& plan, DataOptions options = {},
               const std::string& lesions_csv = "") {
    Problems problems;
    Warnings warnings;
    data_ = parse_data(csv, "data.csv", options, problems, warnings);
    const bool with_lesions = !lesions_csv.empty();
    if (with_lesions) {
      lesions_ = parse_data(lesions_csv, "lesions.csv", {options.patient, {}, true}, problems, warnings);
      problems.refuse();
      patient_of_lesion_ = patients_of_lesions(lesions_, data_, options.patient.value_or("USUBJID"), problems);
    }
    const YamlNode tree = parse_yaml(plan, "plan.yaml", problems);
    plan_ = std::make_unique<Plan>(ConfigNode(tree, problems), data_.columns(),
                                   with_lesions ? &lesions_.columns() : nullptr);
    problems.refuse();
    const Cohort cohort = data_.cohort();
    const LesionData of_lesions{lesions_.cohort(), patient_of_lesion_};
    shared_ = std::make_unique<PlanData>(cohort, plan_->parts(), arena_, with_lesions ? &of_lesions : nullptr);
    estimates_.resize(plan_->labels().size());
    plan_->evaluate(*shared_, arena_, estimates_);
  }

  const Plan& plan() const { return *plan_; }
  PlanData& data() { return *shared_; }
  const std::vector<Estimate>& estimates() const { return estimates_; }

  /// The first estimate of an analysis with these keys; empty ones match anything.
  const Estimate& row(const std::string& analysis, const std::string& parameter = "", const std::string& group = "",
                      const std::string& term = "", double at = missing) const {
    for (std::size_t k = 0; k < estimates_.size(); ++k) {
      const EstimateLabel& l = plan_->labels()[k];
      if (l.analysis == analysis && (parameter.empty() || l.parameter == parameter) &&
          (group.empty() || l.group == group) && (term.empty() || l.term == term) && (std::isnan(at) || l.at == at))
        return estimates_[k];
    }
    throw std::runtime_error("no row " + analysis + "/" + parameter + "/" + group + "/" + term);
  }

 private:
  Arena arena_;
  DataSet data_, lesions_;
  std::vector<std::uint32_t> patient_of_lesion_;
  std::unique_ptr<Plan> plan_;
  std::unique_ptr<PlanData> shared_;
  std::vector<Estimate> estimates_;
};

inline std::string file_text(const std::string& path) {
  std::ifstream file(std::string(OLIGOSIM_SOURCE_DIR "/") + path);
  EXPECT_TRUE(file) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace oligosim
