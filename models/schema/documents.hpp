#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/io/schema_json.hpp"
#include "engine/io/schema_shape.hpp"

namespace oligosim {

/// A kind of file that users write. Its keys are what its reader asks for (schema_explorer.hpp).
struct DocumentKind {
  const char* name;
  const char* title;
  const MappingShape& (*shape)();
  const char* path;  // of the document, for the notes
};

/// study, plan, monitoring, targets, findings, disease.
std::span<const DocumentKind> document_kinds();

/// The JSON Schema (draft 2020-12) of a kind.
Json schema_of(const DocumentKind& kind);

/// Paths of its keys, and of names that users choose, of which no note says anything.
std::vector<std::string> keys_without_note(const DocumentKind& kind);

}  // namespace oligosim
