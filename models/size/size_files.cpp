#include "models/size/size_files.hpp"

#include <array>
#include <cmath>

#include "engine/io/csv.hpp"
#include "engine/io/json.hpp"
#include "models/size/size_formula.hpp"

namespace oligosim {
namespace {

const SizePoint* point_at(const SizeOfScenario& s, std::size_t size) {
  for (const SizePoint& p : s.curve)
    if (p.size == size) return &p;
  return nullptr;
}

/// Of trials that end before their events have come, as where enrollment goes on beyond the study's end: more patients
/// may not help, and events planned are not those that are seen.
std::string late_text(const SizedStudy& study, const SizeOfScenario& s, std::size_t size) {
  const SizePoint* p = point_at(s, size);
  if (!p || !(p->late.mean > 0.1)) return "";
  std::string text = " At " + std::to_string(size) + " " + counted_in(study.wanted()) + ", " + percent(p->late.mean) +
                     " of the replicates of " + s.scenario + " reach design.latest_month before their last look is due";
  if (study.events(size) > 0) text += "; " + rounded(mean(p->events).value, 4) + " events come on average";
  return text + ".";
}

/// Of intervals that were not finite.
std::string lost_text(const SizedStudy& study, const SizeOfScenario& s, std::size_t size) {
  const SizePoint* p = point_at(s, size);
  if (study.wanted().power || !p) return "";
  const auto lost = static_cast<double>(p->answers.infinite + p->answers.missing);
  if (lost == 0) return "";
  return " In the scenario " + s.scenario + " " + percent(lost / (lost + static_cast<double>(p->answers.n))) +
         " of the replicates at this size have no finite interval; the mean width is of the others.";
}

double count_or_missing(std::size_t count) { return count == 0 ? missing : static_cast<double>(count); }

/// One row of summary.csv; numbers that are not there are NaN.
struct Summary {
  std::string scenario;
  SizeStatus status;
  std::size_t size, lower, upper;
  const SizeOfScenario* own;  // null for all of them together
};

std::vector<Summary> summaries(const SizeResult& result) {
  std::vector<Summary> rows;
  for (const SizeOfScenario& s : result.scenarios) rows.push_back({s.scenario, s.status, s.size, s.lower, s.upper, &s});
  rows.push_back({"all", result.status, result.size, result.lower, result.upper, nullptr});
  return rows;
}

/// The names and numbers of a row of summary.csv, for both files.
std::vector<std::pair<const char*, double>> numbers_of(const SizedStudy& study, const Summary& s) {
  const bool has_limits = s.lower > 0;
  return {
      {"patients", static_cast<double>(study.patients(s.size))},
      {"patients_lower", has_limits ? static_cast<double>(study.patients(s.lower)) : missing},
      {"patients_upper", has_limits ? static_cast<double>(study.patients(s.upper)) : missing},
      {"events", count_or_missing(study.events(s.size))},
      {"events_lower", has_limits ? count_or_missing(study.events(s.lower)) : missing},
      {"events_upper", has_limits ? count_or_missing(study.events(s.upper)) : missing},
      {"information", s.own ? s.own->crossing : missing},
      {"information_lower", s.own ? s.own->crossing_lower : missing},
      {"information_upper", s.own ? s.own->crossing_upper : missing},
      {"formula_patients", s.own && s.own->formula ? static_cast<double>(study.patients(*s.own->formula)) : missing},
      {"every_larger_patients", s.own && s.own->every_larger ? static_cast<double>(*s.own->every_larger) : missing},
      {"response", s.own ? s.own->response : missing},
      {"response_mcse", s.own ? s.own->response_error : missing},
      {"level", s.own ? s.own->level : missing}};
}

template <class F>
void for_each_row(const SizedStudy& study, const SizeResult& result, const F& f) {
  for (const SizeOfScenario& s : result.scenarios)
    for (std::size_t i = 0; i < s.curve.size(); ++i)
      for (const SizeRow& row : size_rows(study, s.curve[i], s.formula_at[i])) f(s, s.curve[i].size, row);
}

}  // namespace

std::vector<SizeRow> size_rows(const SizedStudy& study, const SizePoint& point, double formula) {
  const SizeWanted& wanted = study.wanted();
  std::vector<SizeRow> rows = {{wanted.power ? "power" : "interval_width", answer_of(point, wanted), formula},
                               {"expected_n", mean(point.patients)},
                               {"expected_events", mean(point.events)},
                               {"expected_duration_months", mean(point.months)},
                               {"events_not_reached", share(point.late)}};
  if (wanted.cost.known()) rows.push_back({"expected_cost", mean(point.cost)});
  return rows;
}

std::string size_csv(const SizedStudy& study, const SizeResult& result) {
  CsvWriter csv({"scenario", "patients", "events", "metric", "value", "mcse", "lower", "upper", "n_replicates",
                 "n_missing", "formula"});
  for_each_row(study, result, [&](const SizeOfScenario& s, std::size_t size, const SizeRow& row) {
    csv.field(std::string_view(s.scenario)).field(static_cast<long long>(study.patients(size)));
    csv.field(count_or_missing(study.events(size))).field(std::string_view(row.metric));
    csv.field(row.measure.value).field(row.measure.mcse).field(row.measure.lower).field(row.measure.upper);
    csv.field(static_cast<long long>(row.measure.n_replicates)).field(static_cast<long long>(row.measure.n_missing));
    csv.field(row.formula).end_row();
  });
  return csv.text();
}

std::string size_summary_csv(const SizedStudy& study, const SizeResult& result) {
  const std::vector<Summary> rows = summaries(result);
  std::vector<std::string_view> header = {"scenario", "status", "decides"};
  for (const auto& [name, value] : numbers_of(study, rows.front())) header.emplace_back(name);
  CsvWriter csv{std::span<const std::string_view>(header)};
  for (const Summary& s : rows) {
    const bool decides = s.own == &result.scenarios[result.decides];
    csv.field(std::string_view(s.scenario)).field(std::string_view(name_of(s.status)));
    csv.field(std::string_view(decides ? "1" : s.own ? "0" : ""));
    for (const auto& [name, value] : numbers_of(study, s)) csv.field(value);
    csv.end_row();
  }
  return csv.text();
}

std::string size_json(const SizedStudy& study, const SizeResult& result) {
  Json summary = Json::array(), curve = Json::array();
  for (const Summary& s : summaries(result)) {
    Json row = {{"scenario", s.scenario}, {"status", name_of(s.status)}};
    for (const auto& [name, value] : numbers_of(study, s)) row[name] = json_number(value);
    summary.push_back(row);
  }
  for_each_row(study, result, [&](const SizeOfScenario& s, std::size_t size, const SizeRow& row) {
    curve.push_back({{"scenario", s.scenario},
                     {"patients", study.patients(size)},
                     {"events", json_number(count_or_missing(study.events(size)))},
                     {"metric", row.metric},
                     {"value", json_number(row.measure.value)},
                     {"mcse", json_number(row.measure.mcse)},
                     {"lower", json_number(row.measure.lower)},
                     {"upper", json_number(row.measure.upper)},
                     {"n_replicates", row.measure.n_replicates},
                     {"n_missing", row.measure.n_missing},
                     {"formula", json_number(row.formula)}});
  });
  const Json all = {{"wanted", wanted_text(study.wanted())},
                    {"decides", result.scenarios[result.decides].scenario},
                    {"summary", summary},
                    {"curve", curve}};
  return all.dump(1) + "\n";
}

std::string counted_in(const SizeWanted& wanted) { return wanted.of == SizeWanted::Of::events ? "events" : "patients"; }

std::string wanted_text(const SizeWanted& wanted) {
  if (wanted.power) return "a power of " + rounded(100 * *wanted.power, 6) + " %";
  const EstimateLabel& label = wanted.interval;
  std::string text = "an interval of " + label.analysis + " (" + label.parameter;
  for (const std::string& part : {label.group, label.term})
    if (!part.empty()) text += ", " + part;
  if (!std::isnan(label.at)) text += " at " + shortest(label.at);
  return text + ") of mean width " + shortest(*wanted.interval_width) + (label.ratio ? " on the log scale" : "");
}

std::string size_verdict(const SizedStudy& study, const SizeResult& result) {
  const SizeOfScenario& decides = result.scenarios[result.decides];
  const std::string size = std::to_string(result.size) + " " + counted_in(study.wanted());
  const std::string wanted = wanted_text(study.wanted());
  switch (result.status) {
    case SizeStatus::largest_fails:
      return "No size between " + std::to_string(study.smallest()) + " and " + std::to_string(study.largest()) + " " +
             counted_in(study.wanted()) + " has " + wanted + " in the scenario " + decides.scenario + "." +
             late_text(study, decides, result.size);
    case SizeStatus::smallest_holds:
      return size + ", the smallest size of the range, already has " + wanted + ".";
    default:
      break;
  }
  std::string text = size;
  if (result.lower != result.upper)
    text += " (" + std::to_string(result.lower) + " to " + std::to_string(result.upper) + ")";
  if (study.wanted().of == SizeWanted::Of::events)
    text += " of " + std::to_string(study.patients(result.size)) + " patients";
  else if (study.events(result.size) > 0)
    text += ", " + std::to_string(study.events(result.size)) + " events";
  text += result.status == SizeStatus::not_precise ? ": about the smallest size with " : ": the smallest size with ";
  text += wanted;
  if (result.scenarios.size() > 1) text += " in all scenarios; " + decides.scenario + " wants most";
  text += ".";
  for (const SizeOfScenario& s : result.scenarios)
    text += late_text(study, s, result.size) + lost_text(study, s, result.size);
  return text;
}

std::string size_rule(const SizedStudy& study) {
  const bool of_events = study.wanted().of == SizeWanted::Of::events;
  const std::string block = std::to_string(study.randomization_block());
  std::string text = of_events ? "Patients go with the events in proportion" : "";
  if (study.randomization_block() > 1)
    text += (of_events ? ", in multiples of " : "Patients come in multiples of ") + block + ", the randomization block";
  if (study.events(study.own_size()) > 0)
    text += of_events ? "; looks by events keep their information fractions"
                      : (text.empty() ? "Events" : "; events") +
                            std::string(" that looks wait for go with the patients in proportion");
  text += text.empty() ? "" : ". ";
  return text + "Enrollment keeps its rate, or its period where that is given; dates of looks stay.";
}

std::string size_text(const SizedStudy& study) {
  const SizeWanted& wanted = study.wanted();
  std::string scenarios;
  for (const std::string& name : wanted.in) scenarios += (scenarios.empty() ? "" : ", ") + name;
  std::string text = "size: the smallest number of " + counted_in(wanted) + " between " +
                     std::to_string(study.smallest()) + " and " + std::to_string(study.largest()) + " with " +
                     wanted_text(wanted) + " in " + scenarios + ". " + size_rule(study) + "\n";
  for (std::size_t k = 0; k < wanted.in.size(); ++k)
    if (const auto size = size_by_formula(study, k))
      text += "  " + wanted.in[k] + ": " + std::to_string(*size) + " " + counted_in(wanted) + " by formula\n";
  return text;
}

}  // namespace oligosim
