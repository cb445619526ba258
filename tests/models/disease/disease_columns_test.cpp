// docs/cohort.md says what every column means, in the words of the code's own tables.
#include <fstream>
#include <set>
#include <sstream>

#include "models/trial/trial.hpp"
#include "tests/models/disease/disease_support.hpp"

namespace oligosim {
namespace {

std::string row(const ColumnInfo& column) {
  std::string unit = column.unit;
  for (const std::string& level : column.levels) unit += (unit.empty() ? "" : ", ") + level;
  return "| `" + column.name + "` | " + unit + " | " + column.meaning + " |";
}

std::vector<std::string> rows_of(const DiseaseModel& model) {
  std::vector<std::string> rows;
  const Columns columns = Trial::cut_columns(model, {"the study's arms"});
  for (std::size_t k = 0; k < columns.size(); ++k) rows.push_back(row(columns[k]));
  for (const Finding& column : model.lesion_columns()) rows.push_back(row(column.column));
  return rows;
}

TEST(CohortPage, PropertyHoldsEveryColumnAndNoOther) {
  std::ifstream file(OLIGOSIM_SOURCE_DIR "/docs/cohort.md");
  std::set<std::string> written;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("| `")) written.insert(line);
  std::vector<std::string> rows = rows_of(*model_of(oligo_hcc_study("")));
  const ReadModel timing(std::string("disease: {model: response_timing}\n") + published_visits);
  for (const std::string& line : rows_of(*timing.model)) rows.push_back(line);
  for (const std::string& line : rows_of(*model_of("disease: {model: illness_death, pfs: {median_months: 5}, os: "
                                                   "{median_months: 12}, correlation: 0.5, response: {probability: "
                                                   "0.3}}")))
    rows.push_back(line);
  const std::set<std::string> wanted(rows.begin(), rows.end());
  for (const std::string& line : rows) EXPECT_TRUE(written.contains(line)) << line;
  for (const std::string& line : written) EXPECT_TRUE(wanted.contains(line)) << "not in the code: " << line;
}

TEST(CohortPage, PropertyNamesAreUniqueAndExplained) {
  const auto model = model_of(oligo_hcc_study(""));
  const Columns columns = Trial::cut_columns(*model, {"a"});
  std::set<std::string> names;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    EXPECT_TRUE(names.insert(columns[k].name).second) << columns[k].name;
    EXPECT_FALSE(columns[k].meaning.empty()) << columns[k].name;
  }
}

}  // namespace
}  // namespace oligosim
