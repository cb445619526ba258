#include "models/study/simulated_codes.hpp"

#include <algorithm>

#include "engine/io/number.hpp"
#include "engine/io/words.hpp"

namespace oligosim {
namespace {

constexpr const char* status_keys[] = {"event", "censor", "cause"};  // in the order of EndpointCoding::Kind

/// Where a code that does not fit was said.
const char* key_of(const YamlNode& endpoint, EndpointCoding::Kind kind) {
  for (const char* said : {"event_value", "censored_value", "causes"})
    if (endpoint.find(said)) return said;
  return status_keys[static_cast<std::size_t>(kind)];
}

/// Simulated columns of a few known values.
std::vector<std::string> columns_of_codes(const PlanParts& parts) {
  std::vector<std::string> names;
  for (std::size_t column = 0; column + parts.derived.size() < parts.columns.size(); ++column)
    if (!parts.columns[column].values.empty()) names.push_back(parts.columns[column].name);
  return names;
}

/// What is wrong with the status column of an endpoint; empty if nothing is, or if its values are not known.
std::string mistake(const PlanParts& parts, std::size_t status, const EndpointCoding& coding) {
  const ColumnInfo& column = parts.columns[status];
  const bool simulated = status + parts.derived.size() < parts.columns.size();
  if (column.values.empty()) {
    if (!simulated || column.unit.empty()) return "";
    return "'" + column.name + "' is a number of " + column.unit + ", not a status (" +
           either(columns_of_codes(parts)) + ")";
  }
  const auto is_event = [&](double value) { return is_known(coding.state_of(value)) && coding.state_of(value) != 0; };
  for (const double value : column.values)
    if (coding.state_of(value) == unknown_state)
      return "'" + column.name + "' can be " + unrounded(value) + ", which is not a code of the endpoint (" +
             coding.in_words() + ")";
  if (std::ranges::none_of(column.values, is_event))
    return "'" + column.name + "' is never an event (" + coding.in_words() + ")";
  return "";
}

void refuse_endpoints(const YamlNode& section, const PlanParts& parts, const std::string& path, Problems& problems) {
  const YamlNode* const endpoints = section.find("endpoints");
  if (!endpoints) return;
  for (const SurvivalEndpoint& e : parts.endpoints) {
    const YamlNode* const written = endpoints->find(e.name);
    if (!written || written->find("of")) continue;  // a landmark is of an endpoint that is judged itself
    const std::size_t status = e.recorded ? e.recorded->status : e.status;
    const EndpointCoding& coding = e.recorded ? e.recorded->coding : e.coding;
    const char* const status_key = status_keys[static_cast<std::size_t>(coding.kind)];
    const YamlNode* const named = written->find(status_key);
    if (!named || named->scalar != parts.columns[status].name) continue;  // another stands in for one that was refused
    const std::string why = mistake(parts, status, coding);
    if (why.empty()) continue;
    const std::string key = parts.columns[status].values.empty() ? status_key : key_of(*written, coding.kind);
    const YamlNode* const value = written->find(key);
    problems.add(value ? value->place : written->place, path + ".endpoints." + e.name + "." + key, why);
  }
}

}  // namespace

void refuse_impossible_codes(const YamlNode& plan, const PlanParts& parts, const std::string& path,
                             Problems& problems) {
  refuse_endpoints(plan, parts, path, problems);
  const YamlNode* const lesions = plan.find("lesions");
  if (lesions && parts.lesions) refuse_endpoints(*lesions, parts.lesions->parts, path + ".lesions", problems);
}

}  // namespace oligosim
