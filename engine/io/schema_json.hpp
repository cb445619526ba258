#pragma once

#include <functional>
#include <string>

#include "engine/io/json.hpp"
#include "engine/io/schema_shape.hpp"

namespace oligosim {

/// What a key means, by its path, in which a list has [] and a mapping that depends on a word has that word:
/// "analyses[]=cox.ties". Empty if there is nothing to say.
using SchemaNotes = std::function<std::string(const std::string& path)>;

/// The mapping as JSON Schema (draft 2020-12), without its head. `path`: of the mapping, for the notes.
Json json_schema(const MappingShape& shape, const SchemaNotes& notes, const std::string& path = "");

/// Puts mappings that stand in several places of a schema under $defs.
void share_parts(Json& schema);

/// A regular expression of the dotted paths that lead to a value of the mapping; none leads into a list.
std::string path_pattern(const MappingShape& shape);

/// The path of a key, for the notes: of the mapping, the word of its branch, and the key.
std::string key_path(const std::string& mapping, const std::string& key);

}  // namespace oligosim
