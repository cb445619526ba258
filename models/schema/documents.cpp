#include "models/schema/documents.hpp"

#include <algorithm>
#include <utility>

#include "models/schema/explorations.hpp"
#include "models/schema/notes.hpp"
#include "models/study/posterior_draws.hpp"

namespace oligosim {
namespace {

using Kind = Wanted::Kind;
using Part = std::shared_ptr<const MappingShape>;

KeyShape& key_of(MappingShape& shape, const std::string& name) {
  const auto found = std::ranges::find(shape.keys, name, &KeyShape::name);
  if (found != shape.keys.end()) return *found;
  return shape.keys.emplace_back(KeyShape{.name = name});
}

Wanted text() { return {.kind = Kind::text}; }

MappingShape named(ValueShape value) {
  MappingShape shape;
  shape.any = std::make_shared<ValueShape>(std::move(value));
  return shape;
}

const MappingShape& plan() {
  static const MappingShape shape = explore_plan();
  return shape;
}

/// `posterior` of a disease model: a file of draws, or the draws as the resolved study has them.
MappingShape posterior() {
  const Wanted draws{.kind = Kind::integer, .range = Range::between(1, static_cast<double>(most_posterior_draws))};
  const ValueShape numbers{.answers = {{.kind = Kind::number, .several = true}}};
  MappingShape shape;
  shape.keys = {{.name = "file", .value = {.answers = {text()}}},
                {.name = "draws", .value = {.answers = {draws}}},
                {.name = "values", .value = {.mapping = std::make_shared<MappingShape>(named(numbers))}}};
  return shape;
}

/// The study as it is read, with the plan in its place, and the words that tell numbers of an analysis apart.
MappingShape study_alone() {
  MappingShape shape = explore_study();
  key_of(shape, "plan").value.mapping = std::make_shared<MappingShape>(plan());
  KeyShape& size = key_of(shape, "size");
  MappingShape wanted = *size.value.mapping;
  for (const char* label : {"group", "term", "parameter", "interval"}) key_of(wanted, label).value.answers = {text()};
  size.value.mapping = std::make_shared<MappingShape>(std::move(wanted));
  return shape;
}

/// A published cohort is a study that lacks the disease model.
MappingShape published() {
  MappingShape cohort = study_alone();
  key_of(cohort, "disease").required = false;
  MappingShape shape = explore_published();
  key_of(shape, "study").value.mapping = std::make_shared<MappingShape>(std::move(cohort));
  return shape;
}

/// The disease model with the two parts that are not read with it.
MappingShape with_evidence(const MappingShape& disease) {
  MappingShape shape = disease;
  const Part cohort = std::make_shared<MappingShape>(published()), draws = std::make_shared<MappingShape>(posterior());
  const auto add = [&](MappingShape& to) {
    key_of(to, "published").value.mapping = cohort;
    key_of(to, "posterior").value.mapping = draws;
  };
  add(shape);
  for (MappingShape::Branch& branch : shape.branches) {
    MappingShape with = *branch.mapping;
    add(with);
    branch.mapping = std::make_shared<MappingShape>(std::move(with));
  }
  return shape;
}

const MappingShape& study() {
  static const MappingShape shape = [] {
    MappingShape all = study_alone();
    ValueShape& disease = key_of(all, "disease").value;
    disease.mapping = std::make_shared<MappingShape>(with_evidence(*disease.mapping));
    disease.file = key_of(all, "plan").value.file = true;
    return all;
  }();
  return shape;
}

const MappingShape& disease() { return *study().find("disease").value.mapping; }

/// The cohort of the targets is read by the trial's reader, as a study's.
const MappingShape& targets() {
  static const MappingShape shape = [] {
    MappingShape all = explore_targets();
    for (const char* shared : {"disease", "cohort", "arms", "trial"})
      key_of(all, shared).value = study().find(shared).value;
    key_of(all, "plan").value = {.file = false, .mapping = std::make_shared<MappingShape>(plan())};
    key_of(all, "held").value.mapping =
        std::make_shared<MappingShape>(named({.answers = {{.kind = Kind::number, .several = true}}}));
    key_of(all, "based_on").value.answers = {text()};
    return all;
  }();
  return shape;
}

const MappingShape& findings() {
  static const MappingShape shape = explore_findings();
  return shape;
}

const MappingShape& monitoring() {
  static const MappingShape shape = explore_monitoring();
  return shape;
}

constexpr DocumentKind kinds[] = {
    {"study", "A study for oligosim run", study, "study"},
    {"plan", "An analysis plan for oligosim analyze", plan, "plan"},
    {"monitoring", "A trial under way for oligosim monitor", monitoring, "monitoring"},
    {"targets", "Published figures for oligosim calibrate", targets, "targets"},
    {"findings", "Published findings for oligosim stress", findings, "findings"},
    {"disease", "A disease model of a study or of targets", disease, "disease"},
};

/// Scenarios are names with paths into the study, each to a value or a list of values.
Json scenarios(const std::string& pattern) {
  const Json paths = {{"type", {"object", "null"}},
                      {"propertyNames", {{"pattern", "^(" + pattern + ")$"}}},
                      {"additionalProperties", {{"minItems", 1}}}};
  return {{"type", {"object", "null"}}, {"minProperties", 1}, {"additionalProperties", paths}};
}

/// A file based on another need not say everything.
void unless_based(Json& schema) {
  schema["if"] = {{"not", {{"required", {"based_on"}}}}};
  schema["then"] = {{"required", schema["required"]}};
  schema.erase("required");
}

}  // namespace

std::span<const DocumentKind> document_kinds() { return kinds; }

Json schema_of(const DocumentKind& kind) {
  const MappingShape& shape = kind.shape();
  const SchemaNotes notes = note_of;
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", kind.title}};
  schema.update(json_schema(shape, notes, kind.path));
  if (schema.contains("properties") && schema["properties"].contains("scenarios"))
    schema["properties"]["scenarios"].update(scenarios(path_pattern(shape)));
  if (schema.contains("properties") && schema["properties"].contains("based_on")) unless_based(schema);
  share_parts(schema);
  return schema;
}

std::vector<std::string> keys_without_note(const DocumentKind& kind) {
  std::vector<std::string> paths;
  const SchemaNotes listening = [&](const std::string& path) {
    std::string note = note_of(path);
    if (note.empty() && std::ranges::find(paths, path) == paths.end()) paths.push_back(path);
    return note;
  };
  json_schema(kind.shape(), listening, kind.path);
  return paths;
}

}  // namespace oligosim
