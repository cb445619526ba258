#include "models/monitoring/patients_so_far.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/mistake_list.hpp"
#include "engine/io/number.hpp"
#include "engine/io/words.hpp"
#include "models/analysis/endpoint.hpp"

namespace oligosim {
namespace {

class Reader {
 public:
  Reader(const ForecastSpec& spec, const Plan& plan, const DataSet& file, PlanData& data, Problems& problems)
      : spec_(spec), plan_(plan), file_(file), data_(data), problems_(problems) {}

  PatientsSoFar read(const std::string& primary) {
    PatientsSoFar patients;
    const SurvivalEndpoint* endpoint = endpoint_of(primary);
    const std::optional<std::size_t> entered = number_column("entered", spec_.entered);
    const std::optional<std::size_t> lost = spec_.lost ? number_column("lost", *spec_.lost) : std::nullopt;
    const std::optional<std::size_t> by = spec_.by ? column("by", *spec_.by) : std::nullopt;
    if (file_.patients() != file_.rows()) refuse("data", "has several rows of a patient");
    if (!problems_.empty()) return patients;
    patients.endpoint = endpoint->name;
    patients.of_primary = endpoint->name == endpoint_of_analysis(primary);
    fill(patients, *endpoint, *entered, lost);
    group(patients, by);
    return patients;
  }

 private:
  void refuse(const char* key, const std::string& why) {
    const YamlNode* at = spec_.at.find(key);
    problems_.add(at ? at->place : spec_.at.place, std::string("forecast.") + key, why);
  }

  /// Empty where the plan has no such analysis, or one without an endpoint.
  std::string endpoint_of_analysis(const std::string& name) const {
    for (const EstimateLabel& label : plan_.labels())
      if (label.analysis == name) return label.endpoint;
    return "";
  }

  const SurvivalEndpoint* endpoint_of(const std::string& primary) {
    const std::vector<SurvivalEndpoint>& all = plan_.parts().endpoints;
    const std::string of_primary = endpoint_of_analysis(primary), wanted = spec_.endpoint.value_or(of_primary);
    const auto found = std::ranges::find(all, wanted, &SurvivalEndpoint::name);
    if (found == all.end()) {
      std::vector<std::string> names;
      for (const SurvivalEndpoint& e : all) names.push_back(e.name);
      refuse("endpoint", (wanted.empty() ? "is not said, and the plan has no analysis '" + primary + "' with one"
                                         : "'" + wanted + "' is not an endpoint of the plan") +
                             " (" + either(names) + ")");
      return nullptr;
    }
    if (found->competing() || found->start || found->landmark > 0)
      refuse("endpoint", "'" + wanted + "' is not one event since entry, but has " +
                             (found->competing() ? "several causes"
                              : found->start     ? "intervals of follow-up"
                                                 : "a landmark"));
    return &*found;
  }

  std::optional<std::size_t> column(const char* key, const std::string& name) {
    const std::optional<std::size_t> position = file_.find(name);
    if (!position)
      refuse(key, quoted(name) + " is not a column of the data (" +
                      either_or_nearest(name, file_.columns().names_and_identifiers()) + ")");
    return position;
  }
  std::optional<std::size_t> number_column(const char* key, const std::string& name) {
    const std::optional<std::size_t> position = column(key, name);
    if (position && !file_.is_number(*position)) {
      const std::string& texts = file_.columns()[*position].texts_among_numbers;
      refuse(key, quoted(name) + " is not a numeric column" + (texts.empty() ? "" : ", but: " + texts));
    }
    return position;
  }

  void fill(PatientsSoFar& patients, const SurvivalEndpoint& endpoint, std::size_t entered,
            std::optional<std::size_t> lost) {
    const std::size_t n = file_.rows();
    std::vector<std::uint8_t> state(n);
    endpoint.states(data_.cohort(), state);
    const std::span<const double> time = data_.cohort().numbers(endpoint.time);
    const double unit = plan_.parts().units_per_month;
    MistakeList mistakes(problems_);
    for (std::size_t i = 0; i < n; ++i) {
      const double entry = file_.numbers(entered)[i], loss = lost ? file_.numbers(*lost)[i] : 0;
      const double until_cut = spec_.month - entry / unit;
      const auto wrong = [&](std::size_t position, const std::string& what) {
        mistakes.add(file_.place(position, i), file_.name(position), what);
      };
      if (!(until_cut >= -same_moment))
        wrong(entered, std::isnan(entry) ? "is missing: every patient in the data has entered"
                                         : "is after the data cut at month " + shortest(spec_.month));
      else if (entry < 0)
        wrong(entered, "is before the study opened");
      else if (!is_known(state[i]) || std::isnan(time[i]))
        wrong(entered, "is of a patient without time or status of '" + endpoint.name + "'");
      else if (time[i] / unit > until_cut + same_moment)
        wrong(entered, shortest(entry) + " and '" + endpoint.name + "' " + shortest(time[i]) +
                           " later is after the data cut at month " + shortest(spec_.month));
      else if (lost && loss != 0 && loss != 1)
        wrong(*lost, "is not 1 (not followed any more) or 0");
      if (!mistakes.empty()) continue;
      const bool event = state[i] != censored_state, gone = !event && loss == 1;
      patients.entered.push_back(entry / unit);
      patients.time.push_back(event || gone ? time[i] / unit : std::max(until_cut, 0.0));
      patients.event.push_back(event), patients.lost.push_back(gone);
    }
    mistakes.finish();
  }

  void group(PatientsSoFar& patients, std::optional<std::size_t> by) {
    MistakeList mistakes(problems_);
    for (std::size_t i = 0; i < file_.rows(); ++i) {
      const std::string level = by ? std::string(file_.text(*by, i)) : "";
      if (by && (level.empty() || level == "NA" || level == "."))
        mistakes.add(file_.place(*by, i), file_.name(*by), "is missing, and groups have a hazard each");
      const auto known = std::ranges::find(patients.groups, level);
      patients.group.push_back(static_cast<std::size_t>(known - patients.groups.begin()));
      if (known == patients.groups.end()) patients.groups.push_back(level);
    }
    mistakes.finish();
    if (patients.groups.size() > most_groups)
      refuse("by",
             "has " + std::to_string(patients.groups.size()) + " groups (at most " + std::to_string(most_groups) + ")");
  }

  static constexpr double same_moment = 1e-6;  // months
  static constexpr std::size_t most_groups = 20;

  const ForecastSpec& spec_;
  const Plan& plan_;
  const DataSet& file_;
  PlanData& data_;
  Problems& problems_;
};

}  // namespace

PatientsSoFar patients_so_far(const ForecastSpec& spec, const std::string& primary, const Plan& plan,
                              const DataSet& file, PlanData& data, Problems& problems) {
  std::vector<std::uint8_t> read(file.columns().size(), 0);
  for (const std::optional<std::string>& name : {std::optional(spec.entered), spec.lost})
    if (name && file.find(*name)) read[*file.find(*name)] = 1;
  file.refuse_texts(read, problems);
  if (!problems.empty()) return {};
  return Reader(spec, plan, file, data, problems).read(primary);
}

}  // namespace oligosim
