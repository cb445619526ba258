// The schemas that take seconds to explore: of studies, targets and disease models.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/io/file.hpp"
#include "models/design/design.hpp"
#include "models/disease/disease_model.hpp"
#include "models/schema/documents.hpp"
#include "models/schema/notes.hpp"
#include "models/schema/reference.hpp"

namespace oligosim {
namespace {

TEST(StudySchema, EachDesignAndDiseaseModelHasItsOwnKeys) {
  const MappingShape& study = document_kinds().front().shape();
  const auto words = [](const MappingShape& shape) {
    std::vector<std::string> all;
    for (const MappingShape::Branch& b : shape.branches) {
      all.push_back(b.word);
      EXPECT_GT(b.mapping->keys.size(), 3u) << b.word;
    }
    return all;
  };
  std::vector<std::string> design_names, model_names;
  for (const DesignEntry& d : designs()) design_names.emplace_back(d.name);
  for (const DiseaseModelEntry& m : disease_models()) model_names.emplace_back(m.name);
  EXPECT_EQ(words(*study.find("design").value.mapping), design_names);
  EXPECT_EQ(words(*study.find("disease").value.mapping), model_names);
}

TEST(StudySchema, ShippedFilesAreUpToDate) {
  for (const DocumentKind& kind : document_kinds())
    EXPECT_EQ(schema_of(kind).dump(1) + "\n",
              read_file(std::string(OLIGOSIM_SOURCE_DIR) + "/docs/schema/" + kind.name + ".schema.json"))
        << "oligosim schema " << kind.name << " > docs/schema/" << kind.name << ".schema.json";
}

TEST(StudySchema, ReferenceIsUpToDate) {
  EXPECT_EQ(reference_text(), read_file(std::string(OLIGOSIM_SOURCE_DIR) + "/docs/reference.md"))
      << "oligosim reference > docs/reference.md";
}

TEST(StudySchema, EveryKeyHasANote) {
  for (const DocumentKind& kind : document_kinds())
    EXPECT_THAT(keys_without_note(kind), testing::IsEmpty()) << kind.name << ": models/schema/*_notes.cpp";
}

TEST(StudySchema, EveryNoteIsOfAKey) {
  std::string all;
  for (const DocumentKind& kind : document_kinds()) all += schema_of(kind).dump();
  for (const KeyNote& note : key_notes()) EXPECT_NE(all.find(Json(note.text).dump()), std::string::npos) << note.keys;
}

}  // namespace
}  // namespace oligosim
