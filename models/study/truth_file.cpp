#include "models/study/truth_file.hpp"

#include <fmt/format.h>

#include <bit>
#include <sstream>

#include "engine/io/file.hpp"

namespace oligosim {
namespace {

void write(std::string& text, const std::vector<TrueValue>& values) {
  for (const TrueValue& v : values)
    text += fmt::format("{:016x} {:016x} {:d}\n", std::bit_cast<std::uint64_t>(v.value),
                        std::bit_cast<std::uint64_t>(v.standard_error), v.closed_form);
}

/// So many values; fewer where the text ends before.
std::vector<TrueValue> read(std::istream& text, std::size_t count) {
  std::vector<TrueValue> values;
  std::uint64_t value = 0, error = 0;
  bool closed_form = false;
  while (values.size() < count && text >> std::hex >> value >> error >> closed_form)
    values.push_back({std::bit_cast<double>(value), std::bit_cast<double>(error), closed_form});
  return values;
}

}  // namespace

std::optional<std::vector<TruthsOfDraws>> kept_truths(const std::filesystem::path& file, const std::string& key,
                                                      const Study& study) {
  if (!std::filesystem::exists(file)) return {};
  std::istringstream text(read_file(file));
  std::string own_key, checksum;
  std::getline(text, own_key);
  std::getline(text, checksum);
  const std::string rest(text.view().substr(std::min(text.view().size(), own_key.size() + checksum.size() + 2)));
  if (own_key != key || checksum != sha256(rest)) return {};
  std::vector<TruthsOfDraws> truths;
  for (const Scenario& scenario : study.scenarios) {
    const std::size_t labels = scenario.plan->labels().size() + scenario.also_without_visits.size();
    TruthsOfDraws own{{}, read(text, labels)};
    for (std::size_t d = 0; d < scenario.draws.size(); ++d) own.each.push_back(read(text, labels));
    if (own.mean.size() != labels || (!own.each.empty() && own.each.back().size() != labels)) return {};
    truths.push_back(std::move(own));
  }
  return truths;
}

std::string text_of_truths(const std::string& key, const std::vector<TruthsOfDraws>& truths) {
  std::string values;
  for (const TruthsOfDraws& own : truths) {
    write(values, own.mean);
    for (const std::vector<TrueValue>& of_draw : own.each) write(values, of_draw);
  }
  return key + "\n" + sha256(values) + "\n" + values;
}

}  // namespace oligosim
