#include "models/analysis/endpoint_counts.hpp"

#include <algorithm>
#include <utility>

#include "engine/io/utf8.hpp"

namespace oligosim {
namespace {

void count_row(std::uint8_t state, EndpointCount& count) {
  ++count.patients;
  if (!is_known(state)) {
    ++count.missing;
  } else if (state == censored_state) {
    ++count.censored;
  } else {
    ++count.events;
    if (!count.of_cause.empty()) ++count.of_cause[state - 1];
  }
}

EndpointCount none_of(const SurvivalEndpoint& endpoint, const std::string& group) {
  EndpointCount count{.endpoint = endpoint.name, .group = group};
  for (const EndpointCoding::Cause& cause : endpoint.coding.causes) count.causes.push_back(cause.name);
  count.of_cause.assign(count.causes.size(), 0);
  return count;
}

/// The first factor of each column: one with other levels in another order counts the same patients.
std::vector<std::size_t> factors_by_column(const PlanParts& parts) {
  std::vector<std::size_t> factors;
  for (std::size_t f = 0; f < parts.factors.size(); ++f) {
    const auto same = [&](std::size_t g) { return parts.factors[g].column() == parts.factors[f].column(); };
    if (std::ranges::none_of(factors, same)) factors.push_back(f);
  }
  return factors;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string causes_in_words(const EndpointCount& count) {
  std::string words;
  for (std::size_t k = 0; k < count.of_cause.size(); ++k)
    words += (k == 0 ? "" : ", ") + escaped(count.causes[k]) + " " + std::to_string(count.of_cause[k]);
  return words;
}

}  // namespace

std::vector<EndpointCount> count_endpoints(PlanData& data) {
  std::vector<EndpointCount> counts;
  const PlanParts& parts = data.parts();
  for (const SurvivalEndpoint& endpoint : parts.endpoints) {
    std::vector<std::uint8_t> states(data.cohort().patients());
    endpoint.states(data.cohort(), states);
    counts.push_back(none_of(endpoint, "all"));
    for (const std::uint8_t state : states) count_row(state, counts.back());
    for (const std::size_t f : factors_by_column(parts)) {
      const Factor& factor = parts.factors[f];
      const std::string column = parts.columns[factor.column()].name;
      std::vector<EndpointCount> groups;
      for (const std::string& level : factor.levels()) groups.push_back(none_of(endpoint, column + " " + level));
      groups.push_back(none_of(endpoint, column + " NA"));
      const std::span<const std::uint8_t> codes = data.codes(f);
      for (std::size_t row = 0; row < states.size(); ++row)
        count_row(states[row], groups[std::min<std::size_t>(codes[row], groups.size() - 1)]);
      if (groups.back().patients == 0) groups.pop_back();
      counts.insert(counts.end(), groups.begin(), groups.end());
    }
  }
  if (!data.lesions()) return counts;
  for (EndpointCount& of_lesions : count_endpoints(*data.lesions())) {
    of_lesions.endpoint += " (lesions)";
    counts.push_back(std::move(of_lesions));
  }
  return counts;
}

std::string counted(const PlanParts& parts) { return parts.several_rows ? "rows" : "patients"; }

std::string to_text(const std::vector<EndpointCount>& counts, const std::string& counted) {
  std::vector<std::vector<std::string>> lines{{"endpoint", "group", counted, "events", "censored", "missing", ""}};
  for (const EndpointCount& c : counts)
    lines.push_back({escaped(c.endpoint), escaped(c.group), std::to_string(c.patients), std::to_string(c.events),
                     std::to_string(c.censored), std::to_string(c.missing), causes_in_words(c)});
  std::vector<std::size_t> widths(lines.front().size(), 0);
  for (const auto& line : lines)
    for (std::size_t j = 0; j < line.size(); ++j) widths[j] = std::max(widths[j], width_of(line[j]));
  std::string text;
  for (const auto& line : lines) {
    std::string printed;
    for (std::size_t j = 0; j < line.size(); ++j) {
      const std::string padding(widths[j] - width_of(line[j]), ' ');
      const bool words = j < 2 || j + 1 == line.size();
      printed += (j == 0 ? "" : "  ") + (words ? line[j] + padding : padding + line[j]);
    }
    printed.erase(printed.find_last_not_of(' ') + 1);
    text += printed + "\n";
  }
  return text;
}

}  // namespace oligosim
