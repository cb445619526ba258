// What many readings of documents of one kind have asked for, as one shape.
#include <algorithm>

#include "engine/io/schema_observations.hpp"

namespace oligosim {
namespace {

using State = ConfigNode::State;
using Asked = State::Asked;
using Kind = Wanted::Kind;

const Asked* asked_of(const State& state, const std::string& key) {
  const auto found = state.asked_index.find(key);
  return found == state.asked_index.end() ? nullptr : &state.asked[found->second];
}

bool is_required(const Asked* asked) { return std::ranges::any_of(asked->wanted, &Wanted::required); }

/// Whether a key was only kept as it stands, with a part that a reader left out.
bool kept_unread(const Asked& asked) {
  const auto raw = [](const Wanted& wanted) { return wanted.kind == Kind::anything; };
  return !asked.wanted.empty() && std::ranges::all_of(asked.wanted, raw);
}

/// The default that all readings agree on.
std::string common_standard(const std::vector<const Asked*>& all) {
  std::string standard;
  for (const Asked* asked : all) {
    if (asked->given || asked->shape != Asked::Shape::value) continue;
    const std::string own = to_yaml(asked->value);
    if (!standard.empty() && own != standard) return "";
    standard = own;
  }
  return standard.substr(0, standard.find('\n'));
}

/// Whether a deciding word is none of those accepted: what is asked for then says nothing.
bool misread(const State& state, const std::string& key) {
  const Asked* asked = asked_of(state, key);
  return asked && !asked->wanted.empty() && resolved_word(state, key).empty();
}

void add_answer(std::vector<Wanted>& answers, Wanted wanted) {
  wanted.required = false;
  if (!wanted.fixed) wanted.words.clear();
  for (Wanted& known : answers) {
    if (known.kind != wanted.kind || known.several != wanted.several || known.range != wanted.range) continue;
    if (known.fixed != wanted.fixed) continue;
    for (const std::string& word : wanted.words)
      if (std::ranges::find(known.words, word) == known.words.end()) known.words.push_back(word);
    return;
  }
  answers.push_back(std::move(wanted));
}

}  // namespace

/// Makes shapes of the mappings that were observed, all those at a path as one.
class ShapeMaker {
 public:
  explicit ShapeMaker(const Observations& observations) : observations_(observations) {
    for (const ConfigNode& document : observations.documents_)
      for (const Observation& at : observations.of(document)) states_[at.path].push_back(at.state);
  }

  std::shared_ptr<const MappingShape> shape(const std::string& path) {
    std::shared_ptr<const MappingShape>& known = shapes_[path];
    if (!known) known = std::make_shared<MappingShape>(merge(path));
    return known;
  }

 private:
  using States = std::vector<const State*>;

  MappingShape merge(const std::string& path) {
    const auto found = observations_.deciding_.find(path);
    const std::set<std::string> deciding =
        found == observations_.deciding_.end() ? std::set<std::string>{} : found->second;
    States asking;
    for (const State* state : states_[path])
      if (!state->asked.empty() &&
          std::ranges::none_of(deciding, [&](const auto& key) { return misread(*state, key); }))
        asking.push_back(state);
    MappingShape shape = with_keys(asking, path);
    shape.may_be_empty = std::ranges::any_of(states_[path], [](const State* s) { return s->asked.empty(); });
    const auto undecided = [&](const State* state) { return resolved_word(*state, *deciding.begin()).empty(); };
    if (deciding.size() == 1 && std::ranges::none_of(asking, undecided))
      add_branches(asking, path, *deciding.begin(), shape);
    else
      add_conditions(asking, deciding, shape);
    return shape;
  }

  /// Keys in the order of asking, of the reading that asked for most first.
  std::vector<std::string> all_keys(States states) const {
    std::ranges::stable_sort(states, std::greater{}, [](const State* s) { return s->asked.size(); });
    std::vector<std::string> keys;
    std::set<std::string> known;
    for (const State* state : states)
      for (const Asked& asked : state->asked)
        if (!observations_.is_name(asked) && known.insert(asked.key).second) keys.push_back(asked.key);
    return keys;
  }

  MappingShape with_keys(const States& states, const std::string& path) {
    MappingShape shape;
    for (const std::string& key : all_keys(states)) {
      std::vector<const Asked*> all;
      for (const State* state : states)
        if (const Asked* asked = asked_of(*state, key)) all.push_back(asked);
      const bool required = all.size() == states.size() && std::ranges::all_of(all, is_required);
      shape.keys.push_back({key, value_of(all, path), required, required ? "" : common_standard(all)});
    }
    std::vector<const Asked*> named;
    for (const State* state : states)
      for (const Asked& asked : state->asked)
        if (observations_.is_name(asked) && !kept_unread(asked)) named.push_back(&asked);
    if (!named.empty()) shape.any = std::make_shared<ValueShape>(value_of(named, path));
    return shape;
  }

  void add_branches(const States& states, const std::string& path, const std::string& by, MappingShape& shape) {
    shape.by = by;
    for (const std::string& word : shape.find(by).value.answers.front().words) {
      States own;
      for (const State* state : states)
        if (resolved_word(*state, by) == word) own.push_back(state);
      MappingShape branch = with_keys(own, path);
      // A key that another word brings may stand in a list of known ones here, to be refused in better words.
      std::erase_if(branch.keys,
                    [&](const KeyShape& key) { return !key.value.known() && shape.find(key.name).value.known(); });
      shape.branches.push_back({word, std::make_shared<MappingShape>(std::move(branch))});
    }
  }

  static void add_conditions(const States& states, const std::set<std::string>& deciding, MappingShape& shape) {
    for (const KeyShape& key : shape.keys)
      for (const std::string& on : deciding) {
        std::set<std::string> with, without;
        for (const State* state : states)
          (asked_of(*state, key.name) ? with : without).insert(resolved_word(*state, on));
        if (with.contains("") || without.empty() || key.name == on) continue;
        shape.conditions.push_back({key.name, on, {with.begin(), with.end()}});
      }
  }

  ValueShape value_of(const std::vector<const Asked*>& all, const std::string& path) {
    ValueShape value;
    for (const Asked* asked : all) {
      for (const Wanted& wanted : asked->wanted)
        if (wanted.kind < Kind::mapping) add_answer(value.answers, wanted);
      if (asked->parts.empty()) continue;
      const std::string part = observations_.path_of_part(path, *asked);
      if (asked->shape == Asked::Shape::mapping && !value.mapping) value.mapping = shape(part);
      if (asked->shape == Asked::Shape::list && !value.item) value.item = shape(part);
      if (asked->shape == Asked::Shape::named && !value.named) value.named = shape(part);
    }
    return value;
  }

  const Observations& observations_;
  std::map<std::string, States> states_;
  std::map<std::string, std::shared_ptr<const MappingShape>> shapes_;
};

MappingShape Observations::shape() const { return *ShapeMaker(*this).shape(""); }

}  // namespace oligosim
