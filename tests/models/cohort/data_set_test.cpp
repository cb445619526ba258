// Files of patients: kinds of columns, long and wide data, and each mistake with its place.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <random>

#include "engine/io/file.hpp"
#include "models/analysis/plan.hpp"
#include "tests/models/cohort/data_support.hpp"

namespace oligosim {
namespace {

namespace fs = std::filesystem;

TEST(DataSet, ReferenceKindsOfColumns) {
  const ReadData read(
      "id,age,sex,late,note,empty\n"
      "007,61.5,male,1,1,\n"
      "008,NA,female,0,x,\n"
      "009,.,male,,2,NA\n");
  EXPECT_EQ(read.problems.text(), "");
  EXPECT_EQ(dump_data(read.data),
            "id(category: 007 008 009) 0 1 2\n"
            "age(number: 61.5) 61.5 NA NA\n"
            "sex(category: male female) 0 1 0\n"
            "late(number: 1 0) 1 0 NA\n"
            "note(category: 1 x 2) 0 1 2\n"
            "empty(number:) NA NA NA\n");
  EXPECT_EQ(read.data.patients(), 3u);
}

TEST(DataSet, ReferenceAnOddFile) {
  const ReadData read(
      "\xEF\xBB\xBF\"USUBJID\";\"TRT\";time\r\n\r\n\"P;1\";\"say \"\"A\"\"\";12.5\r\n;;\r\nP2;NA;.\r\n\"P\r\n3\";B ; "
      "-0 \r\n");
  EXPECT_EQ(read.problems.text(), "");
  EXPECT_EQ(dump_data(read.data),
            "USUBJID(category: P;1 P2 P\r\n3) 0 1 2\n"
            "TRT(category: say \"A\" B) 0 NA 1\n"
            "time(number: 12.5 0) 12.5 NA 0\n");
}

TEST(DataSet, ReferenceLevelsAndValuesHaveLimits) {
  const auto column_of = [](std::size_t rows, std::size_t values, const std::string& prefix) {
    std::string text = "v,w\n";
    for (std::size_t i = 0; i < rows; ++i) text += prefix + std::to_string(i % values + 1) + ",1\n";
    return text;
  };
  EXPECT_EQ(ReadData(column_of(300, 254, "L")).data.columns()[0].levels.size(), 254u);
  const ReadData text(column_of(300, 255, "L"));
  EXPECT_EQ(text.problems.text(), "");
  EXPECT_EQ(text.data.columns().names(), std::vector<std::string>{"w"});
  EXPECT_EQ(text.data.find("v"), 1u);
  EXPECT_EQ(text.data.text(1, 2), "L3");
  EXPECT_EQ(ReadData(column_of(300, 20, "")).data.columns()[0].values.size(), 20u);
  EXPECT_EQ(ReadData(column_of(300, 21, "")).data.columns()[0].values.size(), 0u);
}

TEST(DataSet, OracleFewTextsAmongNumbersAreRefusedWhereAPlanUsesThem) {
  std::string text = "age,sex\n";
  for (int i = 0; i < 38; ++i) text += std::to_string(40 + i) + ",m\n";
  text += "unknown,f\n12O,f\n";
  const ReadData read(text);
  EXPECT_EQ(read.problems.text(), "");
  EXPECT_EQ(read.warnings.text(),
            "d.csv:40:1: age: 2 of 40 values are texts, here 'unknown': a plan that uses the column will be refused\n");
  Problems problems;
  const std::uint8_t sex_only[] = {0, 1}, both[] = {1, 1};
  read.data.refuse_texts(sex_only, problems);
  EXPECT_EQ(problems.text(), "");
  read.data.refuse_texts(both, problems);
  EXPECT_EQ(problems.text(),
            "d.csv:40:1: age: 'unknown' is not a number (a number; empty, NA or a dot where missing)\n"
            "d.csv:41:1: age: '12O' is not a number (a number; empty, NA or a dot where missing)\n");
}

TEST(DataSet, OracleADecimalCommaIsRefusedWhereTheCommaDoesNotSeparate) {
  EXPECT_EQ(ReadData("age;pfs\n60;12,5\n61;13\n62;-1,25\n").problems.text(),
            "d.csv:2:4: pfs: '12,5' has a comma: write a decimal point\n"
            "d.csv:4:4: pfs: '-1,25' has a comma: write a decimal point\n");
  EXPECT_EQ(dump_data(ReadData("segments,n\n\"4,5\",1\n6,1\n").data),
            "segments(category: 4,5 6) 0 1\nn(number: 1) 1 1\n");
}

constexpr const char* adtte =
    "STUDYID,USUBJID,TRT01P,AGE,PARAM,PARAMCD,AVAL,CNSR\n"
    "S,P1,A,60,Overall Survival,OS,300,1\n"
    "S,P1,A,60,Progression-free Survival,PFS,200,0\n"
    "S,P2,B,61,Progression-free Survival,PFS,90,0\n"
    "S,P3,A,62,Overall Survival,OS,50,0\n"
    "S,P3,A,62,Progression-free Survival,PFS,50,0\n";

TEST(DataSet, ReferenceLongDataBecomeOneRowAPatient) {
  const ReadData read(adtte);
  EXPECT_EQ(read.problems.text() + read.warnings.text(), "");
  EXPECT_EQ(dump_data(read.data),
            "STUDYID(category: S) 0 0 0\n"
            "USUBJID(category: P1 P2 P3) 0 1 2\n"
            "TRT01P(category: A B) 0 1 0\n"
            "AGE(number: 60 61 62) 60 61 62\n"
            "PARAM.OS(category: Overall Survival) 0 NA 0\n"
            "PARAM.PFS(category: Progression-free Survival) 0 0 0\n"
            "AVAL.OS(number: 300 50) 300 NA 50\n"
            "AVAL.PFS(number: 200 90 50) 200 90 50\n"
            "CNSR.OS(number: 1 0) 1 NA 0\n"
            "CNSR.PFS(number: 0) 0 0 0\n");
  const std::size_t pfs = *read.data.find("AVAL.PFS");
  EXPECT_EQ(read.data.place(pfs, 1).line, 4);
  EXPECT_EQ(read.data.place(pfs, 1).column, 41);
  EXPECT_EQ(read.data.text(*read.data.find("AVAL.OS"), 1), "");
}

TEST(DataSet, ReferenceLongDataWithOneParameterKeepTheirNames) {
  const ReadData read("USUBJID,PARAMCD,AVAL,CNSR\nP1,OS,5,0\nP2,OS,6,1\n");
  EXPECT_EQ(dump_data(read.data),
            "USUBJID(category: P1 P2) 0 1\nPARAMCD(category: OS) 0 0\nAVAL(number: 5 6) 5 6\nCNSR(number: 0 1) 0 1\n");
}

// Long data written from random wide data come back as they were, whatever the order of the rows.
TEST(DataSet, PropertyLongDataInAnyOrderGiveTheSamePatients) {
  std::mt19937 random(4);
  for (int round = 0; round < 300; ++round) {
    const std::size_t patients = 1 + random() % 8, parameters = 2 + random() % 3;
    std::vector<std::vector<int>> value(patients, std::vector<int>(parameters, -1));
    std::vector<std::string> lines;
    for (std::size_t p = 0; p < patients; ++p)
      for (std::size_t k = 0; k < parameters; ++k) {
        if (random() % 5 == 0) continue;
        value[p][k] = static_cast<int>(random() % 1000);
        lines.push_back("P" + std::to_string(p) + ",E" + std::to_string(k) + "," + std::to_string(value[p][k]) + "," +
                        std::to_string(p % 2) + "\n");
      }
    if (lines.empty()) continue;
    std::shuffle(lines.begin(), lines.end(), random);
    std::string text = "pt,endpoint,AVAL,arm\n";
    for (const std::string& line : lines) text += line;
    const ReadData read(text, {.patient = "pt", .parameter = "endpoint"});
    ASSERT_EQ(read.problems.text(), "") << text;
    const std::size_t id = *read.data.find("pt");
    for (std::size_t row = 0; row < read.data.rows(); ++row) {
      const std::size_t p = static_cast<std::size_t>(read.data.text(id, row)[1] - '0');
      EXPECT_EQ(read.data.numbers(*read.data.find("arm"))[row], static_cast<double>(p % 2));
      for (std::size_t k = 0; k < parameters; ++k) {
        const auto column = read.data.find("AVAL.E" + std::to_string(k));
        if (!column) {  // nobody has this parameter, or there is only one
          EXPECT_TRUE(value[p][k] == -1 || read.data.find("AVAL")) << text;
          continue;
        }
        const double found = read.data.numbers(*column)[row];
        if (value[p][k] == -1)
          EXPECT_TRUE(std::isnan(found)) << text;
        else
          EXPECT_EQ(found, value[p][k]) << text;
      }
    }
  }
}

TEST(DataSet, ReferenceSeveralRowsAPatientAreKeptWhereTheyAreMeant) {
  const ReadData read("USUBJID,lesion,size\nP2,1,3.1\nP1,1,2\nP2,2,4\n", {.several_rows = true});
  EXPECT_EQ(read.problems.text(), "");
  EXPECT_EQ(read.data.rows(), 3u);
  EXPECT_EQ(read.data.patients(), 2u);
  const std::span<const std::uint32_t> patient = read.data.patient_of_row();
  EXPECT_EQ(std::vector<std::uint32_t>(patient.begin(), patient.end()), (std::vector<std::uint32_t>{0, 1, 0}));
}

TEST(DataSet, ReferenceAColumnThatDiffersInFewPatientsIsSaid) {
  std::string text = "USUBJID,PARAMCD,AVAL,AGE\n";
  for (int i = 0; i < 25; ++i)
    for (const char* parameter : {"OS", "PFS"})
      text += "P" + std::to_string(i) + "," + parameter + ",5," + (i == 3 && *parameter == 'P' ? "16" : "61") + "\n";
  const ReadData read(text);
  EXPECT_EQ(read.warnings.text(),
            "d.csv:9:10: AGE: differs within 1 of 25 patients, here from line 8 of patient 'P3', so each parameter has "
            "its own AGE\n");
  EXPECT_TRUE(read.data.find("AGE.OS"));
}

TEST(DataSet, ReferenceOptionsThatDoNotFit) {
  const std::string text = "subject,PARAMCD,AVAL\nP1,OS,5\nP1,PFS,4\n";
  EXPECT_EQ(ReadData(text).problems.text(),
            "d.csv:1:9: PARAMCD: makes this long data, but no column names the patient (USUBJID, or say which)\n");
  EXPECT_EQ(ReadData(text, {.patient = "subjct"}).problems.text(),
            "d.csv:1:1: patient: 'subjct' is not a column (subject, PARAMCD or AVAL; did you mean subject?)\n");
  EXPECT_EQ(ReadData(text, {.patient = "subject", .parameter = "PARAMCD", .several_rows = true}).problems.text(),
            "d.csv:1:1: parameter: makes one row a patient, but several rows a patient are meant\n");
  EXPECT_EQ(ReadData(text, {.patient = "subject", .several_rows = true}).data.rows(), 2u);
  EXPECT_EQ(ReadData("USUBJID,PARAMCD,AVAL,AVAL.OS\nP1,OS,1,0\nP1,PFS,2,0\n").problems.text(),
            "d.csv:1:22: AVAL.OS: would stand twice with one row a patient (rename it)\n");
}

// Every file of tests/invalid_data is refused with the very message beside it.
TEST(DataSet, OracleEveryBadFileIsRefusedWithItsMessage) {
  const fs::path folder = fs::path(OLIGOSIM_SOURCE_DIR) / "tests/invalid_data";
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    fs::path file = entry.path();
    if (file.extension() != ".csv") continue;
    ++files;
    const ReadData read(read_file(file), {}, file.filename().string());
    EXPECT_EQ(read.problems.text(), read_file(file.replace_extension(".txt"))) << file;
    EXPECT_EQ(read.data.columns().size(), 0u) << file;
  }
  EXPECT_GE(files, 12u);
}

// A plan on a file gives what it gives on the same patients in memory.
TEST(DataSet, PropertyAPlanTakesItAsItTakesSimulatedPatients) {
  std::mt19937 random(5);
  Columns columns;
  columns.add({"grp", ColumnKind::category, {"B", "A"}, {}, "", ""});
  columns.add({"t", ColumnKind::number, {}, {}, "", ""});
  columns.add({"e", ColumnKind::number, {}, {0, 1}, "", ""});
  Arena arena;
  Cohort cohort(columns, 200, {}, arena);
  std::string text = "grp,t,e\n";
  for (std::size_t i = 0; i < 200; ++i) {
    cohort.categories(0)[i] = i == 0 ? 0 : static_cast<std::uint8_t>(random() % 2);
    cohort.numbers(1)[i] = random() % 20 == 0 ? missing : static_cast<double>(random() % 900) / 7;
    cohort.numbers(2)[i] = static_cast<double>(random() % 2);
    text += columns[0].levels[cohort.categories(0)[i]] + "," + shortest(cohort.numbers(1)[i]) + "," +
            shortest(cohort.numbers(2)[i]) + "\n";
  }
  const ReadData read(text);
  Problems problems;
  const YamlNode tree = parse_yaml(R"({time_unit: days, endpoints: {s: {time: t, event: e}}, analyses: [
    {name: l, method: log_rank, endpoint: s, by: grp}, {name: c, method: cox, endpoint: s, terms: [grp]}]})",
                                   "plan.yaml", problems);
  const auto evaluate = [&](const Columns& of, const Cohort& patients) {
    const Plan plan(ConfigNode(tree, problems), of);
    PlanData data(patients, plan.parts(), arena);
    std::vector<Estimate> out(plan.labels().size());
    plan.evaluate(data, arena, out);
    return out;
  };
  const auto expected = evaluate(columns, cohort), found = evaluate(read.data.columns(), read.data.cohort());
  EXPECT_EQ(problems.text(), "");
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].n, expected[i].n);
    EXPECT_EQ(shortest(found[i].statistic), shortest(expected[i].statistic));
    EXPECT_EQ(shortest(found[i].estimate), shortest(expected[i].estimate));
  }
}

TEST(DataSet, PropertyAMillionRowsOfTenColumnsAreReadInSeconds) {
  std::mt19937 random(6);
  std::string text = "USUBJID,arm,site,age,size,line,os_d,os_e,pfs_d,pfs_e\n";
  text.reserve(64'000'000);
  char buffer[32];
  double sum = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const auto bits = random();
    const double size = static_cast<double>(bits % 100'000) / 1000;
    sum += size;
    text += "S-" + std::to_string(i) + (bits & 1 ? ",SBRT," : ",systemic,") + "site" + std::to_string(bits % 40) + "," +
            std::to_string(30 + bits % 60) + ",";
    text.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, size).ptr);
    text += bits & 2 ? ",1," : ",2,";
    text += std::to_string(bits % 2000) + (bits & 4 ? ",1," : ",0,") + std::to_string(bits % 1000) + ",NA\n";
  }
  const std::clock_t start = std::clock();  // of the processor: the computer may be busy
  const ReadData read(std::move(text));
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  RecordProperty("seconds", std::to_string(seconds));
  ASSERT_EQ(read.problems.text(), "");
  EXPECT_EQ(read.data.rows(), 1'000'000u);
  EXPECT_EQ(read.data.columns().names().size(), 9u);  // the patients' names are texts
  double found = 0;
  for (const double size : read.data.numbers(*read.data.find("size"))) found += size;
  EXPECT_EQ(found, sum);
  EXPECT_LT(seconds, 10);
}

}  // namespace
}  // namespace oligosim
