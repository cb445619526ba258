// The schemas know what the registries know.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/io/file.hpp"
#include "engine/io/schema_reference.hpp"
#include "models/analysis/plan.hpp"
#include "models/schema/documents.hpp"
#include "models/schema/notes.hpp"

namespace oligosim {
namespace {

const DocumentKind& kind(const std::string& name) {
  return *std::ranges::find(document_kinds(), name, &DocumentKind::name);
}

std::vector<std::string> keys(const MappingShape& shape) {
  std::vector<std::string> names;
  for (const KeyShape& key : shape.keys) names.push_back(key.name);
  return names;
}

const MappingShape& analyses() { return *kind("plan").shape().find("analyses").value.item; }

const MappingShape& branch(const MappingShape& shape, const std::string& word) {
  for (const MappingShape::Branch& b : shape.branches)
    if (b.word == word) return *b.mapping;
  throw std::out_of_range(word);
}

TEST(Schema, EachMethodHasItsOwnKeys) {
  ASSERT_EQ(analyses().by, "method");
  EXPECT_EQ(analyses().branches.size(), methods().size());
  for (const MethodEntry& method : methods())
    EXPECT_THAT(keys(branch(analyses(), method.name)), testing::IsSupersetOf({"name", "method", "population"}))
        << method.name;
  EXPECT_THAT(keys(branch(analyses(), "cox")), testing::IsSupersetOf({"terms", "ties", "time_dependent", "levels"}));
  EXPECT_THAT(keys(branch(analyses(), "kaplan_meier")), testing::Not(testing::Contains("terms")));
}

TEST(Schema, KeysHaveTheirKindsRangesAndDefaults) {
  const KeyShape& confidence = kind("plan").shape().find("confidence");
  EXPECT_EQ(confidence.standard, "0.95");
  EXPECT_FALSE(confidence.required);
  EXPECT_EQ(confidence.value.answers.at(0).range, Range::inside(0.5, 1));
  const MappingShape& cox = branch(analyses(), "cox");
  EXPECT_TRUE(cox.find("terms").required);
  EXPECT_TRUE(cox.find("terms").value.answers.at(0).several);
  EXPECT_EQ(cox.find("ties").value.answers.at(0).words, (std::vector<std::string>{"efron", "breslow"}));
  EXPECT_TRUE(cox.find("levels").value.mapping->any);  // by the name of a column
  EXPECT_TRUE(kind("plan").shape().find("derive").value.named);
}

TEST(Schema, SectionsOfLesionsAreAsThoseOfPatients) {
  const MappingShape& lesions = *kind("plan").shape().find("lesions").value.mapping;
  EXPECT_EQ(lesions.find("analyses").value.item.get(), &analyses());
}

/// Keys of which nothing is known but the name.
void find_unknown(const MappingShape& shape, const std::string& path, std::vector<std::string>& unknown) {
  const auto look = [&](const ValueShape& value, const std::string& own) {
    if (!value.known()) unknown.push_back(own);
    for (const auto& part : {value.mapping, value.item, value.named})
      if (part) find_unknown(*part, own, unknown);
  };
  if (shape.any) look(*shape.any, path + ".*");
  if (shape.branches.empty())
    for (const KeyShape& key : shape.keys) look(key.value, path + "." + key.name);
  for (const MappingShape::Branch& b : shape.branches)
    for (const KeyShape& key : b.mapping->keys) look(key.value, path + "=" + b.word + "." + key.name);
}

TEST(Schema, NoKeyIsLeftWithoutItsKind) {
  for (const char* name : {"plan", "monitoring", "findings"}) {
    std::vector<std::string> unknown;
    find_unknown(kind(name).shape(), name, unknown);
    EXPECT_THAT(unknown, testing::IsEmpty());
  }
}

TEST(Schema, EveryKeyHasANote) {
  for (const char* name : {"plan", "monitoring", "findings"})
    EXPECT_THAT(keys_without_note(kind(name)), testing::IsEmpty()) << name << ": models/schema/*_notes.cpp";
}

TEST(Schema, ANoteOfAPathComesBeforeOneOfItsEnd) {
  EXPECT_EQ(note_of("nothing.of.the.kind"), "");
  EXPECT_EQ(note_of("study.plan.analyses[]=toxicity.terms"), note_of("plan.analyses[]=toxicity.terms"));
  EXPECT_NE(note_of("plan.analyses[]=toxicity.terms"), note_of("plan.analyses[]=cox.terms"));
  EXPECT_NE(note_of("plan.analyses[]=cox.terms"), "");
  EXPECT_NE(note_of("disease=survival.*"), note_of("disease=survival.model"));  // a key is not any name
}

TEST(Schema, ReferenceHasATableOfEachMappingOnce) {
  SchemaReference reference(note_of, [](const std::string& path) { return path.ends_with("months") ? "months" : ""; });
  const std::string text = reference.document(kind("plan").shape(), "plan");
  const auto count = [&](const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
  };
  EXPECT_EQ(count("| `confidence` | number above 0.5 and below 1 | `0.95` | Confidence level of intervals. |"), 1u);
  EXPECT_EQ(count("| `ties` | `efron`, `breslow` |"), 2u);  // of cox and of cox_validation
  EXPECT_EQ(count("#### `method: cox`\n"), 1u);
  EXPECT_EQ(count("### `analyses[]`\n"), 1u);  // lesions link to it
  EXPECT_EQ(count("](#plan-analyses)"), 2u);
  for (std::size_t at = text.find("| `at_months` |"); at != std::string::npos;
       at = text.find("| `at_months` |", at + 1))
    EXPECT_THAT(text.substr(at, text.find('\n', at) - at), testing::HasSubstr(" | months | "));
  for (std::size_t at = text.find("](#"); at != std::string::npos; at = text.find("](#", at + 1)) {
    const std::string anchor = text.substr(at + 3, text.find(')', at) - at - 3);
    EXPECT_EQ(count("<a id=\"" + anchor + "\"></a>"), 1u) << anchor;
  }
}

TEST(Schema, ShippedFilesAreUpToDate) {
  for (const char* name : {"plan", "monitoring", "findings"})
    EXPECT_EQ(schema_of(kind(name)).dump(1) + "\n",
              read_file(std::string(OLIGOSIM_SOURCE_DIR) + "/docs/schema/" + name + ".schema.json"))
        << "oligosim schema " << name << " > docs/schema/" << name << ".schema.json";
}

}  // namespace
}  // namespace oligosim
