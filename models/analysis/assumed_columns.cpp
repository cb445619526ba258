#include "models/analysis/assumed_columns.hpp"

#include <algorithm>
#include <set>

#include "engine/io/config_state.hpp"
#include "engine/io/number.hpp"
#include "models/analysis/plan.hpp"
#include "models/cohort/data_shape.hpp"

namespace oligosim {
namespace {

using State = ConfigNode::State;

/// Stands in the data while no other column is known. Conditions accept it among their keys, as they do every column.
constexpr const char* stand_in = "(any column)";

bool is_number(const std::string& text) { return read_number(text).value.has_value(); }

/// The texts of a value: its own, or those of its items.
std::vector<std::string> texts_of(const YamlNode* value) {
  std::vector<std::string> texts;
  if (!value) return texts;
  if (value->kind == YamlNode::Kind::scalar) texts.push_back(value->scalar);
  for (const YamlNode& item : value->items)
    if (item.kind == YamlNode::Kind::scalar) texts.push_back(item.scalar);
  return texts;
}

std::vector<std::string> texts_under(const YamlNode& mapping, const std::string& key) {
  return texts_of(mapping.find(key));
}

std::set<std::string> derived_in(const YamlNode& section) {
  std::set<std::string> names;
  if (const YamlNode* const derive = section.find("derive"))
    for (const YamlNode::Entry& entry : derive->entries) names.insert(entry.key);
  return names;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

/// What a plan says of the columns of one kind of rows.
class Table {
 public:
  bool has(const std::string& name) const { return find(name) != nullptr; }
  bool empty() const { return columns_.empty(); }

  void add(const std::string& name) {
    if (!has(name)) columns_.push_back({name, {}});
  }
  void add_level(const std::string& name, const std::string& level) {
    for (Column& column : columns_)
      if (column.name == name && !contains(column.levels, level)) column.levels.push_back(level);
  }
  bool is_category(const std::string& name) const {
    const Column* const column = find(name);
    return column && !std::ranges::all_of(column->levels, is_number);
  }

  Columns columns(bool with_stand_in) const {
    Columns all;
    if (with_stand_in) all.add(info_of({stand_in, {}}, false));
    for (const Column& column : columns_) all.add(info_of(column, is_category(column.name)));
    return all;
  }

  bool operator==(const Table&) const = default;

 private:
  struct Column {
    std::string name;
    std::vector<std::string> levels;
    bool operator==(const Column&) const = default;
  };

  const Column* find(const std::string& name) const {
    const auto found = std::ranges::find(columns_, name, &Column::name);
    return found == columns_.end() ? nullptr : &*found;
  }

  static ColumnInfo info_of(const Column& column, bool category) {
    std::vector<std::string> levels = column.levels;
    for (const char* other : {"0", "1"})  // groups are compared, so there are two at least
      if (levels.size() < 2 && !contains(levels, other)) levels.emplace_back(other);
    ColumnInfo info{.name = column.name, .unit = "", .meaning = ""};
    info.kind = category ? ColumnKind::category : ColumnKind::number;
    if (category) info.levels = levels;
    if (!category)
      for (const std::string& level : levels) info.values.push_back(*read_number(level).value);
    if (!category) std::ranges::sort(info.values);
    return info;
  }

  std::vector<Column> columns_;
};

/// Reads the plan again and again, each time with the columns that it asked for in vain the time before.
class Search {
 public:
  explicit Search(const YamlNode& plan) : plan_(plan), derived_(derived_in(plan)), lesions_(plan.find("lesions")) {
    for (const std::string& name : texts_under(plan, "optional_columns")) add(patients_, name);
    if (!lesions_) return;
    for (const std::string& name : derived_in(*lesions_)) derived_.insert(name);
    for (const std::string& name : texts_under(*lesions_, "optional_columns")) add(of_lesions_, name);
  }

  AssumedColumns find() {
    settle(false);  // first those of the patients, which lesions have too
    if (lesions_) settle(true);
    return {patients_.columns(patients_.empty()), lesions_ ? of_lesions_.columns(of_lesions_.empty()) : Columns()};
  }

 private:
  static constexpr int most_readings = 100;  // levels may make a column a category, which may have further levels

  void settle(bool with_lesions) {
    for (int reading = 0; reading < most_readings; ++reading) {
      const Table patients = patients_, of_lesions = of_lesions_;
      read(with_lesions);
      if (patients == patients_ && of_lesions == of_lesions_) return;
    }
  }

  void read(bool with_lesions) {
    Problems ignored;
    std::vector<ConfigNode> documents;
    ignored.listen(documents);
    ConfigNode node(plan_, ignored);
    read_data_options(node);
    const Columns patients = patients_.columns(true), of_lesions = of_lesions_.columns(true);
    const Plan plan(node, patients, with_lesions ? &of_lesions : nullptr);
    learn(node.state());
  }

  void learn(const State& state) {
    if (state.node) {
      for (const State::Asked& asked : state.asked)
        for (const Wanted& wanted : asked.wanted) learn_from(state, asked.key, wanted);
      const auto any = state.asked_index.find(stand_in);
      if (any != state.asked_index.end() && state.asked[any->second].is_name) learn_conditions(state);
    }
    for (const State::Asked& asked : state.asked)
      for (const State* part : asked.parts) learn(*part);
  }

  void learn_from(const State& state, const std::string& key, const Wanted& wanted) {
    static const std::string level_of = "level of ";
    if (wanted.what == "column" || wanted.what == "numeric column") {
      for (const std::string& name : texts_under(*state.node, key))
        if (!contains(wanted.words, name)) add_named(state, key, name);
    } else if (wanted.what.starts_with(level_of)) {
      const std::string column = wanted.what.substr(level_of.size());
      add_levels(state, column, texts_under(*state.node, key));
    }
  }

  /// A column that was named in vain. An endpoint of long data names the part before its parameter; an interaction
  /// names several.
  void add_named(const State& state, const std::string& key, const std::string& name) {
    Table& table = of_lesion_rows(state) ? of_lesions_ : patients_;
    const std::vector<std::string> parameter = texts_under(*state.node, "parameter");
    if (key == "terms")
      for (const std::string& part : split(name, ':')) add(table, part);
    else
      add(table, parameter.empty() ? name : name + "." + parameter.front());
  }

  /// The keys of conditions are columns. Texts among the accepted values make a column a category.
  void learn_conditions(const State& state) {
    for (const YamlNode::Entry& entry : state.node->entries) {
      if (!state.asked_index.contains(entry.key)) add(of_lesion_rows(state) ? of_lesions_ : patients_, entry.key);
      const std::vector<std::string> values = texts_of(&entry.value);
      const bool presence = entry.value.kind == YamlNode::Kind::scalar &&
                            (entry.value.scalar == "present" || entry.value.scalar == "missing");
      const bool numbers = std::ranges::all_of(values, is_number) && !owner(state, entry.key).is_category(entry.key);
      if (!presence && !numbers) add_levels(state, entry.key, values);
    }
  }

  /// A column of numbers of the patients that lesions have with texts is another column, of the lesions' own.
  void add_levels(const State& state, const std::string& column, const std::vector<std::string>& levels) {
    const bool texts = !std::ranges::all_of(levels, is_number);
    if (texts && of_lesion_rows(state) && patients_.has(column) && !patients_.is_category(column))
      of_lesions_.add(column);
    for (const std::string& level : levels) owner(state, column).add_level(column, level);
  }

  void add(Table& table, const std::string& name) {
    if (!derived_.contains(name) && !patients_.has(name)) table.add(name);
  }

  /// Whose a column is: a name that lesions have themselves is theirs where rows are lesions.
  Table& owner(const State& state, const std::string& column) {
    return of_lesion_rows(state) && of_lesions_.has(column) ? of_lesions_ : patients_;
  }

  /// A bootstrap block is of patients wherever it stands.
  static bool of_lesion_rows(const State& state) {
    return state.path.starts_with("lesions") && state.path.find(".bootstrap") == std::string::npos;
  }

  const YamlNode& plan_;
  std::set<std::string> derived_;
  const YamlNode* lesions_;
  Table patients_, of_lesions_;
};

}  // namespace

AssumedColumns assume_columns(const YamlNode& plan) { return Search(plan).find(); }

}  // namespace oligosim
