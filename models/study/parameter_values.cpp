#include "models/study/parameter_values.hpp"

#include "engine/io/number.hpp"
#include "engine/io/words.hpp"
#include "models/study/overrides.hpp"

namespace oligosim {
namespace {

const std::string of_cohort = "published.study.";
const std::string of_arms = "arms.";

const YamlNode* follow(const YamlNode* node, const std::string& path) {
  for (const std::string& key : split(path, '.')) {
    if (node) node = node->find(key);
  }
  return node;
}

/// Paths of all numbers in a mapping, for messages.
void list_numbers(const YamlNode& node, const std::string& prefix, std::vector<std::string>& paths) {
  for (const YamlNode::Entry& e : node.entries) {
    const std::string path = prefix.empty() ? e.key : prefix + "." + e.key;
    if (e.value.kind == YamlNode::Kind::scalar && read_number(e.value.scalar).value) paths.push_back(path);
    list_numbers(e.value, path, paths);
  }
}

}  // namespace

std::string path_in_document(const std::string& parameter) {
  if (is_of_published_cohort(parameter)) return parameter.substr(of_cohort.size());
  return parameter.starts_with(of_arms) ? parameter : "disease." + parameter;
}

bool is_of_published_cohort(const std::string& parameter) { return parameter.starts_with(of_cohort); }

YamlNode with_values(const YamlNode& document, const ParameterValues& values, Problems& problems) {
  Override put{"parameters", {}};
  for (const auto& [path, value] : values) {
    YamlNode node = YamlNode::of(YamlNode::Kind::scalar, document.place);
    node.scalar = shortest(value);
    put.values.emplace_back(path_in_document(path), node);
  }
  return with_overrides(document, put, problems);
}

std::optional<double> number_at(const YamlNode& document, const std::string& parameter) {
  const YamlNode* node = follow(&document, path_in_document(parameter));
  if (!node) return {};
  if (node->kind == YamlNode::Kind::scalar) return read_number(node->scalar).value;
  if (node->items.empty() || node->items.size() > 2) return {};
  std::optional<double> value = read_number(node->items.front().scalar).value;
  const std::optional<double> of = read_number(node->items.back().scalar).value;
  if (node->items.size() == 2 && value && of) *value /= *of;
  return value;
}

std::string leads_to_no_number(const YamlNode& document, const std::string& parameter) {
  std::vector<std::string> accepted;
  if (const YamlNode* disease = document.find("disease")) list_numbers(*disease, "", accepted);
  if (const YamlNode* arms = document.find("arms")) list_numbers(*arms, "arms", accepted);
  const std::string near = nearest(parameter, accepted);
  return "'" + parameter + "' leads to no number of the disease model" +
         (near.empty() ? "" : " (did you mean " + near + "?)");
}

}  // namespace oligosim
