#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/schema_json.hpp"

namespace oligosim {

/// Mappings as Markdown for readers: a table each, of key, accepted values, unit, default and meaning. What stands in
/// several places has one table and links to it.
class SchemaReference {
 public:
  /// `units`: of a key, by its path; empty where it has none.
  SchemaReference(SchemaNotes notes, SchemaNotes units) : notes_(std::move(notes)), units_(std::move(units)) {}

  /// Links to `anchor` wherever this mapping stands; its tables are not written here.
  void elsewhere(const MappingShape& shape, const std::string& path, const std::string& anchor);
  /// The tables of a document whose path this is, and of all that stands below.
  std::string document(const MappingShape& shape, const std::string& path);

 private:
  /// A mapping whose tables are still to be written.
  struct Block {
    const MappingShape* shape;
    std::string path, anchor;
  };
  using Blocks = std::vector<Block>;

  std::string block(const Block& block);
  std::string branches(const Block& block, Blocks& below);
  std::string table(const MappingShape& shape, const std::string& path, const std::vector<const KeyShape*>& keys,
                    Blocks& below);
  std::string row(const MappingShape& shape, const KeyShape& key, const std::string& path, bool units, Blocks& below);
  std::string values(const ValueShape& value, const std::string& path, Blocks& below);
  std::string link(const MappingShape& shape, const std::string& path, Blocks& below);
  std::string title(const std::string& path);
  std::string identity(const MappingShape& shape, const std::string& path) const;

  SchemaNotes notes_, units_;
  std::map<std::string, std::string> anchors_;  // of mappings that have tables, by what is accepted and said of it
  std::map<std::string, std::string> titles_;   // by anchor
  std::set<std::string> used_;
};

}  // namespace oligosim
