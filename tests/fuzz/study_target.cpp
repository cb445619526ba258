#include "engine/io/yaml.hpp"
#include "models/study/study.hpp"
#include "tests/fuzz/told.hpp"

namespace oligosim {

/// What was understood, written out and read again, says the same.
bool fuzz_study(std::string_view bytes) {
  Problems problems;
  const YamlNode tree = parse_yaml(std::string(bytes), "study.yaml", problems);
  if (!problems.empty()) return told(problems);
  const Study study = read_study(tree, {}, problems);
  if (!problems.empty()) return told(problems);
  const std::string first = to_yaml(study.resolved);
  Problems again;
  const Study second = read_study(parse_yaml(first, "resolved.yaml", again), {}, again);
  if (!again.empty()) throw FuzzFinding("a resolved study is refused: " + again.text());
  if (to_yaml(second.resolved) != first) throw FuzzFinding("a resolved study says something else:\n" + first);
  return true;
}

}  // namespace oligosim
