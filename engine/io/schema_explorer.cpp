#include "engine/io/schema_explorer.hpp"

#include <algorithm>
#include <deque>

#include "engine/io/number.hpp"
#include "engine/io/schema_observations.hpp"

namespace oligosim {
namespace {

using State = ConfigNode::State;
using Kind = Wanted::Kind;

constexpr int most_rounds = 20;        // of filling in what is required
constexpr std::size_t most_names = 6;  // tried of the names of a document

YamlNode scalar(const std::string& text) {
  YamlNode node = YamlNode::of(YamlNode::Kind::scalar);
  node.scalar = text;
  return node;
}

YamlNode mapping() { return YamlNode::of(YamlNode::Kind::mapping); }

YamlNode list_of(YamlNode item) {
  YamlNode node = YamlNode::of(YamlNode::Kind::sequence);
  node.items.push_back(std::move(item));
  return node;
}

YamlNode& under(YamlNode& node, const std::string& key) {
  if (node.kind != YamlNode::Kind::mapping) node = mapping();
  for (YamlNode::Entry& entry : node.entries)
    if (entry.key == key) return entry.value;
  node.entries.push_back({key, {}, {}});
  return node.entries.back().value;
}

/// The mapping at the end of the steps; made where there is none.
YamlNode& follow(YamlNode& document, const YamlSteps& steps) {
  YamlNode* node = &document;
  for (const std::string& step : steps) {
    const bool item = node->kind == YamlNode::Kind::sequence;
    node = item ? &node->items.at(static_cast<std::size_t>(std::stoul(step.substr(1)))) : &under(*node, step);
  }
  return *node;
}

/// A value that is put under a key of a mapping.
struct Change {
  YamlSteps steps;
  std::string key;
  YamlNode value;
};

class Explorer {
 public:
  explicit Explorer(const Exploration& e) : exploration_(e), observations_(e.names, e.sections) {}

  MappingShape run() {
    for (const std::string& seed : exploration_.seeds) {
      Problems problems;
      YamlNode document = parse_yaml(seed, "seed", problems);
      observations_.add(grown(document));
      waiting_.push_back({std::move(document), {}});
    }
    for (; !waiting_.empty(); waiting_.pop_front()) vary(waiting_.front());
    return observations_.shape();
  }

 private:
  /// A document and which of its mappings are varied; all if none is named.
  struct Waiting {
    YamlNode document;
    std::set<YamlSteps> places;
  };

  ConfigNode read(const YamlNode& document) const {
    std::vector<ConfigNode> documents;
    Problems problems;
    problems.listen(documents);
    exploration_.read(document, problems);
    return documents.front();
  }

  bool closed(const YamlSteps& steps) const {
    return !steps.empty() && std::ranges::find(exploration_.closed, steps.front()) != exploration_.closed.end();
  }

  YamlNode filling(const Wanted& wanted) const {
    switch (wanted.kind) {
      case Kind::number:
      case Kind::integer:
        return scalar(unrounded(harmless(wanted.range)));
      case Kind::flag:
        return scalar("true");
      case Kind::mapping:
        return mapping();
      case Kind::list:
        return list_of(mapping());
      case Kind::named: {
        YamlNode named = mapping();
        under(named, exploration_.names.front()) = mapping();
        return named;
      }
      default:
        return scalar(wanted.words.empty() ? exploration_.names.front() : wanted.words.front());
    }
  }

  /// What is required and lacking; and an item in each list of mappings, a name in each mapping of names.
  std::vector<Change> lacking(const ConfigNode& read_document) const {
    std::vector<Change> changes;
    for (const Observation& at : observations_.of(read_document)) {
      if (closed(at.steps)) continue;
      for (const State::Asked& asked : at.state->asked) {
        if (asked.given || asked.wanted.empty()) continue;
        const Wanted& wanted = asked.wanted.back();
        if (wanted.required || wanted.kind == Kind::list || wanted.kind == Kind::named)
          changes.push_back({at.steps, asked.key, filling(wanted)});
      }
    }
    return changes;
  }

  /// Reads a document and fills it in, again and again.
  ConfigNode grown(YamlNode& document) const {
    ConfigNode result = read(document);
    for (int round = 0; round < most_rounds; ++round) {
      const std::vector<Change> changes = lacking(result);
      if (changes.empty()) break;
      for (const Change& c : changes) under(follow(document, c.steps), c.key) = c.value;
      result = read(document);
    }
    return result;
  }

  void vary(const Waiting& waiting) {
    YamlNode document = waiting.document;
    const ConfigNode result = grown(document);
    for (const Observation& at : observations_.of(result)) {
      if (closed(at.steps) || !(waiting.places.empty() || waiting.places.contains(at.steps))) continue;
      again_ = !waiting.places.empty();
      for (const State::Asked& asked : at.state->asked)
        if (!(at.steps.empty() && closed({asked.key}))) vary(document, at, asked);
      for (const std::string& name : exploration_.names)
        if (!at.state->asked_index.contains(name)) attempt(document, at, name, mapping());
    }
  }

  /// Other values of a key, of each kind, and none.
  void vary(const YamlNode& document, const Observation& at, const State::Asked& asked) {
    for (const YamlNode& value : {mapping(), list_of(mapping()), scalar("1"), scalar(exploration_.names.front())}) {
      attempt(document, at, asked.key, value);
      attempt(alone(document, at), at, asked.key, value, "alone");
    }
    for (const Wanted& wanted : asked.wanted) {
      if (wanted.kind == Kind::flag)
        for (const char* word : {"true", "false"}) attempt(document, at, asked.key, scalar(word));
      if (wanted.kind == Kind::word && wanted.fixed && !wanted.several)
        try_words(document, at, asked.key, wanted.words);
      else if (wanted.kind == Kind::word)
        for (std::size_t k = 0; k < std::min(wanted.fixed ? wanted.words.size() : most_names, wanted.words.size()); ++k)
          attempt(document, at, asked.key, scalar(wanted.words[k]));
      if (wanted.kind == Kind::list && asked.parts.size() == 1) {
        YamlNode two = list_of(mapping());
        two.items.push_back(mapping());
        attempt(document, at, asked.key, two, "two", {at.steps});
      }
    }
  }

  /// The document with a mapping that has nothing but the words on which its keys depend.
  YamlNode alone(YamlNode document, const Observation& at) const {
    YamlNode& node = follow(document, at.steps);
    std::erase_if(node.entries, [&](const YamlNode::Entry& e) { return !observations_.decides(at.path, e.key); });
    return document;
  }

  /// A value under a key. What was tried of such a mapping is tried again only where something new was asked in it, or
  /// where it is still not known what the key takes.
  void attempt(YamlNode document, const Observation& at, const std::string& key, const YamlNode& value,
               const char* how = "", const std::set<YamlSteps>& besides = {}) {
    const bool is_new = tried_.insert(observations_.name_of(at) + "\n" + key + "\n" + to_yaml(value) + how).second;
    if (!is_new && !again_ && observations_.is_known(at, key)) return;
    under(follow(document, at.steps), key) = value;
    std::set<YamlSteps> fresh = observations_.add(grown(document));
    if (is_new || !fresh.empty()) fresh.insert(besides.begin(), besides.end());
    if (fresh.empty()) return;
    waiting_.push_back({std::move(document), fresh});
  }

  /// Each word of a key. Where other keys are asked for with another word, each word is a world of its own.
  void try_words(const YamlNode& document, const Observation& at, const std::string& key,
                 const std::vector<std::string>& words) {
    if (!tried_.insert(observations_.name_of(at) + "\n" + key).second && !again_) return;
    std::vector<YamlNode> documents;
    std::set<std::set<std::string>> layouts;
    for (const std::string& word : words) {
      documents.push_back(document);
      under(follow(documents.back(), at.steps), key) = scalar(word);
      const ConfigNode result = grown(documents.back());
      for (const Observation& o : observations_.of(result))
        if (o.steps == at.steps) layouts.insert(layout(*o.state));
    }
    const bool is_new = layouts.size() > 1 && observations_.depends(at.path, key);
    for (YamlNode& with_word : documents) {
      const std::set<YamlSteps> fresh = observations_.add(grown(with_word));
      if (is_new) waiting_.push_back({std::move(with_word), {}});
      if (!is_new && !fresh.empty()) waiting_.push_back({std::move(with_word), fresh});
    }
  }

  /// The keys that are asked for, and which of them are required.
  std::set<std::string> layout(const State& state) const {
    std::set<std::string> keys;
    for (const State::Asked& asked : state.asked)
      if (!observations_.is_name(asked))
        keys.insert(asked.key + (std::ranges::any_of(asked.wanted, &Wanted::required) ? "!" : ""));
    return keys;
  }

  const Exploration& exploration_;
  Observations observations_;
  std::deque<Waiting> waiting_;
  std::set<std::string> tried_;
  bool again_ = false;  // what was tried before
};

}  // namespace

MappingShape explore(const Exploration& exploration) { return Explorer(exploration).run(); }

}  // namespace oligosim
