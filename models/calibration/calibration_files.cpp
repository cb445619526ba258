#include "models/calibration/calibration_files.hpp"

#include <algorithm>

#include "engine/io/csv.hpp"
#include "engine/io/number.hpp"
#include "models/study/overrides.hpp"

namespace oligosim {

std::string fitted_disease_yaml(const Calibration& calibration, const PointFit& fit) {
  const YamlNode& disease = *calibration.document.find("disease");
  const YamlNode* published = disease.find("published");
  const bool has_cohort = published && published->find("study");
  Override put{"fit", {}};
  for (std::size_t k = 0; k < calibration.parameters.size(); ++k) {
    const FreeParameter& p = calibration.parameters[k];
    if (p.path.starts_with("published.") && !has_cohort) continue;
    YamlNode value = YamlNode::of(YamlNode::Kind::scalar);
    value.scalar = shortest(written(p.prior.at(fit.coordinates[static_cast<Eigen::Index>(k)])));
    put.values.emplace_back(p.path, value);
  }
  Problems problems;
  YamlNode fitted = with_overrides(disease, put, problems);
  std::stable_partition(fitted.entries.begin(), fitted.entries.end(),
                        [](const YamlNode::Entry& e) { return e.key != "published"; });
  return "# Fitted by oligosim calibrate to: " + calibration.title + "\n" + to_yaml(fitted);
}

std::string posterior_csv(const Calibration& calibration, const Posterior& posterior) {
  CsvWriter csv({});  // starts with the end of an empty line
  csv.field(std::string_view("chain")).field(std::string_view("draw"));
  for (const FreeParameter& p : calibration.parameters) csv.field(std::string_view(p.path));
  csv.end_row();
  for (std::size_t c = 0; c < posterior.chains.size(); ++c)
    for (Eigen::Index d = 0; d < posterior.chains[c].rows(); ++d) {
      csv.field(static_cast<long long>(c + 1)).field(static_cast<long long>(d + 1));
      for (std::size_t k = 0; k < calibration.parameters.size(); ++k)
        csv.field(calibration.parameters[k].prior.at(posterior.chains[c](d, static_cast<Eigen::Index>(k))));
      csv.end_row();
    }
  return csv.text().substr(1);
}

std::string targets_csv(const CalibrationResult& result) {
  CsvWriter csv(
      {"target", "published", "fitted", "sampling_sd", "z", "posterior_predictive_percentile", "used_in_fit"});
  for (const TargetResult& r : result.targets) {
    csv.field(std::string_view(r.target.name)).field(r.target.printed(r.target.published));
    csv.field(r.target.printed(r.fitted)).field(r.sampling_sd).field(r.z).field(r.predictive.percentile);
    csv.field(std::string_view(r.target.used_in_fit ? "true" : "false")).end_row();
  }
  return csv.text();
}

}  // namespace oligosim
