#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/io/schema_shape.hpp"

namespace oligosim {

/// What a schema is made from. The reader of a document is the table of its keys: it is given small documents, and
/// what it asks for is taken down.
struct Exploration {
  /// Reads a document, with all its mistakes. The first ConfigNode that it makes of these problems is the document's.
  std::function<void(const YamlNode&, Problems&)> read;
  std::vector<std::string> seeds;  // documents to begin with, as YAML, so that what a reader looks up is there
  std::vector<std::string> names;  // tried as keys where a user may choose them; the first is given to what needs one
  std::vector<std::string> sections;  // keys of the document that hold a part of such a document
  std::vector<std::string> closed;    // keys of the document that are not looked into
};

/// Documents grow from the seeds: what is required is filled in; each key is tried with a mapping, a list, a number and
/// a word, beside the keys that stand there and alone; each accepted word is tried; lists have one item and two. A
/// document in which something is asked for that was not asked before is varied in turn, until nothing new comes. A key
/// that a reader understands where it is given must be one that it asks for or accepts where it is not.
MappingShape explore(const Exploration& exploration);

}  // namespace oligosim
