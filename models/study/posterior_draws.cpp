#include "models/study/posterior_draws.hpp"

#include <algorithm>
#include <optional>

#include "engine/io/csv_reader.hpp"
#include "engine/io/csv_value.hpp"
#include "engine/io/number.hpp"
#include "models/study/file_beside.hpp"
#include "models/study/parameter_values.hpp"

namespace oligosim {
namespace {

constexpr std::int64_t most_draws = most_posterior_draws;
constexpr std::int64_t standard_draws = 200;
const std::string key = "disease.posterior";

bool is_parameter(const std::string& column) {
  return column != "chain" && column != "draw" && !is_of_published_cohort(column);
}

YamlNode scalar(const std::string& text, const Place& place) {
  YamlNode node = YamlNode::of(YamlNode::Kind::scalar, place);
  node.scalar = text;
  return node;
}

/// The rows to be used: `count` of `rows`, evenly spread.
std::vector<std::size_t> spread(std::size_t rows, std::size_t count) {
  std::vector<std::size_t> chosen;
  for (std::size_t k = 0; k < count; ++k) chosen.push_back((2 * k + 1) * rows / (2 * count));
  return chosen;
}

YamlNode column_values(const CsvTable& table, std::size_t column, const std::vector<std::size_t>& rows,
                       Problems& problems) {
  YamlNode values = YamlNode::of(YamlNode::Kind::sequence, table.header_place(column));
  MistakeList mistakes(problems, 3);
  for (const std::size_t row : rows) {
    const std::string text(table.field(row, column));
    if (!read_number(text).value) mistakes.add(table.place(row, column), table.header()[column], why_no_number(text));
    values.items.push_back(scalar(text, table.place(row, column)));
  }
  mistakes.finish();
  return values;
}

/// How many draws a posterior asks for; nothing where that is a mistake.
std::optional<std::size_t> draws_wanted(const YamlNode& posterior, std::size_t rows, Problems& problems) {
  const YamlNode* given = posterior.find("draws");
  if (!given) return std::min(rows, static_cast<std::size_t>(standard_draws));
  const std::optional<double> number = read_number(given->scalar).value;
  if (!number || *number < 1 || *number > most_draws || *number != static_cast<double>(static_cast<int>(*number))) {
    problems.add(given->place, key + ".draws", "is not a whole number from 1 to " + std::to_string(most_draws));
  } else if (*number > static_cast<double>(rows)) {
    problems.add(given->place, key + ".draws",
                 given->scalar + " are more than the file holds (at most " + std::to_string(rows) + ")");
  } else {
    return static_cast<std::size_t>(*number);
  }
  return {};
}

void inline_posterior(YamlNode& posterior, const std::filesystem::path& folder, Problems& problems) {
  const YamlNode* name = posterior.find("file");
  if (!name) return;
  const std::filesystem::path file = file_beside(folder, *name, key + ".file", problems);
  if (file.empty()) return;
  Problems own;
  const CsvTable table = load_csv(file, own);
  if (!own.empty()) throw InputError(problems.text() + own.text());
  YamlNode values = YamlNode::of(YamlNode::Kind::mapping, name->place);
  const std::optional<std::size_t> count = draws_wanted(posterior, table.rows(), problems);
  if (!count) return;
  const std::vector<std::size_t> rows = spread(table.rows(), *count);
  for (std::size_t c = 0; c < table.columns(); ++c)
    if (is_parameter(table.header()[c]))
      values.entries.push_back({table.header()[c], table.header_place(c), column_values(table, c, rows, problems)});
  if (table.rows() == 0 || values.entries.empty())
    problems.add(table.start(), "",
                 "holds no draws of parameters of the disease model (a column each, a row a draw, as "
                 "posterior.csv of oligosim calibrate)");
  YamlNode in_place = YamlNode::of(YamlNode::Kind::mapping, posterior.place);
  in_place.entries.push_back({"draws", name->place, scalar(std::to_string(*count), name->place)});
  for (const YamlNode::Entry& e : posterior.entries)
    if (e.key != "file" && e.key != "draws") in_place.entries.push_back(e);
  in_place.entries.push_back({"values", name->place, values});
  posterior = in_place;
}

/// Every `disease.posterior` of a study and its scenarios.
std::vector<YamlNode*> posteriors(YamlNode& study) {
  std::vector<YamlNode*> all;
  if (YamlNode* disease = study.find("disease")) all.push_back(disease->find("posterior"));
  if (YamlNode* scenarios = study.find("scenarios"))
    for (YamlNode::Entry& scenario : scenarios->entries) all.push_back(scenario.value.find(key));
  std::erase(all, nullptr);
  return all;
}

}  // namespace

void inline_posterior_files(YamlNode& study, const std::filesystem::path& folder, Problems& problems) {
  for (YamlNode* posterior : posteriors(study)) inline_posterior(*posterior, folder, problems);
}

YamlNode without_drawn_values(YamlNode study) {
  for (YamlNode* posterior : posteriors(study))
    if (YamlNode* values = posterior->find("values"))
      for (YamlNode::Entry& parameter : values->entries)
        parameter.value = scalar(std::to_string(parameter.value.items.size()) + " values, see study.yaml", {});
  return study;
}

std::vector<Override> read_posterior_draws(ConfigNode& root, Problems& problems) {
  ConfigNode disease = root.child("disease");
  if (!disease.has("posterior")) return {};
  ConfigNode node = disease.child("posterior");
  if (!node.has("values")) {
    node.keep();
    node.problem("file", "missing (a file of draws, as posterior.csv of oligosim calibrate)");
    return {};
  }
  const auto count =
      static_cast<std::size_t>(node.integer("draws", Range::between(1, static_cast<double>(most_draws))));
  const YamlNode& values = node.raw("values");
  node.finish();
  std::vector<Override> draws(count);
  const YamlNode resolved = root.resolved();
  for (const YamlNode::Entry& e : values.entries) {
    if (!number_at(resolved, e.key)) problems.add(e.place, key, leads_to_no_number(resolved, e.key));
    if (e.value.items.size() != count)
      problems.add(e.place, key,
                   e.key + " has " + std::to_string(e.value.items.size()) + " values, not one a draw (" +
                       std::to_string(count) + ")");
    for (std::size_t k = 0; k < std::min(count, e.value.items.size()); ++k)
      draws[k].values.emplace_back(path_in_document(e.key), e.value.items[k]);
  }
  return draws;
}

}  // namespace oligosim
