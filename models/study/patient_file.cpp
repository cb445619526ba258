#include "models/study/patient_file.hpp"

#include "engine/io/config.hpp"
#include "engine/io/csv_reader.hpp"
#include "engine/io/csv_value.hpp"
#include "models/study/file_beside.hpp"

namespace oligosim {
namespace {

constexpr std::size_t most_values = 60000;  // as many as a study file may hold

YamlNode values_of(const CsvTable& table, std::size_t column) {
  YamlNode values = YamlNode::of(YamlNode::Kind::sequence, table.header_place(column));
  for (std::size_t row = 0; row < table.rows(); ++row) {
    YamlNode value = YamlNode::of(YamlNode::Kind::scalar, table.place(row, column));
    const std::string_view field = table.field(row, column);
    value.scalar = is_missing(field) ? "NA" : std::string(field);
    value.plain = is_missing(field) || csv_number(field).has_value();
    values.items.push_back(std::move(value));
  }
  return values;
}

}  // namespace

void inline_patient_file(YamlNode& study, const std::filesystem::path& folder, Problems& problems) {
  YamlNode* disease = study.find("disease");
  const YamlNode* data = disease ? disease->find("data") : nullptr;
  const YamlNode* model = disease ? disease->find("model") : nullptr;
  if (!data || !model || model->scalar != "resample") return;
  const std::filesystem::path file = file_beside(folder, *data, "disease.data", problems);
  if (file.empty()) return;
  Problems own;
  const CsvTable table = load_csv(file, own);
  if (own.empty() && table.rows() * table.columns() > most_values)
    own.add(table.start(), "", "holds more than " + std::to_string(most_values) + " values (fewer columns, or rows)");
  if (!own.empty()) throw InputError(problems.text() + own.text());
  YamlNode patients = YamlNode::of(YamlNode::Kind::mapping, data->place);
  for (std::size_t c = 0; c < table.columns(); ++c)
    patients.entries.push_back({table.header()[c], table.header_place(c), values_of(table, c)});
  for (YamlNode::Entry& entry : disease->entries)
    if (entry.key == "data") entry.key = "patients", entry.value = patients;
}

}  // namespace oligosim
