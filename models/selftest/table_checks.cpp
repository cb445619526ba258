#include <fmt/format.h>

#include <array>

#include "engine/io/words.hpp"
#include "engine/random/philox.hpp"
#include "engine/random/philox_eight.hpp"
#include "engine/statistics/categorical/proportion.hpp"
#include "engine/statistics/sequential/binomial_design.hpp"
#include "engine/statistics/sequential/group_sequential.hpp"
#include "models/selftest/oracle.hpp"

namespace oligosim {
namespace {

std::string one_decimal(double x) { return fmt::format("{:.1f}", x); }

/// "6627e8d5 e169c58d ...": words in hexadecimal.
template <std::size_t N>
std::array<std::uint32_t, N> words_of(const std::string& text) {
  std::array<std::uint32_t, N> words{};
  const std::vector<std::string> parts = split(text, ' ');
  if (parts.size() != N) throw InputError("philox: '" + text + "' is not " + std::to_string(N) + " words");
  for (std::size_t k = 0; k < N; ++k) words[k] = static_cast<std::uint32_t>(std::stoul(parts[k], nullptr, 16));
  return words;
}

std::string hexadecimal(const std::array<std::uint32_t, 4>& words) {
  return fmt::format("{:08x} {:08x} {:08x} {:08x}", words[0], words[1], words[2], words[3]);
}

/// The block at place i of the eight that start with this one's place 0.
std::array<std::uint32_t, 4> one_of_eight(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                                          std::uint32_t i) {
  counter[1] -= i;
  const PhiloxEight eight(counter, key);
  std::array<std::uint32_t, 4> words{};
  for (std::size_t w = 0; w < 4; ++w)
    words[w] = static_cast<std::uint32_t>(eight.word[w][i / PhiloxEight::width][i % PhiloxEight::width]);
  return words;
}

/// "1/10 5/29, 15.0 patients expected"
std::string design_text(double r1, double n1, double r, double n, double expected) {
  return fmt::format("{}/{} {}/{}, {} patients expected", r1, n1, r, n, one_decimal(expected));
}

}  // namespace

Checks check_proportions(GroupInput& input) {
  const OracleTable expected(input.files, input.node.text("expected"));
  Checks checks;
  for (std::size_t row = 0; row < expected.size(); ++row) {
    const double x = expected.number(row, "successes"), n = expected.number(row, "n");
    const Estimate e = proportion(x, n, ProportionInterval::clopper_pearson, 0.95);
    const std::string what = fmt::format("{}: {} of {}, ", expected.text(row, "what"), x, n);
    for (const auto& [limit, found] : {std::pair("lower", e.lower), std::pair("upper", e.upper)})
      checks.push_back(text_check(what + limit + " limit in percent",
                                  one_decimal(expected.number(row, limit + std::string("_percent"))),
                                  one_decimal(100 * found)));
  }
  return checks;
}

Checks check_boundaries(GroupInput& input) {
  const OracleTable expected(input.files, input.node.text("expected"));
  Checks checks;
  for (std::size_t row = 0; row < expected.size();) {
    const std::string design = expected.text(row, "design"), family = expected.text(row, "spending");
    const std::size_t first = row;
    std::vector<double> information;
    for (; row < expected.size() && expected.text(row, "design") == design; ++row)
      information.push_back(expected.number(row, "information"));
    const double alpha = expected.number(first, "alpha");
    const Spending spending = family == "pocock" ? Spending::pocock : Spending::obrien_fleming;
    const std::vector<double> found = efficacy_boundaries(spending, alpha, information);
    for (std::size_t k = 0; k < found.size(); ++k)
      checks.push_back(number_check(fmt::format("{}, alpha {}, look {} of {}", family, alpha, k + 1, found.size()),
                                    expected.number(first + k, "boundary"), found[k],
                                    expected.number(first + k, "tolerance")));
  }
  return checks;
}

Checks check_simon(GroupInput& input) {
  const OracleTable expected(input.files, input.node.text("expected"));
  Checks checks;
  for (std::size_t row = 0; row < expected.size(); ++row) {
    const auto number = [&](const char* column) { return expected.number(row, column); };
    const std::string kind = expected.text(row, "kind");
    const auto designs = simon_designs({number("p0"), number("p1"), number("alpha"), 1 - number("beta")});
    const std::string what = fmt::format("p0 {}, p1 {}, {}", number("p0"), number("p1"), kind);
    const std::string published = design_text(number("r1"), number("n1"), number("r"), number("n"), number("expected"));
    std::string found = "none";
    if (designs) {
      const std::vector<BinomialStage>& d = kind == "optimal" ? designs->optimal : designs->minimax;
      found = design_text(static_cast<double>(d[0].above), static_cast<double>(d[0].patients),
                          static_cast<double>(d[1].above), static_cast<double>(d[1].patients),
                          binomial_characteristics(d, number("p0")).expected_patients);
    }
    checks.push_back(text_check(what, published, found));
  }
  return checks;
}

Checks check_philox(GroupInput& input) {
  const OracleTable expected(input.files, input.node.text("expected"));
  Checks checks;
  for (std::size_t row = 0; row < expected.size(); ++row) {
    const auto counter = words_of<4>(expected.text(row, "counter"));
    const auto key = words_of<2>(expected.text(row, "key"));
    const std::string words = expected.text(row, "words"), what = "counter " + expected.text(row, "counter");
    checks.push_back(text_check(what, words, hexadecimal(philox(counter, key))));
    for (std::uint32_t i = 0; i < PhiloxEight::width * PhiloxEight::groups; ++i)
      checks.push_back(text_check(fmt::format("{}, place {} of eight", what, i + 1), words,
                                  hexadecimal(one_of_eight(counter, key, i))));
  }
  return checks;
}

}  // namespace oligosim
